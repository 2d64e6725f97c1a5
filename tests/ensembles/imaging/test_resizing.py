import numpy as np
import pytest
import torch

from ensembles.imaging.resizing import resize

RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("old", "new"), [((64, 96), (8, 12)), ((37, 50), (8, 12)), ((5, 7), (40, 9)), ((1, 1), (3, 3))]
)
def test_resizing_masks_is_torchs_bilinear(old, new):
    values = RNG.random((2, *old), np.float32)
    want = torch.nn.functional.interpolate(torch.from_numpy(values)[None], new, mode="bilinear")
    got = resize(values, new[1], new[0])
    assert got.shape == (2, *new)
    assert got.dtype == np.float32
    np.testing.assert_allclose(got, want[0].numpy(), atol=1e-6)
