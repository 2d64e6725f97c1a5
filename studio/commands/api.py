"""`studio api`: API processes alone, against services that others run."""

import click
from rich.console import Console

from studio.settings import read_settings
from studio.stack.signals import stop_event
from studio.stack.up import api_alone


@click.command()
def api() -> None:
    """Start STUDIO_API_PROCESSES API processes on one port, for production; `studio migrate` comes first."""
    settings = read_settings()
    with stop_event() as stopping:
        api_alone(settings, Console(stderr=True), stopping)
