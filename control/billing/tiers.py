"""What a tier comes with, beside how often it may ask (control/http/limits.py)."""

from control.settings import ControlSettings, Entitlements, Tier

CREDIT = 1_000_000
"""Micro-credits."""
GIB = 1024**3

USUAL: dict[Tier, Entitlements] = {
    "free": Entitlements(
        monthly_credits=100, max_pixels=1024 * 1024, seats=3, storage_gib=1, concurrent_jobs=2, queued_jobs=50,
        own_models=0, api_keys_generate=False,
    ),
    "standard": Entitlements(
        monthly_credits=1_000, max_pixels=1536 * 1536, seats=10, storage_gib=20, concurrent_jobs=4, queued_jobs=200,
        own_models=3, api_keys_generate=True,
    ),
    "pro": Entitlements(
        monthly_credits=5_000, max_pixels=2048 * 2048, seats=50, storage_gib=200, concurrent_jobs=16,
        queued_jobs=1_000, own_models=20, api_keys_generate=True,
    ),
    "enterprise": Entitlements(
        monthly_credits=None, max_pixels=2048 * 2048, seats=None, storage_gib=None, concurrent_jobs=None,
        queued_jobs=None, own_models=None, api_keys_generate=True,
    ),
}  # fmt: skip


def entitlements(tier: Tier, settings: ControlSettings) -> Entitlements:
    """What an organisation of this tier is entitled to."""
    return settings.tiers.get(tier) or USUAL[tier]
