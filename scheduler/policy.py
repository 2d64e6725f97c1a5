"""Whose job is next. The policy itself stands in control/jobs/policy.py, as the API tells places in line by it."""

from control.jobs.policy import Choice, Head, caps, choose, keys, updates

__all__ = ["Choice", "Head", "caps", "choose", "keys", "updates"]
