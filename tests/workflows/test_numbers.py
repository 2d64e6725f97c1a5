"""Numbers, logic and switches by plain computation."""

import math

import pytest

from control.workflows.catalogue import CATALOGUE
from control.workflows.nodes.expressions import NotComputable, compute
from control.workflows.types import Unfit
from perf.parity.nodes import run_graph, run_node

TESTED = {
    "PrimitiveInt", "PrimitiveFloat", "PrimitiveBoolean", "PrimitiveString", "PrimitiveStringMultiline",
    "ComfyMathExpression", "ComfyNumberConvert", "StudioToString", "StudioCompare", "ComfyAndNode", "ComfyOrNode",
    "ComfyNotNode", "ComfySwitchNode", "Reroute",
}  # fmt: skip


async def test_values_for_other_nodes():
    for kind, value in (
        ("Int", -5),
        ("Float", 0.25),
        ("Boolean", True),
        ("String", "a"),
        ("StringMultiline", "a\nb"),
    ):
        assert await run_node(None, f"Primitive{kind}", value=value) == (value,)
    assert await run_node(None, "Reroute", value="anything") == ("anything",)
    assert CATALOGUE["Reroute"].passes == "value"


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("a + b * 2", 14), ("a - b - 1", -2), ("(a + b) / 2", 4.5), ("b // 2 + b % 2", 3), ("2 ** a ** 2", 2**16), ("-a ** 2", -16),
        ("min(a, b, 1) + max(values)", 6), ("sum(values) + sum(1, 2)", 12), ("round(a / 3) + round(a / 3, 2)", 2.33),
        ("floor(-1.5) + ceil(1.2) + abs(-3)", 3), ("sqrt(a) + pow(2, 3)", 10), ("int(7.9) + float(1)", 8.0),
        ("1 if a > b else 2", 2), ("a < b <= 5", 1), ("not a or b == 5 and a != 4", 0), ("a and b", 5),
        ("log2(8) + log10(100) + log(exp(2))", 7.0), ("sin(0) + cos(0) + tan(0)", 1.0), ("2**127 - 2**127 + 1", 1),
        ("2.0 ** 0.5", math.sqrt(2)), ("2 ** 200", 2.0**200), ("1_000 + 1e3", 2000.0),
    ],
)  # fmt: skip
async def test_arithmetic(expression, value):
    given = {"expression": expression, "values.a": 4, "values.b": 5}
    found = await run_node(None, "ComfyMathExpression", **given)
    assert found[0] == pytest.approx(value)
    assert found == (found[0], int(found[0]) if abs(found[0]) < 2**53 else found[1], bool(value))
    assert [type(one) for one in found] == [float, int, bool]


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("a / 0", "divides by 0"), ("9 ** 9 ** 9", "too large"), ("10 ** 30 * 10 ** 30", "too large"), ("1e308 * 10", "no finite"),
        ("(-8) ** (1 / 3)", "no real number"), ("sqrt(-1)", "no number"), ("c + 1", "nothing is called c in it; there are a"),
        ("__import__('os')", "no function __import__"), ("a.__class__", "is no arithmetic"), ("[1, 2]", "is no arithmetic"),
        ("'a' * 3", "is no arithmetic"), ("(lambda: 1)()", "is no arithmetic"), ("a[0]", "is no arithmetic"), ("a @ a", "no arithmetic"),
        ("1 << 9", "no arithmetic"), ("f'{a}'", "no arithmetic"), ("max", "nothing is called max"), ("values + 1", "all of them at once"),
        ("min()", "no number"), ("max(a, key=a)", "no function max|no arithmetic"), ("1 +", "cannot be read"), ("", "is empty"),
        ("-" * 999 + "1", "nested too deep|cannot be read"), ("(" * 400 + "1" + ")" * 400, "cannot be read|nested"),
        ("1" * 1001, "1000 are the most"), ("a = 3", "cannot be read"), ("1j", "is no arithmetic"), ("values", "no finite number"),
        ("\0", "read|no number"),
    ],
)  # fmt: skip
def test_what_is_no_arithmetic_is_refused(expression, why):
    with pytest.raises(NotComputable, match=why):
        compute(expression, {"a": 4})


async def test_an_expression_takes_numbers_alone():
    for given in ({"expression": "a", "values.a": "4"}, {"expression": "a", "values.a": object()}):
        with pytest.raises(Unfit) as raised:
            await run_node(None, "ComfyMathExpression", **given)
        assert raised.value.name == "values.a"


async def test_conversions():
    cases = [
        (3.9, 3.9, 3),
        (-3.9, -3.9, -3),
        ("7", 7.0, 7),
        (" 2.5e1 ", 25.0, 25),
        (True, 1.0, 1),
        ("+9007199254740993", 2.0**53, 2**53 + 1),
    ]
    for given, number, whole in cases:
        assert await run_node(None, "ComfyNumberConvert", value=given) == (number, whole)
    for given in ("seven", "", "inf", "nan", "1" * 400, None, math.nan, object()):
        with pytest.raises(Unfit):
            CATALOGUE["ComfyNumberConvert"].run(value=given)
    for given, text in ((7, "7"), (0.5, "0.5"), (True, "True"), ("x", "x")):
        assert await run_node(None, "StudioToString", value=given) == (text,)


async def test_logic():
    async def logic(name: str, *values) -> bool:
        return (await run_node(None, name, **{f"values.value{i}": one for i, one in enumerate(values)}))[0]

    assert await logic("ComfyAndNode", True, 1, "a")
    assert not await logic("ComfyAndNode", True, 0.0)
    assert not await logic("ComfyAndNode", True, "")
    assert await logic("ComfyOrNode", False, 0, "x")
    assert not await logic("ComfyOrNode", False, 0, "")
    assert await run_node(None, "ComfyNotNode", value=0) == (True,)
    assert await run_node(None, "ComfyNotNode", value="a") == (False,)
    compared = [
        (2, 2.0, "==", True), (2, 3, "!=", True), (2, 3, "<", True), (3, 3, "<=", True), ("b", "a", ">", True), ("a", "b", ">=", False),
    ]  # fmt: skip
    for a, b, comparison, want in compared:
        assert await run_node(None, "StudioCompare", a=a, b=b, comparison=comparison) == (want,)
    with pytest.raises(Unfit, match="as two numbers or as two texts"):
        await run_node(None, "StudioCompare", a=1, b="1", comparison="==")


@pytest.mark.parametrize(("switch", "want"), [(True, 8), (False, "off")])
async def test_a_switch_runs_one_side_alone(switch, want):
    graph = {
        "on": ("ComfyMathExpression", {"expression": "a * 2", "values.a": 4}),
        "bad": ("ComfyMathExpression", {"expression": "1 / 0"}),
        "off": ("PrimitiveString", {"value": "off"}),
        "way": ("StudioCompare", {"a": int(switch), "b": 1, "comparison": "=="}),
        "switch": (
            "ComfySwitchNode",
            {
                "switch": ["way", 0],
                "on_true": ["on", 1] if switch else ["bad", 0],
                "on_false": ["off", 0] if not switch else ["bad", 0],
            },
        ),
        "end": ("PreviewAny", {"source": ["switch", 0]}),
    }
    found = await run_graph(None, graph)
    assert found["switch"] == (want,)
    assert "bad" not in found
    with pytest.raises(Unfit) as raised:
        await run_node(None, "ComfySwitchNode", switch=switch)
    assert raised.value.name == ("on_true" if switch else "on_false")
    assert CATALOGUE["ComfySwitchNode"].passes(switch=switch) == raised.value.name
