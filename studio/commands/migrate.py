"""`studio migrate`: the database, brought to the tables of this version."""

import click

from studio.errors import StudioError
from studio.settings import read_settings
from studio.stack.state import running
from studio.stack.up import migrate as migrate_database


@click.command()
def migrate() -> None:
    """Bring the database up to date; does nothing where it is. `studio up` does it by itself."""
    settings = read_settings()
    stack = running(settings.home)
    url = settings.database_url or (stack.services.get("STUDIO_DATABASE_URL", "") if stack else "")
    if not url:
        raise StudioError(
            "Set STUDIO_DATABASE_URL to the database that is to be migrated; `studio up` migrates its own."
        )
    migrate_database(url)
    click.echo("The database is up to date.")
