"""Nobody gives, takes or changes more than they may do themselves."""

from collections.abc import Iterable

from control.access.principal import Principal
from control.errors import Forbidden


def check_within(who: Principal, permissions: Iterable[str], doing: str) -> None:
    """Raises `Forbidden` where one of `permissions` is not among the caller's own; `doing` ends the sentence."""
    if beyond := sorted(set(permissions) - who.permissions):
        raise Forbidden(
            f"You do not have all these permissions yourself, so you may not {doing}. Ask somebody who has them.",
            permissions=beyond,
        )
