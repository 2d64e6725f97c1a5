"""Writes the OpenAPI document to a file, without a server: `python -m control.http.document --out openapi.json`."""

import argparse
from pathlib import Path

from control.app import create_app


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="where the document is written")
    out: Path = parser.parse_args().out
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(create_app().state.openapi)


if __name__ == "__main__":
    main()
