"""Workflows that come with the studio: graphs, and pictures that they painted."""
