"""The subcommands of `studio`, one a module of the same name, imported when called."""

COMMANDS = (
    "demo",
    "up",
    "image",
    "serve",
    "models",
    "upscalers",
    "workflow",
    "export",
    "tune",
    "compile",
    "quantize",
    "api",
    "worker",
    "migrate",
    "keys",
    "accounts",
    "organisations",
    "credits",
    "audit",
    "doctor",
)
