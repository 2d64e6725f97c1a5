"""Looking at workflows before they run, and running kept ones."""

from typing import Any

HANDLERS: list[Any] = []
