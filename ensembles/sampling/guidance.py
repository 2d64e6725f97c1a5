"""From a network that predicts noise to the guided guess of the clean latent."""

import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

import numpy as np

from ensembles.sampling.conditions import Placed, combined
from ensembles.sampling.more import NO_MORE, ImagePrompt, More
from ensembles.sampling.schedules import ModelSampling
from ensembles.sampling.thresholding import Threshold, thresholded
from ensembles.sampling.types import F32

NoisePredictor: TypeAlias = Callable[..., Awaitable[F32]]
"""One UNet call, awaitable; the caller does BLS, onnxruntime or anything else.

(sample [B,S,h,w], of which the latent is scaled by c_in already, timestep [B], context [B,T,C]) → prediction [B,4,h,w].
What is more comes as a fourth argument, a `More`, where there is any.
"""


@dataclass(frozen=True)
class Mask:
    """What of the picture may change."""

    weight: F32
    """[N or 1, 1, h, w], 1 where the sampler paints, 0 where the latent stays."""
    latent: F32
    """[N,4,h,w], the clean latent."""
    noise: F32
    """[N,4,h,w], the noise that the start was made with."""

    def into(self, x: F32, sigma: float) -> F32:
        """x inside the mask, the latent noised to sigma outside."""
        noised: F32 = self.latent + self.noise * sigma
        blend: F32 = x * self.weight + noised * (1 - self.weight)
        return blend

    def out_of(self, denoised: F32) -> F32:
        """The model's guess inside the mask, the clean latent outside."""
        blend: F32 = denoised * self.weight + self.latent * (1 - self.weight)
        return blend

    def of(self, pictures: slice) -> "Mask":
        """The mask of some of the pictures."""
        weight = np.broadcast_to(self.weight, (len(self.latent), *self.weight.shape[1:]))
        return Mask(weight[pictures], self.latent[pictures], self.noise[pictures])


MOST_REPEATS = 4
"""Of a short prompt, to share a batch with a long one; beyond, two calls cost less."""


def same_length(prompts: list[F32]) -> list[F32]:
    """Prompts [T,C] repeated to their common multiple, so that they fit one batch.

    Attention does not change: with every key k times, softmax gives each copy a k-th of its weight. Prompts that
    would have to be repeated more than `MOST_REPEATS` times stay as they are.
    """
    common = math.lcm(*(len(p) for p in prompts))
    if any(common > MOST_REPEATS * len(p) for p in prompts):
        return prompts
    return [np.tile(p, (common // len(p), 1)) for p in prompts]


Kind = Literal["basic", "cfg", "dual_cfg"]


@dataclass(frozen=True)
class Guidance:
    """How the guesses of the roles become one."""

    kind: Kind = "cfg"
    """`basic` is the positive's guess c; `cfg` u + (c − u)·cfg with the negative's u (Ho and Salimans 2022); `dual_cfg`
    u + (m − u)·cfg2 + (c − m)·cfg with a middle one's m (InstructPix2Pix, Brooks et al. 2023, eq. 3)."""
    cfg: float = 1.0
    cfg2: float = 1.0
    rescale: float = 0.0
    """Share 0..1 of the guided prediction that is brought to the contrast of the positive's (Lin et al. 2023, 3.4)."""
    pag: float = 0.0
    """Perturbed-attention guidance (Ahn et al. 2024, arXiv 2403.17377, eq. 14): what the positive's guess is moved, last of all,
    away from one whose middle attention is the identity."""
    threshold: Threshold | None = None
    """Instead of the plain sum of `cfg`."""


ROLES: dict[Kind, tuple[str, ...]] = {
    "basic": ("positive",),
    "cfg": ("negative", "positive"),
    "dual_cfg": ("negative", "middle", "positive"),
}
"""Kind of guidance → the roles it asks, in the order in which they stand in a batch."""
PERTURBED = "perturbed"
"""The positive's texts, asked of a network with perturbed attention: the last of a batch."""


@dataclass(frozen=True)
class GuidedModel:
    """The guided denoiser of one job.

    `cfg` with a factor of 1 asks for the positive alone, but for the CFG++ samplers, which need both.
    """

    predict: NoisePredictor
    sampling: ModelSampling
    guidance: Guidance
    texts: Mapping[str, Sequence[Placed]]
    """Role → its conditions; all that `ROLES` names for the kind of guidance."""
    image: ImagePrompt | None = None
    """Whose tokens the conditions have."""
    freeu: F32 | None = None
    """[5]"""
    mask: Mask | None = None
    check: Callable[[], Awaitable[None]] | None = None
    """Awaited before every network call; raises `Cancelled` to stop."""
    _made: dict[tuple[int, ...], list["_Group"]] = field(default_factory=dict, init=False, repr=False)
    """Which conditions, and of how many pictures → what is asked at once: of the last call alone, as nearly every step asks
    the same."""
    _perturbed: list[Placed] = field(default_factory=list, init=False, repr=False)
    """The positive's conditions for a network with perturbed attention."""

    async def __call__(self, x: F32, sigma: float) -> F32:
        """x [N,4,h,w] at noise level sigma > 0 → guided x0 [N,4,h,w]."""
        alone = self.guidance.kind == "cfg" and self.guidance.cfg == 1.0
        return (await self._guided(x, sigma, ("positive",) if alone else ROLES[self.guidance.kind]))[0]

    async def both(self, x: F32, sigma: float) -> tuple[F32, F32]:
        """(guided x0, unconditional x0); without a negative both are the positive one."""
        return await self._guided(x, sigma, ROLES[self.guidance.kind])

    async def _guided(self, x: F32, sigma: float, roles: tuple[str, ...]) -> tuple[F32, F32]:
        if self.mask is not None:
            x = self.mask.into(x, sigma)
        guidance = self.guidance
        asked = (*roles, PERTURBED) if guidance.pag else roles
        guesses = dict(zip(asked, await self._clean(x, sigma, asked), strict=True))
        positive = guesses["positive"]
        negative = guesses.get("negative", positive)
        guided = positive
        if guidance.threshold is not None and roles == ROLES["cfg"]:
            timestep = self.sampling.timestep(sigma)
            guided = thresholded(guidance.threshold, positive, negative, guidance.cfg, timestep)
        elif len(roles) > 1:
            middle = guesses.get("middle", negative)
            base = (
                negative + (middle - negative) * np.float32(guidance.cfg2)
                if "middle" in guesses
                else negative
            )
            guided = base + (positive - middle) * np.float32(guidance.cfg)
        if len(roles) > 1 and guidance.rescale > 0:
            guided = self._rescaled(x, guided, positive, sigma)
        if guidance.pag:
            guided = guided + (positive - guesses[PERTURBED]) * np.float32(guidance.pag)
        if self.mask is None:
            return guided, negative
        return self.mask.out_of(guided), self.mask.out_of(negative)

    async def _clean(self, x: F32, sigma: float, roles: tuple[str, ...]) -> list[F32]:
        """x0 by each role's conditions."""
        scale = 1.0 / np.sqrt(sigma * sigma + 1.0)
        scaled = x * np.float32(scale)
        asked = [(role, one) for role in roles for one in self._texts(role) if one.at(sigma)]
        outputs = await self._predictions(scaled, sigma, [one for _, one in asked])
        found: dict[str, list[tuple[Placed, F32]]] = {role: [] for role in roles}
        for (role, one), output in zip(asked, outputs, strict=True):
            found[role].append((one, self._x0(one.cut(x), output, sigma)))
        return [combined(found[role], x) for role in roles]

    def _texts(self, role: str) -> Sequence[Placed]:
        if role != PERTURBED:
            return self.texts[role]
        if not self._perturbed:
            self._perturbed.extend(replace(one, perturbed=True) for one in self.texts["positive"])
        return self._perturbed

    async def _predictions(self, sample: F32, sigma: float, asked: list[Placed]) -> list[F32]:
        timestep = self.sampling.timestep(sigma)
        n = len(sample)
        outputs: dict[int, F32] = {}
        for group in self._groups(asked, n):
            if self.check is not None:
                await self.check()
            batch = np.concatenate([asked[place].seen(sample) for place in group.places])
            times = np.full(len(batch), timestep, dtype=np.float32)
            more = group.more([asked[place] for place in group.places], n, sigma, self.image, self.freeu)
            answer = await self.predict(batch, times, group.context, *(() if more is NO_MORE else (more,)))
            for start, place in zip(range(0, len(batch), n), group.places, strict=True):
                outputs[place] = answer[start : start + n]
        return [outputs[place] for place in range(len(asked))]

    def _groups(self, asked: list[Placed], n: int) -> list["_Group"]:
        key = (n, *map(id, asked))
        if key not in self._made:
            self._made.clear()
            sizes: dict[tuple[int, int], list[int]] = {}
            for place, one in enumerate(asked):
                sizes.setdefault(one.box[2:], []).append(place)
            self._made[key] = [
                _Group(tuple(places), _context([asked[place].context for place in places], tokens, n))
                for together in sizes.values()
                for places, tokens in _by_length(asked, together)
            ]
        return self._made[key]

    def _rescaled(self, x: F32, guided: F32, positive: F32, sigma: float) -> F32:
        """Lin et al. 2023, "Common Diffusion Noise Schedules and Sample Steps are Flawed", eq. 14 to 16, in terms of v.

        v is x·1/(σ²+1)·√(σ²+1)/σ − x0·√(σ²+1)/σ (`_x0` the other way round).
        """
        square = sigma * sigma + 1.0
        kept, factor = np.float32(1.0 / square), np.float32(np.sqrt(square) / sigma)
        v = (x * kept - guided) * factor
        wanted = ((x * kept - positive) * factor).std(axis=(1, 2, 3), keepdims=True)
        spread = np.maximum(v.std(axis=(1, 2, 3), keepdims=True), np.float32(1e-12))
        share = np.float32(self.guidance.rescale)
        v = v * (wanted / spread * share + (1 - share))
        clean: F32 = x * kept - v / factor
        return clean

    def _x0(self, x: F32, output: F32, sigma: float) -> F32:
        """ε: x − σε (Karras et al. 2022, appendix C.1); v: Salimans and Ho 2022, appendix D, in VE scaling."""
        if self.sampling.prediction == "epsilon":
            return x - output * np.float32(sigma)
        square = sigma * sigma + 1.0
        return x * np.float32(1.0 / square) - output * np.float32(sigma / np.sqrt(square))


@dataclass(frozen=True)
class _Group:
    """Conditions that one network call answers."""

    places: tuple[int, ...]
    context: F32
    """[conditions·N, T, C]"""
    _more: dict[tuple[object, ...], More] = field(default_factory=dict, init=False, repr=False)
    """What is at work → what the call takes: of the last call alone, as it changes a few times on the way and hints are
    large."""

    def more(
        self, texts: list[Placed], n: int, sigma: float, image: ImagePrompt | None, freeu: F32 | None
    ) -> More:
        """What the call at this level takes beside sample, timestep and context."""
        at_work = tuple(
            (*control.slot, place)
            for place, one in enumerate(texts)
            for control in one.controls
            if control.at(sigma) and control.weights.any()
        )
        shown = image if image is not None and image.at(sigma) else None
        key = (at_work, shown is not None)
        if key not in self._more:
            self._more.clear()
            self._more[key] = _more(texts, n, sigma, shown, freeu)
        return self._more[key]


def _more(texts: list[Placed], n: int, sigma: float, image: ImagePrompt | None, freeu: F32 | None) -> More:
    tensors: dict[str, F32] = {}
    samples = len(texts) * n
    if texts[0].pooled is not None:
        tensors["text_embeds"] = _each([one.pooled for one in texts], n)
    if texts[0].sizes is not None:
        tensors["time_ids"] = _each([np.asarray(one.sizes, np.float32) for one in texts], n)
    slots = list(
        dict.fromkeys(
            control.slot
            for one in texts
            for control in one.controls
            if control.at(sigma) and control.weights.any()
        )
    )
    if slots:
        controls = {control.slot: control for one in texts for control in one.controls}
        tensors["hint"] = _hints(texts, [controls[slot].hint for slot in slots], n)
        weights = np.zeros((samples, len(slots), len(controls[slots[0]].weights)), np.float32)
        for place, one in enumerate(texts):
            for control in one.controls:
                if control.at(sigma) and control.slot in slots:
                    weights[place * n : (place + 1) * n, slots.index(control.slot)] += control.weights
        tensors["control_weights"] = weights
    if image is not None:
        tensors["image_tokens"] = np.concatenate([_several(one.image, n) for one in texts])
        tensors["image_weight"] = np.full((samples, 1), image.strength, np.float32)
    if freeu is not None:
        tensors["freeu"] = np.tile(np.asarray(freeu, np.float32), (samples, 1))
    if any(one.perturbed for one in texts):
        tensors["perturb"] = _each([np.full(1, one.perturbed, np.float32) for one in texts], n)
    if not tensors:
        return NO_MORE
    return More(tensors, tuple(net for net, _ in slots), "" if image is None else image.adapter)


def _hints(texts: list[Placed], hints: list[F32], n: int) -> F32:
    """[texts·n, hints, 3, 8h, 8w]; where all samples see the same of them, a view of what one sees, not to be written to."""
    if all(len(hint) == 1 for hint in hints) and len({one.box for one in texts}) == 1:
        seen = [texts[0].cut(hint, 8) for hint in hints]
        whole = seen[0][:, None] if len(seen) == 1 else np.stack(seen, 1)
        return np.broadcast_to(whole, (len(texts) * n, *whole.shape[1:]))
    rows, columns = texts[0].box[2] * 8, texts[0].box[3] * 8
    own = np.empty((len(texts), n, len(hints), hints[0].shape[1], rows, columns), np.float32)
    for place, one in enumerate(texts):
        for slot, hint in enumerate(hints):
            own[place, :, slot] = one.cut(hint, 8)
    return own.reshape(-1, *own.shape[2:])


def _each(values: Sequence[F32 | None], n: int) -> F32:
    """One row a text → [texts·n, …], each n times."""
    return np.repeat(np.stack([value for value in values if value is not None]), n, axis=0)


def _several(values: F32 | None, n: int) -> F32:
    """[n or 1, …] → [n, …]"""
    assert values is not None
    return np.broadcast_to(values, (n, *values.shape[1:]))


def _by_length(asked: list[Placed], places: list[int]) -> list[tuple[list[int], int]]:
    """(places, tokens) of each call: all together where their lengths can be made the same, else one by one."""
    lengths = {len(one) for one in same_length([asked[place].context for place in places])}
    if len(lengths) == 1:
        return [(places, lengths.pop())]
    return [([place], len(asked[place].context)) for place in places]


def _context(contexts: list[F32], tokens: int, n: int) -> F32:
    repeated = [np.tile(one, (tokens // len(one), 1)) for one in contexts]
    joined = np.concatenate([np.broadcast_to(one, (n, *one.shape)) for one in repeated])
    return joined.astype(np.float32, copy=False)
