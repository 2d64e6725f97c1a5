"""What `studio export` says when it cannot go on."""


class ExportError(Exception):
    """The export stopped; the message is one sentence that says what to do. Exit code 2."""
