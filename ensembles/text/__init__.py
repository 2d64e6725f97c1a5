"""A prompt on its way to conditioning: syntax, tokens, textual inversion, weighting."""
