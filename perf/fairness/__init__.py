"""Is the line fair? The real policy under simulated loads: `python -m perf.fairness` → perf/reports/fairness.md."""
