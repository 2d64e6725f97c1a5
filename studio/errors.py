"""Errors that a person at the command line reads: one sentence, and the way out."""


class StudioError(Exception):
    """Something the user can mend. The command prints the message and exits with code 2."""
