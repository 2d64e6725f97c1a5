"""Workflows that are kept: documents with versions, shared, starred, imported and exported."""
