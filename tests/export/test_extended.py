"""The extended UNet, ControlNets and IP-Adapters against diffusers, on random weights."""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("diffusers")

from diffusers import ControlNetModel, UNet2DConditionModel  # noqa: E402
from diffusers.loaders import single_file_utils  # noqa: E402
from diffusers.models.attention_processor import PAGIdentitySelfAttnProcessor2_0  # noqa: E402
from PIL import Image  # noqa: E402
from safetensors.torch import load_file, save_file  # noqa: E402
from transformers import CLIPImageProcessor  # noqa: E402

from ensembles.arrays import Array  # noqa: E402
from ensembles.engine.errors import EngineError  # noqa: E402
from ensembles.engine.image_prompt import ImagePrompt  # noqa: E402
from ensembles.engine.network import Network  # noqa: E402
from ensembles.engine.places import Places, places  # noqa: E402
from ensembles.engine.variant import Variant, to_text  # noqa: E402
from ensembles.engine.weights import LAYOUT, open_weights, read_header  # noqa: E402
from export import adapters, controlnets, image_prompts  # noqa: E402
from export.controlnets.names import names_of  # noqa: E402
from export.errors import ExportError  # noqa: E402
from export.tracing_modules import scatter  # noqa: E402
from export.write import file_hash  # noqa: E402
from perf.parity import tiny  # noqa: E402
from perf.parity.operations.ip_adapters import SIDE, seen, with_adapter, write_adapter, write_encoder  # noqa: E402
from perf.parity.operations.steering import free_u_by_channels  # noqa: E402

CLOSE = 2e-5
"""Largest difference of predictions near 1."""
KINDS: dict[str, tiny.Kind] = {"sd15": "sd15-inpaint", "sdxl": "sdxl"}
"""An inpainting UNet stands for its family: ControlNets see its latent alone."""


@dataclass
class Model:
    """A published UNet, and diffusers' own."""

    folder: Path
    theirs: UNet2DConditionModel
    ours: Network
    places: Places

    @property
    def home(self) -> Path:
        return self.folder.parent.parent

    def arrays(self, batch: int = 2, height: int = 9, width: int = 13) -> dict[str, Array]:
        random = np.random.RandomState(batch + height)
        made = {
            "sample": random.randn(batch, self.theirs.config.in_channels, height, width),
            "timestep": random.uniform(0, 999, (batch, 1)),
            "encoder_hidden_states": random.randn(batch, 77, self.places.context),
        }
        if self.ours.manifest.pooled_dim:
            made["text_embeds"] = random.randn(batch, self.ours.manifest.pooled_dim)
            made["time_ids"] = random.randint(0, 99, (batch, 6))
        return {name: value.astype(np.float32) for name, value in made.items()}

    def reference(self, arrays: dict[str, Array], **more: Any) -> Array:
        """What diffusers says."""
        told = _told(arrays)
        added = {**told.pop("added_cond_kwargs", {}), **more.pop("added_cond_kwargs", {})}
        with torch.no_grad():
            answer = self.theirs(torch.from_numpy(arrays["sample"]), **told, added_cond_kwargs=added, **more)
        found: Array = answer.sample.numpy()
        return found

    def run(self, arrays: dict[str, Array], variant: Variant | None = None, **more: Array) -> Array:
        inputs = arrays | {name: np.asarray(value, np.float32) for name, value in more.items()}
        if variant is not None:
            inputs["variant"] = np.array([[to_text(variant).encode()]] * len(arrays["sample"]), np.object_)
        return self.ours.run(inputs)["noise_pred"]


def _told(arrays: dict[str, Array]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "timestep": torch.from_numpy(arrays["timestep"][:, 0]),
        "encoder_hidden_states": torch.from_numpy(arrays["encoder_hidden_states"]),
    }
    if "text_embeds" in arrays:
        sized = {name: torch.from_numpy(arrays[name]) for name in ("text_embeds", "time_ids")}
        made["added_cond_kwargs"] = sized
    return made


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Model]:
    home = tmp_path_factory.mktemp("extended")
    torch.set_num_threads(1)  # on small networks many threads wait for each other
    made = {}
    for name, kind in KINDS.items():
        folder = tiny.publish(kind, home, name)
        theirs = UNet2DConditionModel(**tiny.UNETS[kind]).eval().requires_grad_(False)
        weights = open_weights(folder, "unet")
        theirs.load_state_dict({key: torch.from_numpy(weights.tensor(key).copy()) for key in weights.places})
        ours = Network(folder, "unet", threads=1)
        made[name] = Model(folder, theirs, ours, places(ours.meta.parameters))
    return made


@pytest.fixture(params=KINDS)
def model(request: pytest.FixtureRequest, models: dict[str, Model]) -> Model:
    return models[request.param]


def close(ours: Array, theirs: Array) -> None:
    assert ours.shape == theirs.shape
    assert float(np.abs(ours - theirs).max()) < CLOSE


def far(one: Array, other: Array) -> None:
    assert float(np.abs(one - other).max()) > 0.01


def test_everything_off_changes_nothing(model: Model) -> None:
    arrays = model.arrays()
    plain = model.run(arrays)
    close(plain, model.reference(arrays))
    off = np.array([[1, 1, 1, 1, 0]] * 2, np.float32)
    np.testing.assert_array_equal(model.run(arrays, freeu=off, perturb=np.zeros((2, 1))), plain)


def test_free_u_where_diffusers_puts_it(model: Model) -> None:
    arrays = model.arrays()
    model.theirs.enable_freeu(s1=0.9, s2=0.2, b1=1.5, b2=1.6)
    try:
        theirs = model.reference(arrays)
    finally:
        model.theirs.disable_freeu()
    close(model.run(arrays, freeu=[[1.5, 1.6, 0.9, 0.2, 3]] * 2), theirs)
    far(theirs, model.reference(arrays))


@pytest.mark.parametrize("version", [1, 2])
def test_free_u_by_channels(models: dict[str, Model], version: int, monkeypatch: pytest.MonkeyPatch) -> None:
    model = models["sd15"]
    arrays = model.arrays(height=16, width=16)
    blocks = "diffusers.models.unets.unet_2d_blocks.apply_freeu"
    monkeypatch.setattr(blocks, free_u_by_channels(version, model.places.width))
    model.theirs.enable_freeu(s1=0.9, s2=0.2, b1=1.3, b2=1.4)
    try:
        theirs = model.reference(arrays)
    finally:
        model.theirs.disable_freeu()
    # The second sample is left as it is: what one asks for does not reach its neighbour.
    ours = model.run(arrays, freeu=[[1.3, 1.4, 0.9, 0.2, version], [1.3, 1.4, 0.9, 0.2, 0]])
    close(ours[:1], theirs[:1])
    np.testing.assert_allclose(ours[1:], model.run(arrays)[1:], atol=CLOSE)
    far(theirs, model.reference(arrays))


def test_perturbed_attention(model: Model) -> None:
    arrays = model.arrays(2, 16, 16)
    usual = dict(model.theirs.attn_processors)
    middle = {
        name: PAGIdentitySelfAttnProcessor2_0() if name.startswith("mid_block") and ".attn1." in name else one
        for name, one in usual.items()
    }
    model.theirs.set_attn_processor(middle)
    try:  # of a batch given twice, diffusers perturbs the second half
        theirs = model.reference({name: np.concatenate([one, one]) for name, one in arrays.items()})[2:]
    finally:
        model.theirs.set_attn_processor(usual)
    ours = model.run(arrays, perturb=[[1], [0]])
    close(ours[:1], theirs[:1])
    close(ours[1:], model.reference(arrays)[1:])
    far(theirs[:1], model.reference(arrays)[:1])


@dataclass
class Net:
    """A ControlNet in the registry, and diffusers' own."""

    theirs: ControlNetModel
    sha256: str
    source: Path


@pytest.fixture(scope="module")
def nets(models: dict[str, Model], tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Net]]:
    folder = tmp_path_factory.mktemp("controlnets")
    made: dict[str, list[Net]] = {}
    for name, model in models.items():
        for seed in (1, 2) if name == "sd15" else (1,):
            theirs = ControlNetModel.from_unet(
                model.theirs, conditioning_embedding_out_channels=(8, 16, 24, 32), conditioning_channels=3
            )
            theirs = ControlNetModel.from_config({**theirs.config, "in_channels": 4}).eval()
            scatter(theirs, seed)
            for block in (*theirs.controlnet_down_blocks, theirs.controlnet_mid_block):
                block.weight.data *= 0.3
            source = folder / f"{name}-{seed}"
            theirs.requires_grad_(False).save_pretrained(source)
            about = controlnets.add(source, model.home, source.name)
            assert controlnets.check(about, model.folder) is None
            made.setdefault(name, []).append(Net(theirs, about.sha256, source))
    return made


def _steered(model: Model, used: list[Net], arrays: dict[str, Array], hints: Array, weights: Array) -> Array:
    total: list[Any] = []
    for place, net in enumerate(used):
        with torch.no_grad():
            down, middle = net.theirs(
                torch.from_numpy(arrays["sample"][:, :4]), **_told(arrays), return_dict=False,
                controlnet_cond=torch.from_numpy(hints[:, place]),
            )  # fmt: skip
        own = [
            one * torch.from_numpy(weights[:, place, at, None, None, None])
            for at, one in enumerate([*down, middle])
        ]
        total = own if not total else [a + b for a, b in zip(total, own, strict=True)]
    return model.reference(
        arrays, down_block_additional_residuals=total[:-1], mid_block_additional_residual=total[-1]
    )


@pytest.mark.parametrize(("name", "count"), [("sd15", 1), ("sd15", 2), ("sdxl", 1)])
def test_controlnets(models: dict[str, Model], nets: dict[str, list[Net]], name: str, count: int) -> None:
    model, used = models[name], nets[name][:count]
    arrays = model.arrays()
    random = np.random.RandomState(4)
    hints = random.rand(2, count, 3, 72, 104).astype(np.float32)
    # As guess mode has it, strengths from 0.1 to 1; the second sample leaves the last ControlNet out.
    weights = np.tile(np.logspace(-1, 0, len(model.places.residuals)), (2, count, 1)).astype(np.float32)
    weights[1, -1] = 0
    theirs = _steered(model, used, arrays, hints, weights)
    variant = Variant(controls=tuple(net.sha256 for net in used))
    ours = model.run(arrays, variant, hint=hints, control_weights=weights)
    close(ours, theirs)
    far(theirs[0], model.reference(arrays)[0])
    alone = {one: array[:1] for one, array in arrays.items()}
    close(model.run(alone, variant, hint=hints[:1], control_weights=weights[:1]), ours[:1])


SMALL: dict[str, dict[str, Any]] = {
    "small": {"down_block_types": ["DownBlock2D"] * 3, "mid_block_type": "UNetMidBlock2D"},
    "mid": {"transformer_layers_per_block": 1},
}
"""As diffusers' ControlNets of SDXL that leave blocks out."""


@pytest.mark.parametrize("name", SMALL)
def test_controlnets_with_fewer_blocks(models: dict[str, Model], tmp_path: Path, name: str) -> None:
    model = models["sdxl"]
    unet = model.theirs
    theirs = ControlNetModel.from_unet(unet, conditioning_embedding_out_channels=(8, 16, 24, 32))
    theirs = ControlNetModel.from_config({**theirs.config, **SMALL[name]}).eval().requires_grad_(False)
    scatter(theirs, 5)
    theirs.save_pretrained(tmp_path / name)
    about = controlnets.add(tmp_path / name, model.home, name)
    assert controlnets.check(about, model.folder) is None
    assert controlnets.check(about, models["sd15"].folder) is not None
    arrays, net = model.arrays(), Net(theirs, about.sha256, tmp_path)
    hints = np.random.RandomState(4).rand(2, 1, 3, 72, 104).astype(np.float32)
    weights = np.full((2, 1, len(model.places.residuals)), 0.3, np.float32)
    ours = model.run(arrays, Variant(controls=(net.sha256,)), hint=hints, control_weights=weights)
    close(ours, _steered(model, [net], arrays, hints, weights))


def test_hints_are_looked_at_once(models: dict[str, Model], nets: dict[str, list[Net]]) -> None:
    model, (net, *_) = models["sd15"], nets["sd15"]
    arrays = model.arrays()
    hints = np.tile(np.random.RandomState(5).rand(1, 1, 3, 72, 104), (2, 1, 1, 1, 1))
    variant = Variant(controls=(net.sha256,))
    given = {"hint": hints, "control_weights": np.ones((2, 1, len(model.places.residuals)))}
    first = model.run(arrays, variant, **given)
    assert model.ours._extended is not None
    kept = model.ours._extended._controls._hints._held
    (looked,) = list(kept)[-1:]
    before = len(kept)
    np.testing.assert_array_equal(model.run(arrays, variant, **given), first)
    assert (len(kept), list(kept)[-1]) == (before, looked)
    model.run(arrays, variant, **given | {"hint": 1 - hints})
    assert len(kept) == before + 1


def test_a_controlnet_of_another_architecture(models: dict[str, Model], nets: dict[str, list[Net]]) -> None:
    model, other = models["sd15"], nets["sdxl"][0]
    about = controlnets.add(other.source, model.home, "other")
    reason = controlnets.check(about, model.folder)
    assert reason is not None
    assert "texts 192 numbers wide, not 128" in reason
    arrays = model.arrays()
    with pytest.raises(EngineError, match="of another architecture than the checkpoint"):
        model.run(
            arrays, Variant(controls=(other.sha256,)),
            hint=np.zeros((2, 1, 3, 72, 104)), control_weights=np.ones((2, 1, len(model.places.residuals))),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"hint": (2, 1, 3, 64, 104)}, "hint must have shape"),
        ({"hint": (2, 1, 3, 72, 104), "control_weights": (2, 1, 3)}, "control_weights must have shape"),
        ({"hint": (2, 1, 3, 72, 104)}, "control_weights goes with"),
        ({"freeu": (2, 4)}, "freeu must have shape"),
        ({"perturb": (1, 1)}, "perturb must have shape|same number of samples"),
        ({"image_tokens": (2, 4, 64)}, "goes with the variant's image prompt"),
    ],
)
def test_inputs_that_do_not_fit(
    models: dict[str, Model], nets: dict[str, list[Net]], more: dict[str, tuple[int, ...]], message: str
) -> None:
    model = models["sd15"]
    variant = Variant(controls=(nets["sd15"][0].sha256,)) if "hint" in more else None
    if "hint" in more and "control_weights" not in more and "goes with" not in message:
        more = more | {"control_weights": (2, 1, len(model.places.residuals))}
    with pytest.raises(EngineError, match=message):
        model.run(model.arrays(), variant, **{name: np.zeros(shape) for name, shape in more.items()})


def _to_ldm(source: Path, target: Path) -> None:
    """The ControlNet of a diffusers folder, in the names of the original code."""
    tensors = load_file(source / "diffusion_pytorch_model.safetensors")
    save_file({f"control_model.{_ldm_name(name)}": value for name, value in tensors.items()}, target)


_RESNET = {"norm1": "in_layers.0", "conv1": "in_layers.2", "time_emb_proj": "emb_layers.1", "norm2": "out_layers.0",
           "conv2": "out_layers.3", "conv_shortcut": "skip_connection"}  # fmt: skip
_LDM: list[tuple[str, Callable[[re.Match[str]], str]]] = [
    (r"time_embedding\.linear_(\d)", lambda m: f"time_embed.{2 * int(m[1]) - 2}"),
    (r"controlnet_cond_embedding\.conv_in", lambda m: "input_hint_block.0"),
    (r"controlnet_cond_embedding\.conv_out", lambda m: "input_hint_block.14"),
    (r"controlnet_cond_embedding\.blocks\.(\d)", lambda m: f"input_hint_block.{2 * int(m[1]) + 2}"),
    (r"controlnet_down_blocks\.(\d+)", lambda m: f"zero_convs.{m[1]}.0"),
    (r"controlnet_mid_block", lambda m: "middle_block_out.0"),
    (r"conv_in", lambda m: "input_blocks.0.0"),
    (r"down_blocks\.(\d)\.downsamplers\.0\.conv", lambda m: f"input_blocks.{3 * int(m[1]) + 3}.0.op"),
    (
        r"down_blocks\.(\d)\.resnets\.(\d)\.(\w+)",
        lambda m: f"input_blocks.{3 * int(m[1]) + int(m[2]) + 1}.0.{_RESNET[m[3]]}",
    ),
    (r"down_blocks\.(\d)\.attentions\.(\d)", lambda m: f"input_blocks.{3 * int(m[1]) + int(m[2]) + 1}.1"),
    (r"mid_block\.resnets\.(\d)\.(\w+)", lambda m: f"middle_block.{2 * int(m[1])}.{_RESNET[m[2]]}"),
    (r"mid_block\.attentions\.0", lambda m: "middle_block.1"),
]
"""Of two layers a level: written down in another way than in the code under test."""


def _ldm_name(name: str) -> str:
    for pattern, renamed in _LDM:
        if match := re.match(pattern + r"\.", name):
            return f"{renamed(match)}.{name[match.end() :]}"
    raise AssertionError(name)


def test_a_file_in_the_names_of_the_original_code(
    models: dict[str, Model], nets: dict[str, list[Net]], tmp_path: Path
) -> None:
    model, (net, *_) = models["sd15"], nets["sd15"]
    file = tmp_path / "control_canny.safetensors"
    _to_ldm(net.source, file)
    # diffusers' own converter reads the file as it was meant.
    config = dict(net.theirs.config)
    theirs = single_file_utils.convert_controlnet_checkpoint(load_file(file), config)
    assert theirs.keys() == net.theirs.state_dict().keys()
    assert all(torch.equal(theirs[name], value) for name, value in net.theirs.state_dict().items())
    about = controlnets.add(file, model.home, "canny")
    assert (about.layout, about.details["hint"]) == ("ldm", "canny")
    assert controlnets.check(about, model.folder) is None
    arrays, count = model.arrays(1), len(model.places.residuals)
    given = {"hint": np.ones((1, 1, 3, 72, 104)), "control_weights": np.ones((1, 1, count))}
    ldm = model.run(arrays, Variant(controls=(about.sha256,)), **given)
    np.testing.assert_array_equal(ldm, model.run(arrays, Variant(controls=(net.sha256,)), **given))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("lllite_unet_input_blocks_1.down.weight", "ControlNet-LLLite"),
        ("lora_controlnet", "Control-LoRA"),
        ("difference", "saved as a difference"),
        ("task_embedding", "several kinds of hint"),
        ("adapter.body.0.in_conv.weight", "T2I-Adapter"),
        ("model.diffusion_model.out.0.weight", "whole checkpoint"),
        ("lora_unet_mid_block.lora_up.weight", "a LoRA"),
        ("something.weight", "nothing that looks at a hint"),
    ],
)
def test_files_that_are_something_else(name: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "file.safetensors"
    save_file({name: torch.zeros(2, 2)}, file)
    with pytest.raises(ExportError, match=message):
        controlnets.add(file, tmp_path, "net")
    assert not list((tmp_path / "adapters").glob("*"))


def test_a_controlnet_that_is_not_whole(nets: dict[str, list[Net]], tmp_path: Path) -> None:
    tensors = load_file(nets["sd15"][0].source / "diffusion_pytorch_model.safetensors")
    tensors.pop("controlnet_down_blocks.1.weight")
    file = tmp_path / "file.safetensors"
    save_file(tensors, file)
    with pytest.raises(ExportError, match="lacks controlnet_down_blocks"):
        controlnets.add(file, tmp_path, "net")


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Any]]:
    folder = tmp_path_factory.mktemp("image_prompts")
    yield folder, write_encoder(folder / "image_encoder")
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("name", "form"),
    [("sd15", "base"), ("sd15", "plus"), ("sd15", "full"), ("sdxl", "base"), ("sdxl", "plus")],
)
def test_image_prompts(models: dict[str, Model], pictures: tuple[Path, Any], name: str, form: Any) -> None:
    model, (folder, vision) = models[name], pictures
    path = folder / f"{name}-{form}.safetensors"
    tensors = write_adapter(
        path, form, [width for _, width in model.places.image_layers], model.places.context
    )
    about = image_prompts.add(path, model.home, path.stem)
    assert image_prompts.check(about, model.folder) is None
    noise = (np.random.RandomState(6).rand(9, 7, 3) * 255).astype(np.uint8)
    picture = Image.fromarray(noise).resize((90, 121), Image.Resampling.BICUBIC)
    size = {"height": SIDE, "width": SIDE}
    pixels = CLIPImageProcessor(size={"shortest_edge": SIDE}, crop_size=size)(picture, return_tensors="pt")
    theirs = seen(vision, pixels.pixel_values, form)
    prompt = ImagePrompt(model.home, about.sha256)
    shown = np.asarray(picture, np.float32)[None] / 255
    np.testing.assert_allclose(prompt.pixels(shown[0]), pixels.pixel_values.numpy(), atol=1e-6)
    tokens = np.concatenate([prompt.negative(), prompt.tokens(shown)])
    arrays = model.arrays()
    unet = with_adapter(model.theirs, tensors, 0.7)
    with torch.no_grad():
        projected = unet.encoder_hid_proj.image_projection_layers[0](theirs)
    np.testing.assert_allclose(tokens, projected.numpy(), atol=1e-4)
    held, model.theirs = model.theirs, unet
    try:
        reference = model.reference(arrays, added_cond_kwargs={"image_embeds": [theirs[:, None]]})
    finally:
        model.theirs = held
    ours = model.run(
        arrays, Variant(image_prompt=about.sha256), image_tokens=tokens, image_weight=np.full((2, 1), 0.7)
    )
    close(ours, reference)
    far(reference, model.reference(arrays))


def test_image_prompts_that_do_not_fit(
    models: dict[str, Model], pictures: tuple[Path, Any], tmp_path: Path
) -> None:
    model, (folder, _) = models["sd15"], pictures
    path = folder / "short.safetensors"
    write_adapter(path, "base", [32, 64], model.places.context)
    about = image_prompts.add(path, model.home, "short")
    assert "it has 2 layers" in (image_prompts.check(about, model.folder) or "")
    assert "192 numbers wide" not in (image_prompts.check(about, model.folder) or "")
    assert "128 numbers wide, not 192" in (image_prompts.check(about, models["sdxl"].folder) or "")
    with pytest.raises(EngineError, match="another architecture"):
        model.run(
            model.arrays(), Variant(image_prompt=about.sha256),
            image_tokens=np.zeros((2, 4, 128)), image_weight=np.ones((2, 1)),
        )  # fmt: skip
    alone = tmp_path / "alone" / path.name
    alone.parent.mkdir()
    shutil.copy(path, alone)
    with pytest.raises(ExportError, match="there is none here"):
        image_prompts.add(alone, tmp_path / "home", "alone")
    save_file(
        {"image_proj.proj.0.weight": torch.zeros(2, 2), "image_proj.proj.2.weight": torch.zeros(2, 2)}, alone
    )
    with pytest.raises(ExportError, match="FaceID"):
        image_prompts.add(alone, tmp_path / "home", "alone")


def test_an_encoder_that_others_brought_is_theirs(pictures: tuple[Path, Any], tmp_path: Path) -> None:
    folder, _ = pictures
    path, home = folder / "brought.safetensors", tmp_path / "home"
    write_adapter(path, "base", [32, 64], 128)
    about = adapters.add(path, "ip_adapter", home, "brought", everybody=False)
    alone = tmp_path / path.name
    shutil.copy(path, alone)
    with pytest.raises(ExportError, match="there is none here"):
        image_prompts.add(alone, home, "alone")
    adapters.share(home, about)
    assert image_prompts.add(alone, home, "alone").sha256 == about.sha256
    assert about.sha256 != file_hash(path), "the encoder is part of what it is"


def test_the_layout_names_every_tensor(models: dict[str, Model], nets: dict[str, list[Net]]) -> None:
    folder = models["sd15"].home / "adapters" / nets["sd15"][0].sha256
    assert {file.name for file in folder.iterdir()} == {"about.json", "weights.safetensors", LAYOUT}
    header = read_header(folder / "weights.safetensors")
    layout, names = names_of("file", header)
    assert layout == "diffusers"
    assert set(names.values()) == set(header)
