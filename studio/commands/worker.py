"""`studio worker`: workers alone, against services that others run."""

import click
from rich.console import Console

from studio.settings import read_settings
from studio.stack.signals import stop_event
from studio.stack.up import workers_alone


@click.command()
def worker() -> None:
    """Start STUDIO_WORKERS workers against the database, Redis, storage and Triton servers of the settings."""
    settings = read_settings()
    with stop_event() as stopping:
        workers_alone(settings, Console(stderr=True), stopping)
