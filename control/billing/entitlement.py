"""What an organisation's tier does not let it do."""

from typing import Protocol

from control.access.principal import Principal
from control.billing.tiers import entitlements
from control.errors import Forbidden
from control.settings import ControlSettings, Tier


class Sized(Protocol):
    """What has a width and a height in pixels: a completed request, the largest picture of a workflow."""

    @property
    def width(self) -> int | None:
        """Pixels."""

    @property
    def height(self) -> int | None:
        """Pixels."""


def check(who: Principal, work: Sized | None, settings: ControlSettings) -> None:
    """Raises `Forbidden` (with `tier`) where the caller's tier does not include such work; None: it makes no picture."""
    allowed = entitlements(who.tier, settings)
    if who.means == "api_key" and not allowed.api_keys_generate:
        raise Forbidden(
            f"On the tier {who.tier}, API keys may not submit jobs. Sign in, or move to another tier.",
            tier=who.tier,
        )
    if work is None:
        return
    pixels = (work.width or 0) * (work.height or 0)
    if pixels > allowed.max_pixels:
        raise Forbidden(
            f"{work.width}x{work.height} is {pixels:,} pixels, and the tier {who.tier} goes up to "
            f"{allowed.max_pixels:,}. Ask for a smaller picture, or move to another tier.",
            tier=who.tier,
            max_pixels=allowed.max_pixels,
        )


def check_seats(tier: Tier, taken: int, settings: ControlSettings) -> None:
    """Raises `Forbidden` (with `tier` and `seats`) where `taken` seats are all that the tier has."""
    seats = entitlements(tier, settings).seats
    if seats is not None and taken >= seats:
        raise Forbidden(
            f"All {seats} seats of the tier {tier} are taken; open invitations count. An admin can remove a member, "
            "revoke an invitation, or move to another tier.",
            tier=tier,
            seats=seats,
        )
