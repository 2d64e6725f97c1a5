"""`make perf-workflows`: what a workflow takes beside its pictures → perf/reports/workflows.md, .png."""

import argparse
import sys
from pathlib import Path

from perf.load.stack import target
from perf.machine import describe
from perf.workflows import cached, submission
from studio.settings import ROOT


def main() -> None:
    """Measures, writes the report; exit code 1 where something is slower than it may be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "perf" / "reports")
    given = parser.parse_args()
    with target(1) as people:
        submitted = submission.measure(people)
    whole = cached.measure()
    failed = submitted.failures() + whole.failures()
    lines = [
        "# Workflows",
        "",
        f"**{'Red' if failed else 'Green'}.** `make perf-workflows`: all on one machine: {describe()}.",
        "",
        *(f"- {sentence}" for sentence in failed),
        *([""] if failed else []),
        *submission.markdown(submitted),
        *cached.markdown(whole),
    ]
    given.out.mkdir(parents=True, exist_ok=True)
    (given.out / "workflows.md").write_text("\n".join(lines))
    submission.plot(given.out / "workflows.png", submitted)
    cached.plot(given.out / "workflows-cached.png", whole)
    print("\n".join(lines))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
