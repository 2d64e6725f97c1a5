import numpy as np

from ensembles.imaging.latents import scale, unscale


def test_latents_scale_there_and_back():
    latent = np.random.default_rng(0).normal(size=(1, 4, 8, 8)).astype(np.float32)
    scaled = scale(latent, 0.18215)
    assert scaled.dtype == np.float32
    np.testing.assert_allclose(scaled, latent * 0.18215, rtol=1e-6)
    np.testing.assert_allclose(unscale(scaled, 0.18215), latent, rtol=1e-6)
