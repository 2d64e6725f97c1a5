"""Make plans where they will be served: `python -m export.tensorrt FOLDER --name NAME`."""

import argparse
from pathlib import Path

from export.errors import ExportError
from export.tensorrt.dialects import DIALECTS
from export.tensorrt.plans import make_plans


def main() -> None:
    """Build and refit the plans of one checkpoint in a container's folder."""
    parser = argparse.ArgumentParser(prog="python -m export.tensorrt", description=__doc__)
    parser.add_argument("folder", type=Path, help="what `studio export --runtime tensorrt --out` wrote")
    parser.add_argument("--name", required=True, help="the checkpoint")
    parser.add_argument("--package", choices=list(DIALECTS), default="tensorrt")
    arguments = parser.parse_args()
    try:
        report = make_plans(
            arguments.folder.resolve(),
            arguments.name,
            arguments.package,
            lambda model: print(model, flush=True),
        )
    except ExportError as error:
        parser.exit(2, f"{error}\n")
    print(f"{report.package} {report.version}, GPU: {report.device}, {report.precision}")
    for plan in report.plans:
        how = "refitted" if plan.stripped else "whole"
        built = "" if plan.built else ", not built again"
        print(f"{plan.file}: {plan.bytes / 1e6:.1f} MB, {how}{built}, {plan.seconds:.1f} s")


if __name__ == "__main__":
    main()
