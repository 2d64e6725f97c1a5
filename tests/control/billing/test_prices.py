"""Prices, without a database."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from control.access.principal import Principal
from control.billing import entitlement, prices
from control.billing.quotes import fingerprint
from control.billing.tiers import CREDIT
from control.errors import Forbidden
from control.jobs.requests import Img2Img, Txt2Img, Work
from control.settings import ControlSettings, Tier
from ensembles.manifest import Manifest

SD15 = Manifest(name="dream", architecture="sd15-0a1b", context_dim=768)
SDXL = Manifest(name="big", architecture="sdxl-0a1b", context_dim=2048)


def picture(width: int = 512, height: int = 512, batch: int = 1) -> Txt2Img:
    return Txt2Img(prompt="a circle", width=width, height=height, batch=batch, seed=1)


@pytest.mark.parametrize(
    ("work", "manifest", "credits"),
    [
        (picture(), SD15, 1),
        (picture(1024, 1024), SD15, 4),
        (picture(768, 512), SD15, 1.5),
        (picture(64, 64), SD15, 0.015625),
        (picture(batch=4), SD15, 4),
        (picture(), SDXL, 2),
        (picture(1024, 1024, batch=2), SDXL, 16),
        (Img2Img(prompt="", image=UUID(int=1), width=512, height=1024, strength=0.1, seed=1), SD15, 2),
    ],
)
def test_what_a_request_costs(work: Work, manifest: Manifest, credits: float) -> None:
    assert prices.price(work, manifest).amount == credits * CREDIT


def test_what_cannot_be_asked_for_yet_has_its_price() -> None:
    assert prices.RATES["upscale"].amount == 3 * CREDIT
    assert prices.of_frames(25) == 25 * CREDIT
    assert prices.of_frames(50) == 50 * CREDIT
    [lora] = prices.extras("lora", ["pixel"], pictures=1)
    assert (lora.text, lora.amount_microcredits) == ("lora pixel", CREDIT // 2)
    both = prices.extras("controlnet", ["depth", "pose"], pictures=3)
    assert prices.total(both).amount == 6 * CREDIT


@given(
    st.integers(8, 256), st.integers(8, 256), st.integers(1, 8), st.sampled_from([SD15, SDXL])
)  # fmt: skip
def test_the_lines_make_the_amount_and_no_picture_is_free(
    width: int, height: int, batch: int, manifest: Manifest
) -> None:
    found = prices.price(picture(8 * width, 8 * height, batch), manifest)
    assert found.amount == sum(line.each_microcredits * line.count for line in found.lines) > 0
    exact = 64 * width * height * batch * CREDIT / 512**2 * (2 if manifest is SDXL else 1)
    assert 0 <= found.amount - exact < batch * 2


@given(st.integers(1, 10**12), st.integers(1, 64), st.data())
def test_a_part_never_costs_more_than_the_whole(amount: int, asked: int, data: st.DataObject) -> None:
    made = data.draw(st.integers(0, asked))
    part = prices.delivered(amount, made, asked)
    assert 0 <= part <= amount
    assert (part == amount) == (made == asked) or asked > amount
    assert prices.delivered(amount, 0, asked) == 0


def test_a_quote_is_for_a_request_whatever_its_seed() -> None:
    from msgspec.structs import replace

    work = picture()
    assert fingerprint(work) == fingerprint(replace(work, seed=2))
    for other in (
        replace(work, prompt="a square"),
        replace(work, steps=21),
        replace(work, batch=2),
        replace(work, width=520),
        replace(work, model="big"),
        Img2Img(prompt="a circle", image=UUID(int=1), width=512, height=512, seed=1),
    ):
        assert fingerprint(other) != fingerprint(work)


def caller(tier: Tier, **more: UUID) -> Principal:
    return Principal(
        user_id=UUID(int=1), email="", name="", organisation_id=UUID(int=2), tier=tier, role="user", team_id=None,
        permissions=frozenset(), **more,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("tier", "side", "allowed"),
    [
        ("free", 1024, True), ("free", 1032, False), ("standard", 1536, True), ("standard", 1544, False),
        ("pro", 2048, True), ("enterprise", 2048, True),
    ],
)  # fmt: skip
def test_how_large_pictures_may_be(tier: Tier, side: int, allowed: bool) -> None:
    who, work = caller(tier), picture(side, side)
    if allowed:
        entitlement.check(who, work, ControlSettings())
    else:
        with pytest.raises(Forbidden, match=f"{side}x{side} is .* pixels, and the tier {tier}") as refused:
            entitlement.check(who, work, ControlSettings())
        assert refused.value.fields["tier"] == tier


def test_api_keys_generate_where_the_tier_says_so() -> None:
    settings = ControlSettings()
    with pytest.raises(Forbidden, match="API keys may not submit jobs"):
        entitlement.check(caller("free", api_key_id=UUID(int=3)), picture(), settings)
    entitlement.check(caller("free", session_id=UUID(int=3)), picture(), settings)
    entitlement.check(caller("standard", api_key_id=UUID(int=3)), picture(), settings)
