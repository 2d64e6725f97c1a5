"""Node types by subject; each module ends in `NODES`. The list of all is control/workflows/catalogue.py."""
