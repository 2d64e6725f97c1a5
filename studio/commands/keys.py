"""`studio keys`: the keys that sign access tokens, and the one that encrypts what the database keeps secret."""

import click

from studio.commands.database import with_database


@click.group()
def keys() -> None:
    """Rotate the keys of access tokens; change STUDIO_SECRET_KEY."""


@keys.command()
@click.option(
    "--end-old",
    is_flag=True,
    help="The keys before end at once, and all access tokens with them: for a key that has leaked.",
)
def rotate(end_old: bool) -> None:
    """Let a new key sign access tokens from now on.

    The keys before verify until their last tokens have ended. Running API processes notice within 15 seconds. The
    studio does this by itself after STUDIO_SIGNING_KEY_DAYS.
    """
    from control.identity.keys import rotate as rotate_keys

    kid = with_database(
        lambda settings: rotate_keys(settings, actor="studio keys", end_old=end_old), sealed=True
    )
    click.echo(f"The key {kid} signs from now on.")


@keys.command(name="list")
def list_keys() -> None:
    """The keys that verify access tokens, the newest first."""
    from control.identity.keys import listed

    for key in with_database(lambda _: listed()):
        retired, ends = key["retired_at"], key["ends_at"]
        until = (
            f", signs until {retired:%Y-%m-%d %H:%M}, verifies until {ends:%Y-%m-%d %H:%M}" if ends else ""
        )
        click.echo(f"{key['id']} signs from {key['starts_at']:%Y-%m-%d %H:%M}{until} (UTC)")


@keys.command()
def reencrypt() -> None:
    """Encrypt with STUDIO_SECRET_KEY what STUDIO_SECRET_KEY_OLD had encrypted; afterwards the old one may go."""
    from control.identity.keys import reencrypt as reencrypt_rows

    count = with_database(reencrypt_rows, sealed=True)
    click.echo(f"{count} secrets are encrypted with STUDIO_SECRET_KEY. STUDIO_SECRET_KEY_OLD may go.")
