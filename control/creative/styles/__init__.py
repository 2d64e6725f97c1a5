"""Ways to paint whatever a prompt says. Each has a picture that it painted (NAME.webp, made by `make styles`)."""
