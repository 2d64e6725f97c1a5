"""Whose allowance a request at a public route draws on: its sender's, where they can be known, else the address's."""

from control.access.principal import Principal
from control.errors import Unauthenticated
from control.http.limits import counted_as_caller
from control.http.problems import DOWN
from control.http.sockets import credential_of
from control.identity.browser.cookie import Connection, secret_of
from control.identity.principals import by_cookie, principal_of


async def payer(connection: Connection) -> Principal | None:
    """Who it is by a good token or cookie; None for nobody who is known, and where it is counted by address anyway.

    Says who is counted and admits nobody. Ways to sign in stay with the address: who guesses passwords would spread
    over accounts else.
    """
    if not counted_as_caller(connection.route_handler, connection.scope):
        return None
    state = connection.app.state
    try:
        if (credential := credential_of(connection)) is not None:
            return await principal_of(credential, state.key_ring, state.settings)
    except Unauthenticated:
        pass
    except DOWN:
        # What is public is not out because the database is.
        return None
    try:
        return None if (secret := secret_of(connection)) is None else await by_cookie(secret, state.settings)
    except DOWN:
        return None
