"""Accounts, passwords, tokens, sessions, API keys, login through others."""
