"""`studio quantize` as it is typed."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ensembles.engine.int8 import int8_file
from export.command import export_checkpoint
from studio.cli import main
from studio.settings import ROOT


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    export_checkpoint(ROOT / "export/pocket/weights", "pocket", home, verify=False, trace="never")
    return home


def studio(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, env={"STUDIO_HOME": str(home), "COLUMNS": "200"})


def test_kept_shown_and_off_again(home: Path, monkeypatch: pytest.MonkeyPatch):
    compare = ["quantize", "pocket", "--rounds", "5", "--size", "128"]
    with monkeypatch.context() as patch:
        patch.setattr("export.int8.command.pays", lambda _: False)
        refused = studio(home, *compare)
        assert refused.exit_code == 2
        assert "pocket in 8 bits is neither faster nor a quarter smaller here" in refused.output
        assert not int8_file(home / "models" / "pocket", "unet").exists()
        assert "fp32" in studio(home, "models").output

        kept = studio(home, *compare, "--keep")
    assert kept.exit_code == 0, kept.output
    for said in ("128², batch 2", "fp32", "int8", "linear layers in 8 bits", "Kept with pocket"):
        assert said in kept.output
    assert "% from fp32" in studio(home, "models").output

    (home / "models" / "pocket" / "report.json").write_text("{")
    assert "int8" in studio(home, "models").output
    broken = studio(home, "quantize", "pocket", "--off")
    assert broken.exit_code == 2
    assert "report.json is no report" in broken.output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("nobody",), "There is no checkpoint nobody"),
        (("pocket", "--off", "--keep"), "--off removes"),
        (("pocket", "--rounds", "1"), "5<=x<=100"),
    ],
)
def test_what_is_wrong_is_one_sentence(home: Path, arguments: tuple[str, ...], says: str):
    done = studio(home, "quantize", *arguments)
    assert done.exit_code == 2
    assert says in done.output
    assert "Traceback" not in done.output
