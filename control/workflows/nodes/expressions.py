"""Arithmetic that somebody wrote down, computed without Python's own `eval`."""

import ast
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Number: TypeAlias = int | float
"""bool among them"""

MAX_EXPRESSION = 1000
"""Characters."""
MAX_BITS = 128
"""Of whole numbers on the way; powers beyond are computed as floats."""


class NotComputable(ValueError):
    """An expression that gives no number; says why."""


def _power(base: Number, exponent: Number) -> Number:
    whole = isinstance(base, int) and isinstance(exponent, int) and exponent >= 0
    if whole and int(base).bit_length() * exponent <= MAX_BITS:
        return int(base**exponent)
    found = float(base) ** float(exponent)
    if isinstance(found, complex):
        raise NotComputable(f"{base} to the power of {exponent} is no real number")
    return float(found)


def _sum(*given: Any) -> Number:
    found: Number = sum(given[0] if len(given) == 1 and isinstance(given[0], tuple) else given)
    return found


def _extreme(pick: Callable[..., Any]) -> Callable[..., Number]:
    def function(*given: Any) -> Number:
        found: Number = pick(given[0] if len(given) == 1 and isinstance(given[0], tuple) else given)
        return found

    return function


BINARY: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: _power,
}
UNARY: Mapping[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
    ast.Not: operator.not_,
}
COMPARED: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "abs": abs,
    "ceil": math.ceil,
    "cos": math.cos,
    "exp": math.exp,
    "float": float,
    "floor": math.floor,
    "int": int,
    "log": math.log,
    "log10": math.log10,
    "log2": math.log2,
    "max": _extreme(max),
    "min": _extreme(min),
    "pow": _power,
    "round": round,
    "sin": math.sin,
    "sqrt": math.sqrt,
    "sum": _sum,
    "tan": math.tan,
}
"""What an expression may call; min, max and sum take `values` as well."""


def compute(expression: str, values: Mapping[str, Number]) -> Number:
    """The number that `expression` gives, in which the names of `values` stand for them, and `values` for all.

    Python's arithmetic, comparisons, `and`, `or`, `not`, `x if y else z` and `FUNCTIONS`; nothing else. Raises
    `NotComputable`.
    """
    if len(expression) > MAX_EXPRESSION:
        raise NotComputable(f"it has {len(expression)} characters; {MAX_EXPRESSION} are the most")
    if not expression.strip():
        raise NotComputable("it is empty")
    try:
        tree = ast.parse(expression.strip(), mode="eval")
        found = _value(tree.body, values)
    except NotComputable:
        raise
    except SyntaxError as error:
        raise NotComputable(f"it cannot be read at character {error.offset or 1}") from None
    except (RecursionError, MemoryError):
        raise NotComputable("it is nested too deep") from None
    except ZeroDivisionError:
        raise NotComputable("it divides by 0") from None
    except OverflowError:
        raise NotComputable("its numbers become too large") from None
    except (ValueError, TypeError, ArithmeticError) as error:
        raise NotComputable(f"it gives no number: {error}") from None
    if not isinstance(found, int | float) or not math.isfinite(found):
        raise NotComputable("it gives no finite number")
    return found


def _value(node: ast.expr, values: Mapping[str, Number]) -> Any:
    match node:
        case ast.Constant(value=bool() | int() | float() as number):
            return _bounded(number)
        case ast.Name(id="values"):
            return tuple(values.values())
        case ast.Name(id=name):
            if name not in values:
                there = ", ".join(values) or "none"
                raise NotComputable(f"nothing is called {name} in it; there are {there}")
            return values[name]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in BINARY:
            return _bounded(BINARY[type(op)](_number(left, values), _number(right, values)))
        case ast.UnaryOp(op=op, operand=operand) if type(op) in UNARY:
            return UNARY[type(op)](_number(operand, values))
        case ast.BoolOp(op=op, values=parts):
            found: Any = None
            for part in parts:
                found = _number(part, values)
                if bool(found) is isinstance(op, ast.Or):
                    break
            return found
        case ast.Compare(left=left, ops=ops, comparators=others) if all(type(op) in COMPARED for op in ops):
            numbers = [_number(one, values) for one in (left, *others)]
            return all(COMPARED[type(op)](numbers[i], numbers[i + 1]) for i, op in enumerate(ops))
        case ast.IfExp(test=test, body=body, orelse=other):
            return _value(body if _number(test, values) else other, values)
        case ast.Call(func=ast.Name(id=name), args=given, keywords=[]) if name in FUNCTIONS:
            return _bounded(FUNCTIONS[name](*(_value(one, values) for one in given)))
        case ast.Call(func=ast.Name(id=name)):
            raise NotComputable(f"there is no function {name}; there are {', '.join(FUNCTIONS)}")
    raise NotComputable(f"{ast.unparse(node)[:40]!r} is no arithmetic")


def _number(node: ast.expr, values: Mapping[str, Number]) -> Number:
    found: Number | tuple[Number, ...] = _value(node, values)
    if isinstance(found, tuple):
        raise NotComputable("values is all of them at once; give it to sum, min or max")
    return found


def _bounded(number: Any) -> Any:
    if isinstance(number, int) and number.bit_length() > MAX_BITS:
        raise OverflowError
    return number
