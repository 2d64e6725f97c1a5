"""`python -m perf.fairness`: 10,000 jobs through the real policy, twice; exit 1 where a promise is broken."""

import argparse
import sys
from pathlib import Path

from perf.fairness.report import broken, write_report
from perf.fairness.scenarios import beside_enterprise, saturated
from studio.settings import ROOT


def main() -> None:
    """Writes fairness.md and fairness.png."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "perf" / "reports")
    parser.add_argument("--jobs", type=int, default=10_000)
    given = parser.parse_args()
    results = saturated(given.jobs), beside_enterprise(given.jobs)
    write_report(given.out, *results)
    print((given.out / "fairness.md").read_text())
    sys.exit(1 if broken(*results) else 0)


if __name__ == "__main__":
    main()
