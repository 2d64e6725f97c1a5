"""`studio demo`: a stranger's way from nothing to a picture, over the public API alone."""
