"""What the nodes of a workflow ask Triton for, over scheduler/networks.py."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace

import numpy as np
import pytest
import tritonclient.grpc.aio as grpcclient

from control.workflows.engine import Sampling
from control.workflows.values import (
    Area,
    Clip,
    Condition,
    Guider,
    Latent,
    Model,
    Sampler,
    Vae,
)
from ensembles.manifest import read_manifest
from ensembles.sampling.schedules import ModelSampling, sigmas_for
from scheduler import networks
from scheduler.calls import OPTIONS, Call
from scheduler.faults import Fault
from tests.serving.pictures import counters, eventually, infer, paint

pytestmark = pytest.mark.triton
CLIP, VAE, MODEL = Clip("pocket"), Vae("pocket"), Model("pocket")
LEVELS = sigmas_for("karras", 6, 1.0, "euler", ModelSampling())


@asynccontextmanager
async def calling(triton):
    client = grpcclient.InferenceServerClient(triton.grpc, channel_args=OPTIONS)
    try:
        yield Call(client), read_manifest(triton.home / "models" / "pocket" / "manifest.json")
    finally:
        await client.close()


async def texts(call, *prompts):
    return [await networks.encode_text(call, CLIP, prompt) for prompt in prompts]


def run(positive, negative=None, *, guider="cfg", cfg=4.0, pictures=1, size=16, **changes):
    """A Sampling of six steps from an empty latent."""
    return Sampling(
        **{
            "guider": Guider(guider, MODEL, positive, negative, cfg=cfg),
            "sampler": Sampler("euler"),
            "sigmas": LEVELS,
            "latent": Latent(np.zeros((pictures, 4, size, size), np.float32)),
            "seed": 7,
            **changes,
        }
    )


async def latent_of(call, manifest, wanted):
    return (await networks.sample(call, wanted, manifest))[0].latent


@pytest.mark.parametrize("outputs", [["CONDITIONING"], ["POOLED"]])
async def test_a_text_of_which_somebody_else_asked_for_less(triton, outputs):
    prompt = f"a blue circle, of which only {outputs[0]} was asked for"
    tensors = {"MODEL": np.array([b"pocket"], np.object_), "PROMPT": np.array([prompt.encode()], np.object_)}
    tensors["CLIP_SKIP"] = np.array([1], np.int32)
    infer(triton.grpc, "text_encode", tensors, outputs)
    async with calling(triton) as (call, manifest):
        [found] = await networks.encode_text(call, CLIP, prompt)
    assert found.context.shape == (77, manifest.context_dim)
    assert found.pooled is not None
    # And the streaming entry.
    assert paint(triton.grpc, PROMPT=prompt, NEGATIVE_PROMPT=prompt, STEPS=1).images.any()


async def test_a_picture_step_by_step_is_the_picture_in_one_call(triton):
    async with calling(triton) as (call, manifest):
        positive, negative = await texts(call, "a large red circle on a blue background", "")
        assert positive[0].context.shape == (77, 128)
        assert positive[0].pooled.shape == (128,)
        told = []
        (sampled, picture) = await networks.sample(
            call,
            run(positive, negative, pictures=2),
            manifest,
            preview_every=2,
            on_step=told.append,
            decode=VAE,
        )
        assert [one.step for one in told] == [1, 2, 3, 4, 5, 6]
        assert [len(one.previews) for one in told] == [0, 2, 0, 2, 0, 0]
        assert picture.shape == (2, 128, 128, 3)
        assert picture.dtype == np.float32
        apart = await networks.decode(call, VAE, sampled.latent, manifest)
        assert np.abs(picture - apart).max() < 1e-4
        # At the end no noise is left: what is guessed last is what there is.
        assert np.abs(sampled.denoised - sampled.latent).max() < 1e-3
        # Not rounded to bytes.
        assert np.abs(picture * 255 - np.round(picture * 255)).mean() > 0.05
        back = await networks.encode(call, VAE, picture, manifest)
        assert np.abs(back - sampled.latent).mean() < 0.3 * np.abs(sampled.latent).mean()


async def test_noise_is_left_where_levels_end_early_and_taken_up_again(triton):
    async with calling(triton) as (call, manifest):
        positive, negative = await texts(call, "a red circle", "")
        whole, _ = await networks.sample(call, run(positive, negative), manifest)
        half, _ = await networks.sample(call, run(positive, negative, sigmas=LEVELS[:4]), manifest)
        assert np.abs(half.latent - half.denoised).mean() > 0.5
        rest = run(
            positive, negative, sigmas=LEVELS[3:], latent=Latent(half.latent), add_noise=False, seed=99
        )
        assert np.abs(await latent_of(call, manifest, rest) - whole.latent).max() < 1e-3


async def test_pictures_of_a_batch_are_painted_alone_at_their_places(triton):
    async with calling(triton) as (call, manifest):
        positive, negative = await texts(call, "a red circle", "")
        batch = await latent_of(call, manifest, run(positive, negative, pictures=3))
        latent = Latent(np.zeros((2, 4, 16, 16), np.float32), places=(2, 0))
        some = await latent_of(call, manifest, run(positive, negative, latent=latent))
        assert np.abs(some - batch[[2, 0]]).max() < 1e-3
        assert np.abs(batch[2] - batch[0]).mean() > 0.1


async def test_conditions_count_where_and_when_they_are_told_to(triton):
    async with calling(triton) as (call, manifest):
        red, blue, empty = await texts(call, "a solid red background", "a solid blue background", "")
        mask = np.zeros((1, 64, 64), np.float32)
        mask[:, :, :32] = 1
        halves = {
            "areas": (Area(16, 8, 0, 0), Area(1.0, 0.5, 0.0, 0.5, share=True)),
            "masks": (mask, 1 - mask),
        }
        for kind, (left, right) in halves.items():
            name = {"areas": "area", "masks": "mask"}[kind]
            there, swapped = [
                (await networks.sample(call, run(both, empty, cfg=7.0), manifest, decode=VAE))[1][0]
                for both in (
                    (replace(red[0], **{name: left}), replace(blue[0], **{name: right}, bounds=True)),
                    (replace(blue[0], **{name: left}, bounds=True), replace(red[0], **{name: right})),
                )
            ]
            redder = (there - swapped)[..., 0] - (there - swapped)[..., 2]
            assert redder[:, :56].mean() > 0.15, kind
            assert redder[:, 72:].mean() < -0.15, kind

        # One that counts all the time, and one that never does for none of the levels lies in its range.
        never = (red[0], replace(blue[0], start=0.9999, end=1.0, strength=5.0))
        early = LEVELS[:4]
        alone = await latent_of(call, manifest, run(red, empty, sigmas=early))
        beside = await latent_of(call, manifest, run(never, empty, sigmas=early))
        assert np.abs(alone - beside).max() < 1e-3
        always = await latent_of(
            call, manifest, run((red[0], replace(blue[0], strength=5.0)), empty, sigmas=early)
        )
        assert np.abs(alone - always).mean() > 0.05


async def test_guiders_and_rescale(triton):
    async with calling(triton) as (call, manifest):
        red, blue, empty = await texts(call, "a red circle", "a blue circle", "")
        basic = await latent_of(call, manifest, run(red, guider="basic"))
        one = await latent_of(call, manifest, run(red, empty, cfg=1.0))
        assert np.abs(basic - one).max() < 1e-3
        # n + (m − n)·cfg2 + (c − m)·cfg with m = n is ordinary guidance.
        cfg = await latent_of(call, manifest, run(red, empty))
        both = Guider("dual_cfg", MODEL, red, empty, empty, cfg=4.0, cfg2=3.0)
        same = await latent_of(call, manifest, replace(run(red), guider=both))
        assert np.abs(same - cfg).max() < 1e-3
        other = await latent_of(call, manifest, replace(run(red), guider=replace(both, middle=blue)))
        assert np.abs(other - cfg).mean() > 0.05
        flat = Guider("cfg", replace(MODEL, rescale=0.7), red, empty, cfg=8.0)
        strong = await latent_of(call, manifest, run(red, empty, cfg=8.0))
        assert (await latent_of(call, manifest, replace(run(red), guider=flat))).std() < strong.std()
        wrong = Guider("cfg", replace(MODEL, prediction="v_prediction"), red, empty, cfg=4.0)
        assert np.abs(await latent_of(call, manifest, replace(run(red), guider=wrong)) - cfg).mean() > 0.1


async def test_a_mask_keeps_what_it_does_not_cover(triton, rng):
    async with calling(triton) as (call, manifest):
        positive, negative = await texts(call, "a red circle", "")
        start = rng.standard_normal((1, 4, 16, 16)).astype(np.float32) * 5
        mask = np.zeros((1, 128, 128), np.float32)
        mask[:, :, :64] = 1
        made = await latent_of(call, manifest, run(positive, negative, latent=Latent(start, mask)))
        assert np.abs(made[..., 9:] - start[..., 9:]).max() < 1e-3
        assert np.abs(made[..., :7] - start[..., :7]).mean() > 0.5


async def test_tiles_as_asked_for(triton):
    async with calling(triton) as (call, manifest):
        positive, negative = await texts(call, "a red circle", "")
        latent = await latent_of(call, manifest, run(positive, negative, size=32))
        before = counters(triton.metrics, "pocket-vae-decoder")["count"]
        whole = await networks.decode(call, VAE, latent, manifest)
        tiled = await networks.decode(call, VAE, latent, manifest, tile=128, overlap=32)
        hard = await networks.decode(call, VAE, latent, manifest, tile=128)
        assert counters(triton.metrics, "pocket-vae-decoder")["count"] - before == 1 + 9 + 4
        assert whole.shape == tiled.shape == hard.shape == (1, 256, 256, 3)
        assert 0 < np.abs(whole - tiled).mean() < 0.1
        encoded = await networks.encode(call, VAE, whole, manifest, tile=128, overlap=32)
        assert encoded.shape == latent.shape
        with pytest.raises(Fault, match="TILE"):
            await networks.decode(call, VAE, latent, manifest, tile=60)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"sampler": Sampler("euler", {"eta": 0.5})}, "euler has no option 'eta'"),
        ({"sampler": Sampler("dpmpp_2m_sde", {"solver_type": "x"})}, "midpoint or heun"),
        ({"sampler": Sampler("eulr")}, "did you mean"),
        ({"sigmas": np.array([14.0, np.nan], np.float32)}, "SIGMAS"),
        ({"sigmas": np.array([14.0, 0.0, 3.0], np.float32)}, "SIGMAS"),
        ({"latent": Latent(np.zeros((2, 4, 16, 16), np.float32), places=(1,))}, "places"),
        ({"guider": Guider("dual_cfg", MODEL, (Condition(np.zeros((77, 128), np.float32)),))}, "negative"),
        (
            {
                "guider": Guider(
                    "basic", MODEL, (Condition(np.zeros((77, 128), np.float32), area=Area(8, 8, 99, 0)),)
                )
            },
            "outside",
        ),
        ({"guider": Guider("basic", MODEL, (Condition(np.zeros((77, 96), np.float32)),))}, "POSITIVE"),
    ],
)
async def test_what_cannot_be_sampled_is_refused_with_its_name(triton, changes, named):
    async with calling(triton) as (call, manifest):
        plain = (Condition(np.zeros((77, 128), np.float32)),)
        with pytest.raises(Fault, match=named) as caught:
            await networks.sample(call, replace(run(plain), **changes), manifest)
        assert caught.value.error.kind == "invalid"
        assert not caught.value.error.retryable


async def test_cancelled_runs_stop_with_the_step_under_way(triton):
    async with calling(triton) as (call, manifest):
        positive, negative = await texts(call, "a red circle", "")
        levels = sigmas_for("karras", 150, 1.0, "euler", ModelSampling())
        # In an area: its calls do not go through the gate of the whole picture.
        part = (replace(positive[0], area=Area(8, 16, 0, 0)),)
        for conditions in (positive, part):
            running = asyncio.create_task(
                networks.sample(call, run(conditions, negative, sigmas=levels), manifest)
            )
            await asyncio.sleep(0.3)
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running
            assert eventually(lambda: counters(triton.metrics, "pocket-unet")["pending_request_count"] == 0)
            await asyncio.sleep(0.2)
            before = counters(triton.metrics, "pocket-unet")["count"]
            await asyncio.sleep(0.3)
            assert counters(triton.metrics, "pocket-unet")["count"] == before


async def test_a_job_among_seven_strangers_keeps_its_picture(triton):
    """Through `sampler`: neighbours of other samplers, levels, lengths, batches, areas, one of them cancelled."""
    async with calling(triton) as (call, manifest):
        red, blue, long, empty = await texts(
            call, "a red circle on a green background", "a blue star", " ".join(["blue star"] * 60), ""
        )
        half = Area(1.0, 0.5, 0.0, 0.0, share=True)
        jobs = [
            run(red, empty),
            run(blue, empty, seed=1, sampler=Sampler("dpmpp_2m_sde", {"eta": 0.5})),
            run(long, empty, seed=2, sampler=Sampler("euler_ancestral")),
            run((red[0], replace(blue[0], area=half)), empty, seed=3),
            run(blue, guider="basic", seed=4, pictures=2),
            run(red, empty, seed=5, sigmas=sigmas_for("normal", 9, 1.0, "dpmpp_2m", ModelSampling())),
            run(red, empty, seed=6, sampler=Sampler("heun"), pictures=3),
            run((replace(red[0], end=0.4), replace(blue[0], start=0.4)), empty, seed=8),
        ]

        async def painted(wanted):
            return (await networks.sample(call, wanted, manifest, decode=VAE))[1]

        alone = [await painted(job) for job in jobs]
        before = counters(triton.metrics, "pocket-unet")
        lost = asyncio.create_task(painted(run(blue, empty, seed=9)))
        asyncio.get_running_loop().call_later(0.05, lost.cancel)
        together = await asyncio.gather(*map(painted, jobs))
        after = counters(triton.metrics, "pocket-unet")
        differences = [np.abs(a - b).mean() * 255 for a, b in zip(alone, together, strict=True)]
        assert max(differences) < 0.5, differences
        batch = (after["count"] - before["count"]) / (after["exec_count"] - before["exec_count"])
        assert batch > 3, f"average UNet batch {batch:.1f}"
