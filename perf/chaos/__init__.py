"""Chaos: jobs go through the public API while every service of the stack is killed, and nothing may be lost."""
