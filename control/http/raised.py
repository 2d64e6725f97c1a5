"""Which problems a route may answer with, read from its code: each `raise` in it and in what it calls of ours."""

import ast
import inspect
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any

from control.errors import Problem

KEY = "raises"
OURS = "control."


def raises(*problems: type[Problem]) -> dict[str, object]:
    """In a route's `opt`: problems that its code does not show (raised by a method, or picked from a table)."""
    return {KEY: problems}


@cache
def _tree(module: str) -> dict[int, ast.FunctionDef | ast.AsyncFunctionDef]:
    """Line → function, of a module."""
    file = getattr(sys.modules.get(module), "__file__", None)
    if file is None:
        return {}
    nodes = ast.walk(ast.parse(Path(file).read_text(encoding="utf-8")))
    found: dict[int, ast.FunctionDef | ast.AsyncFunctionDef] = {}
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            # A function object's first line is its first decorator's.
            found[min([node.lineno, *(d.lineno for d in node.decorator_list)])] = node
    return found


def raised_by(function: Callable[..., Any]) -> frozenset[type[Problem]]:
    """Problem classes that it raises, itself or through functions and methods of ours that it names."""
    return frozenset(_raised(inspect.unwrap(function), set()))


def _raised(function: Any, seen: set[Any]) -> Iterator[type[Problem]]:
    if not isinstance(function, FunctionType) or function in seen or not function.__module__.startswith(OURS):
        return
    seen.add(function)
    node = _tree(function.__module__).get(function.__code__.co_firstlineno)
    if node is None:
        return
    names = {**function.__globals__, **_imported_inside(node)}
    for below in ast.walk(node):
        if isinstance(below, ast.Raise) and below.exc is not None:
            yield from _classes(below.exc, names)
        elif isinstance(below, ast.Call):
            found = _named(below.func, names)
            if isinstance(found, type) and issubclass(found, Problem):
                continue
            if isinstance(found, type):
                found = getattr(found, "__init__", None)
            yield from _raised(inspect.unwrap(found) if callable(found) else found, seen)


def _classes(raised: ast.expr, names: dict[str, Any]) -> Iterator[type[Problem]]:
    found = _named(raised.func if isinstance(raised, ast.Call) else raised, names)
    if isinstance(found, type) and issubclass(found, Problem):
        yield found
    elif isinstance(found, FunctionType):
        # `raise refusal(…)`, whose return type says what it makes.
        kind = inspect.get_annotations(found, eval_str=True).get("return")
        if isinstance(kind, type) and issubclass(kind, Problem):
            yield kind


def _imported_inside(node: ast.AST) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for below in ast.walk(node):
        if isinstance(below, ast.ImportFrom) and below.module in sys.modules:
            for alias in below.names:
                found[alias.asname or alias.name] = getattr(sys.modules[below.module], alias.name, None)
    return found


def _named(node: ast.expr, names: dict[str, Any]) -> Any:
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute):
        return getattr(_named(node.value, names), node.attr, None)
    return None
