"""The audit log: append-only, one hash chain per organisation."""
