"""PostgreSQL through Piccolo: transactions, tables that belong to an organisation, migrations."""

import os

# Where Piccolo looks for the database, for the API, its workers and its own command line alike.
os.environ.setdefault("PICCOLO_CONF", "control.database.piccolo_conf")
