from pathlib import Path

import pytest

VAE = Path(__file__).parents[3] / "export/pocket/weights/vae"


@pytest.fixture(scope="module")
def pocket_vae():
    """(encode, decode): pocket's VAE under torch, as awaitable callables over arrays."""
    import torch
    from diffusers import AutoencoderKL

    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # pictures this small only lose by more
    vae = AutoencoderKL.from_pretrained(VAE, torch_dtype=torch.float32).eval()

    async def encode(image):
        with torch.no_grad():
            return vae.encode(torch.from_numpy(image)).latent_dist.mode().numpy()

    async def decode(latent):
        with torch.no_grad():
            return vae.decode(torch.from_numpy(latent)).sample.numpy()

    yield encode, decode
    torch.set_num_threads(threads)
