"""Workflows: graphs of nodes, and what they come to."""
