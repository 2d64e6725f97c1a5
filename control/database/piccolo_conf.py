"""Piccolo finds the database and the tables here (PICCOLO_CONF)."""

from piccolo.conf.apps import AppRegistry
from piccolo.engine.postgres import PostgresEngine

from control.settings import read_settings

# No extensions: ids are made by us, and a managed database may refuse to create any.
DB = PostgresEngine(config={"dsn": read_settings().database_url}, extensions=())
APP_REGISTRY = AppRegistry(apps=["control.database.piccolo_app"])
