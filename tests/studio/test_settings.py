"""docs/settings.md says what the settings' own source says."""

import ast
import re

from studio.settings import ROOT, Settings

QUOTE = "'"
SOURCES = [ROOT / room / "settings.py" for room in ("control", "scheduler", "studio")]


def rows() -> list[str]:
    """One row of the table for each field, from its default and the string below it."""
    found = {}
    for path in SOURCES:
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and node.name in {
                "ControlSettings",
                "SchedulerSettings",
                "Settings",
            }:
                for field, text in zip(node.body, node.body[1:], strict=False):
                    if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr):
                        found[field.target.id] = (ast.unparse(field.value), ast.literal_eval(text.value))
    assert list(found) == list(Settings.__struct_fields__)
    return [
        f"| `STUDIO_{name.upper()}` | {DEFAULTS.get(value) or value.strip(QUOTE)} | {' '.join(meaning.split())} |"
        for name, (value, meaning) in found.items()
    ]


DEFAULTS = {
    "''": "empty",
    "{}": "none",
    "[]": "none",
    "msgspec.field(default_factory=dict)": "none",
    "ROOT / 'var'": "`var/` in the checkout",
    "ROOT / 'web' / 'dist'": "`web/dist` in the checkout",
}


def test_every_setting_is_documented_as_it_is() -> None:
    written = (ROOT / "docs" / "settings.md").read_text().splitlines()
    missing = [row for row in rows() if row not in written]
    assert not missing, "docs/settings.md lacks:\n" + "\n".join(missing)
    documented = {match[1] for line in written if (match := re.match(r"\| `(STUDIO_\w+)` \|", line))}
    assert documented == {f"STUDIO_{name.upper()}" for name in Settings.__struct_fields__}
