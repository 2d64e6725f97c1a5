"""`make chaos`: 60 jobs while every service is killed twice → perf/reports/chaos.md, .csv, .png."""

import argparse
import signal
import sys
from pathlib import Path

from perf.chaos.report import write_report
from perf.chaos.storm import run
from perf.home import fresh_home
from studio.settings import ROOT


def main() -> None:
    """Runs the storm, writes the report; exit code 1 where something is not as it must be."""
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--jobs", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=2, help="how often each service is killed")
    parser.add_argument(
        "--seconds", type=float, default=70, help="how long jobs come and services are killed"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--home", type=Path, help="a folder to keep; else one that is removed at the end")
    parser.add_argument("--out", type=Path, default=ROOT / "perf" / "reports")
    given = parser.parse_args()
    # Who is told to end stops the stack first.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))
    options = {"jobs": given.jobs, "rounds": given.rounds, "seconds": given.seconds, "seed": given.seed}
    if given.home is not None:
        outcome = run(given.home, **options, steps=(10, 50))
    else:
        with fresh_home() as home:
            outcome = run(home, **options, steps=(10, 50))
    write_report(given.out, outcome, given.seed)
    for sentence in outcome.violations:
        print(sentence, file=sys.stderr)
    print(f"{'Red' if outcome.violations else 'Green'}: {given.out / 'chaos.md'}")
    sys.exit(1 if outcome.violations else 0)


if __name__ == "__main__":
    main()
