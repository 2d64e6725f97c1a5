"""Variants of a network: LoRAs in its weights, circular padding, what is kept and what is made again."""

import shutil
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from ensembles.engine import adapted, sessions
from ensembles.engine.errors import EngineError, NotYet, Refused
from ensembles.engine.int8 import int8_file
from ensembles.engine.network import Network
from ensembles.engine.sessions import Sessions
from ensembles.engine.variant import UsedLora, Variant, from_text, to_text
from tests.ensembles.engine.variants import add, merged, random_change


@pytest.fixture
def pocket(published_pocket: Path, tmp_path: Path) -> Path:
    """A published folder in a home of its own."""
    return Path(shutil.copytree(published_pocket, tmp_path / "home" / "models" / "pocket"))


def home(folder: Path) -> Path:
    return folder.parent.parent


def unet_inputs(batch: int = 1, seed: int = 0, **more: str) -> dict[str, np.ndarray]:
    random = np.random.default_rng(seed)
    return {
        "sample": random.standard_normal((batch, 4, 8, 8), dtype=np.float32),
        "timestep": random.uniform(0, 999, (batch, 1)).astype(np.float32),
        "encoder_hidden_states": random.standard_normal((batch, 77, 128), dtype=np.float32),
    } | {name: np.full((batch, 1), text.encode(), np.object_) for name, text in more.items()}


def text_of(*loras: tuple, **more) -> str:
    return to_text(Variant(loras=tuple(UsedLora(*lora) for lora in loras), **more))


def test_equal_to_a_checkpoint_with_the_change_in_it(pocket: Path, tmp_path: Path) -> None:
    first, second = (random_change(pocket, "unet", seed) for seed in (1, 2))
    shas = [add(home(pocket), {"unet": change}) for change in (first, second)]
    network = Network(pocket, "unet", threads=1)
    strengths = (0.8, -0.5)
    wanted = Network(
        merged(pocket, tmp_path / "merged", "unet", list(zip((first, second), strengths, strict=True))),
        "unet",
        threads=1,
    )
    variant = text_of(*zip(shas, strengths, strict=True))
    plain = network.run(unet_inputs(2))["noise_pred"]
    made = network.run(unet_inputs(2, variant=variant))["noise_pred"]
    np.testing.assert_allclose(made, wanted.run(unet_inputs(2))["noise_pred"], atol=2e-5)
    assert np.abs(made - plain).max() > 0.05
    np.testing.assert_array_equal(network.run(unet_inputs(2))["noise_pred"], plain)


def test_requests_of_one_variant_share_runs_and_of_others_do_not(
    pocket: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shas = [add(home(pocket), {"unet": random_change(pocket, "unet", seed)}) for seed in (1, 2)]
    network = Network(pocket, "unet", threads=1)
    texts = ["", text_of((shas[0], 1.0)), text_of((shas[1], 1.0)), text_of((shas[0], 1.0)), ""]
    requests = [
        unet_inputs(1, seed, **({"variant": text} if text else {})) for seed, text in enumerate(texts)
    ]
    alone = [network.run(request)["noise_pred"] for request in requests]
    runs = []
    honest = network._run_in
    monkeypatch.setattr(
        network,
        "_run_in",
        lambda session, inputs: runs.append(len(inputs["sample"])) or honest(session, inputs),
    )
    for made, one in zip(network.run_many(requests), alone, strict=True):
        np.testing.assert_allclose(made["noise_pred"], one, atol=1e-5)
    assert sorted(runs) == [1, 2, 2]


def test_the_text_encoder_takes_its_own_part(pocket: Path, tmp_path: Path) -> None:
    change = random_change(pocket, "text_encoder", 3, endings=("q_proj", "v_proj", "fc1"))
    both = add(home(pocket), {"te": change, "unet": random_change(pocket, "unet", 3)})
    of_unet = add(home(pocket), {"unet": random_change(pocket, "unet", 4)})
    network = Network(pocket, "text-encoder", threads=1)
    wanted = Network(
        merged(pocket, tmp_path / "merged", "text_encoder", [(change, 1.0)]), "text-encoder", threads=1
    )
    inputs = {
        "input_ids": np.random.default_rng(0).integers(0, 800, (1, 77)),
        "clip_skip": np.array([[1]]),
        "replace_mask": np.zeros((1, 77), np.float32),
        "replace_values": np.zeros((1, 77, 128), np.float32),
    }
    with_variant = lambda *loras: inputs | {"variant": np.array([[text_of(*loras).encode()]], np.object_)}  # noqa: E731
    made = network.run(with_variant((both, 1.0), (of_unet, 1.0)))["hidden_state"]
    np.testing.assert_allclose(made, wanted.run(inputs)["hidden_state"], atol=2e-5)
    # A LoRA without a part for it leaves it as it is, and nothing is made for that.
    assert network.ready(with_variant((of_unet, 1.0)))
    np.testing.assert_array_equal(
        network.run(with_variant((of_unet, 1.0)))["hidden_state"], network.run(inputs)["hidden_state"]
    )


def test_kept_on_disk_by_content(pocket: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sha256 = add(home(pocket), {"unet": random_change(pocket, "unet", 1)})
    request = unet_inputs(variant=text_of((sha256, 0.5)))
    first = Network(pocket, "unet", threads=1).run(request)["noise_pred"]
    (file,) = (home(pocket) / adapted.FOLDER).iterdir()

    def computed(*_: object) -> None:
        raise AssertionError("computed again")

    with monkeypatch.context() as patched:
        patched.setattr(adapted, "weight_change", computed)
        again = Network(pocket, "unet", threads=1)
        assert not again.ready(request)
        np.testing.assert_array_equal(again.run(request)["noise_pred"], first)
        assert again.ready(request)
        with pytest.raises(EngineError, match="computed again"):
            again.run(unet_inputs(variant=text_of((sha256, 0.6))))
    file.write_bytes(file.read_bytes()[:-8])
    np.testing.assert_array_equal(Network(pocket, "unet", threads=1).run(request)["noise_pred"], first)
    file.unlink()
    monkeypatch.setenv(adapted.VARIABLE, "0")
    np.testing.assert_array_equal(Network(pocket, "unet", threads=1).run(request)["noise_pred"], first)
    assert not list((home(pocket) / adapted.FOLDER).iterdir())


def test_the_disk_is_bounded(pocket: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sha256 = add(home(pocket), {"unet": random_change(pocket, "unet", 1)})
    network = Network(pocket, "unet", threads=1)
    network.run(unet_inputs(variant=text_of((sha256, 0.1))))
    (file,) = (home(pocket) / adapted.FOLDER).iterdir()
    monkeypatch.setenv(adapted.VARIABLE, str(int(2.5 * file.stat().st_size / 1e6)))
    for strength in (0.2, 0.3, 0.4):
        network.run(unet_inputs(variant=text_of((sha256, strength))))
    kept = list((home(pocket) / adapted.FOLDER).iterdir())
    assert len(kept) == 2
    assert file not in kept


def test_what_was_used_longest_ago_makes_room() -> None:
    made, held = [], Sessions[str](limit=10, pinned=0)
    get = lambda key, size=4: held.get(key, size, lambda: made.append(key) or key)  # noqa: E731
    for key in ("a", "b", "a", "c", "a", "b"):
        assert get(key) == key
    assert made == ["a", "b", "c", "b"]
    assert get("large", 100) == "large"
    assert "a" not in held
    assert "large" in held


def test_two_jobs_whose_sessions_do_not_fit_together_make_each_once() -> None:
    """The second waits until the first has asked for nothing for a while, however often it asks itself."""
    made, held = [], Sessions[str](limit=10, pinned=0.3, wait=0)
    ask = lambda key: held.get(key, 8, lambda: made.append(key) or key)  # noqa: E731
    for _ in range(5):
        assert ask("first") == "first"
        with pytest.raises(NotYet, match="STUDIO_VARIANTS_MB"):
            ask("second")
        time.sleep(0.02)
    with held.using("first", 8, pytest.fail):
        time.sleep(0.4)
        with pytest.raises(NotYet):  # in use, if for longer than it is pinned
            ask("second")
    time.sleep(0.4)
    assert "first" in held  # whoever asks whether it is there finds it there
    with pytest.raises(NotYet):
        ask("second")
    time.sleep(0.4)
    assert ask("second") == "second"
    assert "first" not in held
    assert made == ["first", "second"]


def test_a_newcomer_gets_its_place_at_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "PATIENCE", 0.2)
    held = Sessions[str](limit=10, pinned=60, wait=0)
    held.get("first", 8, lambda: "first")
    with pytest.raises(NotYet):
        held.get("second", 8, lambda: "second")
    time.sleep(0.25)
    assert held.get("second", 8, lambda: "second") == "second"
    busy, ended = Sessions[str](limit=10, pinned=60, wait=5), threading.Event()

    def steps() -> None:
        while not ended.wait(0.01):
            with busy.using("first", 8, lambda: "first"):
                time.sleep(0.1)
            if "second" in busy:
                break

    job = threading.Thread(target=steps)
    job.start()
    time.sleep(0.05)
    try:
        assert busy.get("second", 8, lambda: "second") == "second"
    finally:
        ended.set()
        job.join()
    waiting = Sessions[str](limit=10, pinned=0.1, wait=5)
    waiting.get("first", 8, lambda: "first")
    began = time.monotonic()
    assert waiting.get("second", 8, lambda: "second") == "second"
    assert 0.1 <= time.monotonic() - began < 3


def test_what_is_being_made_counts_and_what_goes_together_makes_no_room() -> None:
    held, begun, go = Sessions[str](limit=10, pinned=0, wait=0), threading.Event(), threading.Event()
    making = threading.Thread(target=held.get, args=("slow", 8, lambda: begun.set() or str(go.wait(5))))
    making.start()
    assert begun.wait(5)
    with pytest.raises(NotYet):
        held.get("other", 8, pytest.fail)
    go.set()
    making.join()
    with held.using("other", 8, lambda: "other", beside={"slow", "other"}):
        assert {key for key in ("slow", "other") if key in held} == {"slow", "other"}
    again = Sessions[str](limit=10, pinned=60, wait=0)
    again.get("plain", 8, lambda: "plain")
    with again.using("more", 8, lambda: "more", instead={"plain"}):
        assert "plain" not in again


def test_failures_give_the_room_back() -> None:
    held = Sessions[int](limit=10, pinned=60, wait=0)
    for _ in range(3):
        with pytest.raises(MemoryError):
            held.get("bad", 10, lambda: (_ for _ in ()).throw(MemoryError()))
    assert held.get("good", 10, lambda: 1) == 1


def test_alternating_variants_of_one_network(pocket: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is made once, and the one that there is no room for says so at once; nobody else fails with it."""
    shas = [add(home(pocket), {"unet": random_change(pocket, "unet", seed)}) for seed in (1, 2)]
    monkeypatch.setenv(sessions.VARIABLE, "50")
    network = Network(pocket, "unet", threads=1, wait=0)
    requests = [unet_inputs(variant=text_of((sha256, 1.0))) for sha256 in shas]
    made, honest = [], network._made
    monkeypatch.setattr(network, "_made", lambda asked: made.append(asked.session) or honest(asked))
    for _ in range(3):
        first, second, plain = network.run_many([*requests, unet_inputs()])
        assert isinstance(first, dict)
        assert isinstance(second, NotYet)
        assert isinstance(plain, dict)
        assert network.missing(requests[0]) is None
        assert network.missing(requests[1]) != network.missing(unet_inputs())
    assert len(made) == 1


def test_the_extended_unet_serves_the_plain_variant(pocket: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A job whose ControlNet ends on the way needs no second session, and waits for none."""
    text = text_of((add(home(pocket), {"unet": random_change(pocket, "unet", 1)}), 1.0))
    plain = unet_inputs(variant=text)
    more = plain | {"perturb": np.zeros((1, 1), np.float32)}
    wanted = Network(pocket, "unet", threads=1).run(plain)["noise_pred"]
    monkeypatch.setenv(sessions.VARIABLE, "50")
    network = Network(pocket, "unet", threads=1, wait=0)
    network.run(plain)
    np.testing.assert_allclose(network.run(more)["noise_pred"], wanted, atol=1e-5)
    assert len(network._variants._held) == 1  # in the plain one's place, just used as that was
    assert network.ready(plain)
    np.testing.assert_allclose(network.run(plain)["noise_pred"], wanted, atol=1e-5)
    assert len(network._variants._held) == 1


def test_what_goes_wrong_with_one_variant_is_its_own(pocket: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shas = [add(home(pocket), {"unet": random_change(pocket, "unet", seed)}) for seed in (1, 2)]
    network = Network(pocket, "unet", threads=1)
    requests = [unet_inputs(variant=text_of((sha256, 1.0))) for sha256 in shas]
    honest = network._made

    def broken(asked):
        if asked.variant.loras[0].sha256 == shas[0]:
            raise ValueError("matmul: mismatch")
        return honest(asked)

    monkeypatch.setattr(network, "_made", broken)
    bad, good, plain = network.run_many([*requests, unet_inputs()])
    assert isinstance(bad, EngineError)
    assert "mismatch" in str(bad)
    assert isinstance(good, dict)
    assert isinstance(plain, dict)


def test_strengths_are_hundredths() -> None:
    sha256 = "0" * 64
    assert text_of((sha256, 0.801)) == text_of((sha256, 0.8))
    assert text_of((sha256, 0.8, (1.0, 0.5001))) == text_of((sha256, 0.8, (1.0, 0.5)))
    assert text_of((sha256, 0.004)) == ""
    (lora,) = from_text(f'{{"loras":[{{"sha256":"{sha256}","strength":0.12345}}]}}').loras
    assert lora.strength == 0.12


def test_one_thread_makes_while_others_wait() -> None:
    held, made, begun = Sessions[int](limit=10), [], threading.Event()

    def slowly() -> int:
        made.append(1)
        begun.wait(5)
        return 1

    threads = [threading.Thread(target=held.get, args=("key", 1, slowly)) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert held.get("other", 1, lambda: 2) == 2  # not behind the first
    begun.set()
    for thread in threads:
        thread.join()
    assert made == [1]
    with pytest.raises(EngineError):
        held.get("bad", 1, lambda: (_ for _ in ()).throw(EngineError("no")))
    assert held.get("bad", 1, lambda: 3) == 3


@pytest.mark.parametrize(
    ("variant", "sentence"),
    [
        ("{", "not a variant's JSON text"),
        ('{"lora": []}', "not a variant's JSON text"),
        (text_of(("0" * 64, 1.0)), "is not in this installation: add its file with `studio models add`"),
        (text_of(("nobody", 1.0)), "is not a SHA-256"),
        ('{"seamless": "z"}', "not a variant's JSON text"),
    ],
)
def test_bad_variants(pocket: Path, variant: str, sentence: str) -> None:
    network = Network(pocket, "unet", threads=1)
    good, bad = unet_inputs(), unet_inputs(variant=variant)
    assert network.ready(bad)
    first, second = network.run_many([bad, good])
    assert isinstance(first, Refused)
    assert sentence in str(first)
    assert np.isfinite(second["noise_pred"]).all()


def test_loras_that_do_not_fit(pocket: Path) -> None:
    own = random_change(pocket, "unet", 1)
    network = Network(pocket, "unet", threads=1)
    module, (down, up) = next((module, pair) for module, pair in own.items() if module.endswith("attn2.to_v"))
    wide = add(home(pocket), {"unet": {module: (np.zeros((4, 2048), np.float32), up)}})
    for variant, sentence in (
        (text_of((wide, 1.0)), r"made for SDXL \(texts 2048 wide\): pocket takes those of .* with texts 128 wide"),
        (text_of((add(home(pocket), {"unet": {"down_blocks.7.conv": (down, up)}}), 1.0)), "it has no layer down_blocks_7_conv"),
        (text_of((add(home(pocket), {"unet": {module: (1e3 * down, 1e3 * up)}}), 1e38)), "use lower strengths"),
        (text_of((add(home(pocket), {"unet": own}), 1.0, (1.0, 0.0))), r"2 block weights were sent; this architecture takes 5 \(BASE, IN03, "),
    ):  # fmt: skip
        with pytest.raises(EngineError, match=sentence):
            network.run(unet_inputs(variant=variant))


def test_rows_of_one_request_have_one_variant(pocket: Path) -> None:
    request = unet_inputs(2) | {"variant": np.array([[b""], [b'{"seamless":"x"}']], np.object_)}
    with pytest.raises(EngineError, match="all rows of variant must be equal"):
        Network(pocket, "unet", threads=1).run(request)


def test_beside_layers_in_8_bits(pocket: Path, tmp_path: Path) -> None:
    from export.int8.file import write_int8

    change = random_change(pocket, "unet", 1, endings=("to_q", "to_v"))
    sha256 = add(home(pocket), {"unet": change})
    fp32 = Network(merged(pocket, tmp_path / "merged", "unet", [(change, 1.0)]), "unet", threads=1)
    wanted = fp32.run(unet_inputs())["noise_pred"]
    write_int8(pocket, "unet", int8_file(pocket, "unet"), minimum=1)
    made = Network(pocket, "unet", threads=1).run(unet_inputs(variant=text_of((sha256, 1.0))))["noise_pred"]
    assert 1e-5 < np.linalg.norm(made - wanted) / np.linalg.norm(wanted) < 0.02


@pytest.mark.parametrize("axes", ["x", "y", "xy"])
def test_seamless_pictures_go_round(pocket: Path, axes: str) -> None:
    """A latent that is shifted along such an axis gives the same picture, shifted."""
    network = Network(pocket, "vae-decoder", threads=1)
    latent = np.random.default_rng(0).standard_normal((1, 4, 8, 8), dtype=np.float32)
    variant = {"variant": np.array([[text_of(seamless=axes).encode()]], np.object_)}
    picture = network.run({"latent": latent} | variant)["image"]
    for axis, name in ((2, "y"), (3, "x")):
        shifted = network.run({"latent": np.roll(latent, 3, axis)} | variant)["image"]
        apart = np.abs(shifted - np.roll(picture, 24, axis)).max()
        assert (apart < 1e-4) == (name in axes)


def test_seamless_as_torch_pads(pocket: Path) -> None:
    import torch
    from diffusers import UNet2DConditionModel

    from export.pocket.evaluate import WEIGHTS

    unet = UNet2DConditionModel.from_pretrained(WEIGHTS / "unet").float().eval()

    def padded(conv: torch.nn.Conv2d, x: torch.Tensor) -> torch.Tensor:
        top, left = conv.padding
        x = torch.nn.functional.pad(x, (left, left, 0, 0), "circular")
        x = torch.nn.functional.pad(x, (0, 0, top, top))
        return torch.nn.functional.conv2d(x, conv.weight, conv.bias, conv.stride)

    for module in unet.modules():
        if isinstance(module, torch.nn.Conv2d):
            module.forward = padded.__get__(module)
    inputs = unet_inputs(2)
    with torch.no_grad():
        expected = unet(
            *(torch.from_numpy(inputs[name]) for name in ("sample",)),
            torch.from_numpy(inputs["timestep"][:, 0]),
            torch.from_numpy(inputs["encoder_hidden_states"]),
        ).sample
    network = Network(pocket, "unet", threads=1)
    made = network.run(unet_inputs(2, variant=text_of(seamless="x")))["noise_pred"]
    np.testing.assert_allclose(made, expected.numpy(), atol=2e-5)
    assert np.abs(made - network.run(unet_inputs(2))["noise_pred"]).max() > 1e-3
