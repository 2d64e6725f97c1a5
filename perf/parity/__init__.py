"""Our sampling loop against independent torch references: `python -m perf.parity --out docs/parity.md`."""
