"""Organisations, teams, members, invitations, roles."""
