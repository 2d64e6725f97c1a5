"""Some cells of docs/parity.md's second table, in few steps: pictures through Triton against torch from end to end."""

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pipeline = pytest.importorskip("perf.parity.pipeline")
served = pytest.importorskip("perf.parity.served")
kdiffusion = pytest.importorskip("perf.parity.kdiffusion")

pytestmark = pytest.mark.triton
GRAPH = served.Graph(steps=6, size=64)
PAIRS = [
    *(("euler", "normal"), ("euler_ancestral", "sgm_uniform"), ("dpmpp_2m", "karras"), ("uni_pc", "simple")),
    *(("dpmpp_2m_sde", "exponential"), ("dpm_2", "beta"), ("ddim", "ddim_uniform")),
]


@pytest.fixture(scope="module")
def pipe():
    weights = Path(__file__).parents[2] / "export" / "pocket" / "weights"
    return pipeline.load(weights, GRAPH.prompt, GRAPH.negative)


@pytest.mark.filterwarnings("ignore:Should have t")  # torchsde, of times that it rounded itself
@pytest.mark.parametrize(("sampler", "schedule"), PAIRS)
async def test_both_pictures_of_a_batch_are_the_reference_s(triton, pipe, sampler, schedule):
    if sampler != "uni_pc" and not kdiffusion.at_hand():
        pytest.skip("`make parity` fetches k-diffusion")
    async with served.calling(triton.grpc, triton.home) as (call, manifest):
        row = await served.compare(call, manifest, pipe, GRAPH, sampler, schedule)
        assert len(row.psnr) == 2
        assert min(row.psnr) >= 50, row
        # What it would be if the second picture were the first.
        made = await served.ours(call, manifest, GRAPH, sampler, schedule)
        assert served.psnr(made[0], made[1]) < 40
