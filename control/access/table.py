"""docs/permissions.md: what every route asks for, and what every role may do, from the code itself.

python -m control.access.table --out docs/permissions.md
"""

import argparse
import sys
from pathlib import Path

from control.access.declare import Access, declarations
from control.access.permissions import PERMISSIONS
from control.access.roles import BUILT_IN
from control.app import create_app
from control.settings import ControlSettings

KINDS = {
    "signed_in": ("signed in", "One's own"),
    "session": ("signed in, no API key", "One's own"),
    "public": ("none", "Everybody: {why}"),
}
HEAD = """\
# Permissions
Written by `make docs` from the declarations of the routes and from `control/access/`; a test fails where this page is
behind. What the rules mean stands in [tenancy](tenancy.md).
"""


def page() -> str:
    """The page, in Markdown."""
    routes = [_route(*found) for found in declarations(create_app(ControlSettings()))]
    roles = [
        f"| `{permission}` | {meaning} | {' | '.join('✓' if permission in held else '' for held in BUILT_IN.values())} |"
        for permission, meaning in PERMISSIONS.items()
    ]
    parts = [
        HEAD,
        "## Roles\nWhat the built-in roles may do. An organisation makes others of the same permissions.\n",
        f"| permission | allows to | {' | '.join(BUILT_IN)} |\n|---|---|{':-:|' * len(BUILT_IN)}",
        "\n".join(roles),
        "\n## Routes\n",
        "| method | path | permission | what it means |\n|---|---|---|---|",
        "\n".join(routes),
    ]
    return "\n".join(parts) + "\n"


def _route(method: str, path: str, access: Access) -> str:
    if access.permission is not None:
        asks, means = f"`{access.permission}`", PERMISSIONS[access.permission]
    else:
        asks, means = KINDS[access.kind]
    return f"| {method} | `{path}` | {asks} | {means.format(why=access.why)} |"


def main() -> None:
    """Writes the page."""
    parser = argparse.ArgumentParser(description="Write docs/permissions.md.")
    parser.add_argument("--out", type=Path, help="where to; standard output without it")
    out = parser.parse_args().out
    if out is None:
        sys.stdout.write(page())
    else:
        out.write_text(page())


if __name__ == "__main__":
    main()
