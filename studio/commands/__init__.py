"""The subcommands of `studio`, one a module of the same name, imported when called."""

COMMANDS = (
    "up",
    "image",
    "serve",
    "models",
    "export",
    "tune",
    "compile",
    "quantize",
    "api",
    "migrate",
    "keys",
    "audit",
    "doctor",
)
