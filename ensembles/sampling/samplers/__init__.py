"""Samplers: pure async functions over an awaitable denoiser. `SAMPLERS` is the one list of them."""

from collections.abc import Mapping
from types import MappingProxyType

from ensembles.sampling.samplers import (
    cfg_pp,
    dpm_solver,
    dpmpp,
    euler,
    exponential,
    multistep,
    sa_solver,
    stochastic,
    uni_pc,
)
from ensembles.sampling.types import Sampler

SAMPLERS: Mapping[str, Sampler] = MappingProxyType(
    {
        "euler": euler.euler,
        "euler_cfg_pp": cfg_pp.euler_cfg_pp,
        "euler_ancestral": euler.euler_ancestral,
        "euler_ancestral_cfg_pp": cfg_pp.euler_ancestral_cfg_pp,
        "heun": euler.heun,
        "heunpp2": euler.heunpp2,
        "dpm_2": euler.dpm_2,
        "dpm_2_ancestral": euler.dpm_2_ancestral,
        "lms": multistep.lms,
        "dpm_fast": dpm_solver.dpm_fast,
        "dpm_adaptive": dpm_solver.dpm_adaptive,
        "dpmpp_2s_ancestral": dpmpp.dpmpp_2s_ancestral,
        "dpmpp_2s_ancestral_cfg_pp": cfg_pp.dpmpp_2s_ancestral_cfg_pp,
        "dpmpp_sde": dpmpp.dpmpp_sde,
        "dpmpp_2m": dpmpp.dpmpp_2m,
        "dpmpp_2m_cfg_pp": cfg_pp.dpmpp_2m_cfg_pp,
        "dpmpp_2m_sde": dpmpp.dpmpp_2m_sde,
        "dpmpp_3m_sde": dpmpp.dpmpp_3m_sde,
        "ddpm": stochastic.ddpm,
        "lcm": stochastic.lcm,
        "ipndm": multistep.ipndm,
        "ipndm_v": multistep.ipndm_v,
        "deis": multistep.deis,
        "res_multistep": exponential.res_multistep,
        "res_multistep_cfg_pp": cfg_pp.res_multistep_cfg_pp,
        "gradient_estimation": exponential.gradient_estimation,
        "gradient_estimation_cfg_pp": cfg_pp.gradient_estimation_cfg_pp,
        "er_sde": stochastic.er_sde,
        "seeds_2": stochastic.seeds_2,
        "seeds_3": stochastic.seeds_3,
        "sa_solver": sa_solver.sa_solver,
        "ddim": euler.euler,
        "uni_pc": uni_pc.uni_pc,
        "uni_pc_bh2": uni_pc.uni_pc_bh2,
    }
)
"""name → sampler: the names ComfyUI's users know. ddim is euler: in VE form its step is the same."""

ONE_AT_A_TIME = frozenset({"dpm_adaptive"})
"""Samplers whose steps depend on the picture: each of a batch walks alone, so that none depends on its neighbours."""
