"""Signing in and joining, whatever one gets for it: tokens (`login_routes`) or a cookie (`browser.routes`).

Each takes `begin`, which makes that in the same transaction.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

from litestar.datastructures import State

from control.database.engine import transaction
from control.errors import Unauthenticated, Unavailable
from control.identity import accounts, throttle
from control.identity.passwords import hash_password, outdated
from control.identity.schemas import Login, Register, canonical
from control.identity.sessions import SignIn

T = TypeVar("T")
Begin = Callable[[SignIn], Awaitable[T]]


async def with_new_account(data: Register, state: State, begin: Begin[T]) -> T:
    """What a new account begins with; raises `Conflict` for an address that has one."""
    password_hash = await hash_password(data.password)
    async with transaction():
        begun = await begin(await accounts.register(data, password_hash, state.settings))
    # The account is there; without Redis its owner is a stranger to the throttle, and no more.
    with suppress(Unavailable):
        await throttle.know_address(state.redis, canonical(data.email))
    return begun


async def with_password(data: Login, state: State, begin: Begin[T]) -> T:
    """What a right password begins; raises `Unauthenticated`, `TooManyRequests`, and `Unavailable` without Redis."""
    account = canonical(data.email)
    guess = await throttle.before_password(state.redis, account)
    checked = await accounts.check_password(account, data.password)
    if not checked.right or checked.user_id is None:
        async with transaction():
            await accounts.note_wrong_password(account, checked)
        raise Unauthenticated("The mail address or the password is wrong.")
    await throttle.password_was_right(state.redis, guess)
    renewed = await hash_password(data.password) if outdated(checked.password_hash) else None
    async with transaction():
        if not await accounts.still_right(checked, renewed):
            raise Unauthenticated("The mail address or the password is wrong.")
        return await begin(SignIn(checked.user_id))
