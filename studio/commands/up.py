"""`studio up`: everything on this machine, until it is told to stop."""

import click
from rich.console import Console

from studio.settings import read_settings
from studio.stack.signals import stop_event
from studio.stack.up import up as run


@click.command()
@click.option("--no-triton", is_flag=True, help="Without the Triton server: accounts and the API only.")
def up(no_triton: bool) -> None:
    """Start the API with its database, cache, storage and Triton; Ctrl-C or SIGTERM stops all of it.

    A service whose address is set (STUDIO_DATABASE_URL, STUDIO_REDIS_URL, STUDIO_S3_URL, STUDIO_TRITON_URL) is used
    and not started.
    """
    settings = read_settings()
    with stop_event() as stopping:
        run(settings, Console(stderr=True), stopping, triton=not no_triton)
