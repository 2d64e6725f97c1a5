"""`studio compile` keeps what the CPU runs with the checkpoint, and takes it away again."""

from pathlib import Path

import numpy as np
from click.testing import CliRunner

from ensembles.engine.compiled import FOLDER, is_whole
from ensembles.engine.network import Network
from ensembles.engine.tuning import random_step
from export.command import export_checkpoint
from studio.cli import main
from studio.settings import ROOT


def test_compile_and_undo(tmp_path: Path):
    export_checkpoint(ROOT / "export/pocket/weights", "pocket", tmp_path, verify=False, trace="never")
    environment = {"STUDIO_HOME": str(tmp_path), "COLUMNS": "200", "STUDIO_PROVIDERS": "cpu"}
    folder = tmp_path / "models" / "pocket"
    network = Network(folder, "unet")
    step = random_step(network, 128, 2)
    bound = network.run(step)["noise_pred"]
    done = CliRunner().invoke(main, ["compile", "pocket"], env=environment)
    assert done.exit_code == 0, done.output
    found = sorted(each.name.rsplit("-", 1)[0] for each in (folder / FOLDER).iterdir())
    assert found == ["text-encoder", "unet", "vae-decoder", "vae-encoder"]
    assert all(is_whole(each) for each in (folder / FOLDER).iterdir())
    np.testing.assert_array_equal(Network(folder, "unet").run(step)["noise_pred"], bound)
    done = CliRunner().invoke(main, ["compile", "pocket", "--off"], env=environment)
    assert done.exit_code == 0, done.output
    assert not (folder / FOLDER).exists()
    np.testing.assert_array_equal(Network(folder, "unet").run(step)["noise_pred"], bound)


def test_an_unknown_checkpoint_is_one_sentence(tmp_path: Path):
    done = CliRunner().invoke(main, ["compile", "nobody"], env={"STUDIO_HOME": str(tmp_path)})
    assert done.exit_code == 2
    assert "There is no checkpoint nobody" in done.output
