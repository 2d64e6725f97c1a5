"""What a picture can do wrong."""


class ImageError(ValueError):
    """A picture cannot be read or used. The message says what to do about it."""
