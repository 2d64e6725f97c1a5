"""Samplers: pure async functions over an awaitable denoiser. `SAMPLERS` is the one list of them."""

from collections.abc import Mapping
from types import MappingProxyType

from ensembles.sampling.samplers.dpmpp import (
    dpmpp_2m,
    dpmpp_2m_sde,
    dpmpp_2s_ancestral,
    dpmpp_3m_sde,
    dpmpp_sde,
)
from ensembles.sampling.samplers.euler import dpm_2, dpm_2_ancestral, euler, euler_ancestral, heun, heunpp2
from ensembles.sampling.types import Sampler

SAMPLERS: Mapping[str, Sampler] = MappingProxyType(
    {
        "euler": euler,
        "euler_ancestral": euler_ancestral,
        "heun": heun,
        "heunpp2": heunpp2,
        "dpm_2": dpm_2,
        "dpm_2_ancestral": dpm_2_ancestral,
        "dpmpp_2s_ancestral": dpmpp_2s_ancestral,
        "dpmpp_sde": dpmpp_sde,
        "dpmpp_2m": dpmpp_2m,
        "dpmpp_2m_sde": dpmpp_2m_sde,
        "dpmpp_3m_sde": dpmpp_3m_sde,
        "ddim": euler,
    }
)

ONE_AT_A_TIME = frozenset({"dpm_adaptive"})
"""Samplers whose steps depend on the picture: each of a batch walks alone, so that none depends on its neighbours."""
