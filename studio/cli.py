"""The `studio` command."""

import sys
from importlib import import_module

import click

from studio.commands import COMMANDS
from studio.errors import StudioError


class _Group(click.Group):
    """Imports a subcommand only when it is called, so that `studio doctor` runs where packages are missing.

    Ends with one sentence and exit code 2 where the user can mend what is wrong.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = getattr(import_module(f"studio.commands.{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except StudioError as error:
            click.echo(f"studio: {error}", err=True)
        except OSError as error:
            click.echo(f"studio: {error.filename or 'the machine'}: {error.strerror or error}.", err=True)
        except ModuleNotFoundError as error:
            click.echo(
                f"studio: the package {error.name} is missing; `studio doctor` says what to install.",
                err=True,
            )
        sys.exit(2)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="studio")
def main() -> None:
    """The studio: AI images on your own machines, served by NVIDIA Triton."""
