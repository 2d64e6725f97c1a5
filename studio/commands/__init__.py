"""The subcommands of `studio`, one a module of the same name, imported when called."""

COMMANDS = ("image", "serve", "models", "export", "tune", "compile", "quantize", "doctor")
