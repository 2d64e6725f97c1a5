"""What a prompt can do wrong."""


class PromptError(ValueError):
    """A prompt, or an embedding that it names, cannot be used. The message says what to do about it."""
