"""Ending tasks: control/tasks.py."""

from control.tasks import end

__all__ = ["end"]
