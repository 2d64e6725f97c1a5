"""`studio tune` measures, chooses, and keeps what it found with the model."""

from pathlib import Path

from click.testing import CliRunner

from ensembles.engine.network import Network
from ensembles.engine.tuned import FILE, read_tuning
from ensembles.engine.tuning import random_step
from export.command import export_checkpoint
from studio.cli import main
from studio.settings import ROOT


def test_a_profile_run_decides_the_largest_batch(tmp_path: Path):
    export_checkpoint(ROOT / "export/pocket/weights", "pocket", tmp_path, verify=False, trace="never")
    environment = {"STUDIO_HOME": str(tmp_path)}
    done = CliRunner().invoke(
        main, ["tune", "pocket", "--size", "128", "--seconds", "0.1"], env=environment | {"COLUMNS": "200"}
    )
    assert done.exit_code == 0, done.output
    folder = tmp_path / "models" / "pocket"
    tuning = read_tuning(folder)
    assert tuning is not None
    batches = [timing.batch for timing in tuning.timings["128"]]
    assert batches[:2] == [1, 2]
    assert tuning.max_batch["128"] in batches
    assert all(timing.lower <= timing.median <= timing.upper for timing in tuning.timings["128"])
    # The engine takes it up: the bucket is new, so only the tuning can have brought it.
    network = Network(folder, "unet")
    assert "128" not in network.manifest.max_batch
    sizes = []
    honest = network._run
    network._run = lambda inputs: sizes.append(len(inputs["sample"])) or honest(inputs)  # type: ignore[method-assign]
    network.run_many([random_step(network, 128, 1) for _ in range(17)])
    assert max(sizes) == tuning.max_batch["128"]


def test_an_unknown_checkpoint_is_one_sentence(tmp_path: Path):
    done = CliRunner().invoke(main, ["tune", "nobody"], env={"STUDIO_HOME": str(tmp_path)})
    assert done.exit_code == 2
    assert "There is no checkpoint nobody" in done.output
    assert not (tmp_path / FILE).exists()
