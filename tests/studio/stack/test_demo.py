"""`make demo`, as documented: a real run of the command, with two workers and two Triton servers."""

import re
import shutil
from pathlib import Path

from PIL import Image

from studio.stack import state
from tests.studio.stack.ups import ANY_PORT, demo


def test_from_nothing_to_a_picture_and_nothing_is_left_running(
    tmp_path: Path, published_pocket: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(published_pocket.parents[1], home, symlinks=True)
    out = tmp_path / "demo.png"
    done = demo(home, "-o", str(out), STUDIO_WORKERS="2", STUDIO_TRITONS="2")
    assert done.returncode == 0, done.stderr
    said = re.fullmatch(
        rf"The picture is in {out} \(128x128\)\. It cost ([\d.]+) of \S+'s credits; ([\d.]+) are left\.\n",
        done.stdout,
    )
    assert said, done.stdout
    assert float(said[1]) > 0
    assert float(said[1]) + float(said[2]) == 100
    with Image.open(out) as picture:
        assert picture.size == (128, 128)
        assert "a large red circle on a blue background" in picture.text["parameters"]
    assert "2 x worker, 2 x Triton" in done.stderr
    assert state.running(home) is None
    assert (home / "log" / "worker-2.log").exists()


def test_what_stands_in_the_way_is_one_sentence(tmp_path: Path) -> None:
    done = demo(tmp_path / "home", "-o", str(tmp_path / "demo.jpg"))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith("demo.jpg must end in .png.\n")
    broken = demo(tmp_path / "home", STUDIO_DATABASE_URL="postgresql://x:y@127.0.0.1:1/z", **ANY_PORT)
    assert broken.returncode == 2
    assert re.search(
        r"studio: The studio ended while starting .*Nothing answers at 127\.0\.0\.1:1", broken.stderr
    )
