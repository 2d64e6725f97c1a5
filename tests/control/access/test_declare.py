"""Every route says whom it is for."""

from pathlib import Path

import pytest
from litestar import Controller, Litestar, Router, get, websocket

from control import app as app_module
from control.access import table
from control.access.declare import access_of, declarations, public, requires
from control.access.permissions import PERMISSIONS
from control.access.roles import BUILT_IN
from control.settings import ControlSettings

ROOT = Path(__file__).parents[3]


@get("/undeclared")
async def undeclared() -> None: ...


@websocket("/undeclared")
async def undeclared_socket(socket: object) -> None: ...


class Undeclared(Controller):
    path = "/controller"

    @get("/")
    async def inside(self) -> None: ...


@pytest.mark.parametrize("handler", [undeclared, undeclared_socket, Undeclared])
def test_an_app_with_a_route_that_declares_nothing_is_not_made(
    monkeypatch: pytest.MonkeyPatch, handler: object
) -> None:
    monkeypatch.setitem(app_module.DOMAINS, "new", Router("/", route_handlers=[handler]))  # type: ignore[list-item]
    with pytest.raises(LookupError, match="declares no access"):
        app_module.create_app(ControlSettings())


def test_what_says_it_is_the_framework_is_known_by_its_module_alone() -> None:
    @get("/x", opt={"access": "public"})
    async def pretends() -> None: ...

    with pytest.raises(LookupError):
        list(declarations(Litestar([pretends], openapi_config=None)))


def test_a_permission_that_there_is_not_cannot_be_asked_for() -> None:
    with pytest.raises(ValueError, match="money:print"):
        requires("money:print")


def test_a_router_may_declare_for_all_its_routes() -> None:
    app = Litestar([Router("/", route_handlers=[undeclared], opt=public("test"))], openapi_config=None)
    [route] = app.routes
    assert access_of(route.route_handlers[0]).kind == "public"  # type: ignore[union-attr]


def test_roles_hold_permissions_that_there_are() -> None:
    for role, permissions in BUILT_IN.items():
        assert permissions <= PERMISSIONS.keys(), role
    assert BUILT_IN["viewer"] < BUILT_IN["user"] < BUILT_IN["team_admin"] < BUILT_IN["admin"]


def test_every_permission_is_asked_for_somewhere() -> None:
    """One that no route and no line of code asks for is a promise that nobody keeps."""
    asked = {a.permission for _, _, a in declarations(app_module.create_app(ControlSettings()))}
    files = [path.read_text() for path in (ROOT / "control").rglob("*.py") if path.parent.name != "access"]
    for permission in PERMISSIONS.keys() - asked:
        assert any(f'may("{permission}")' in text for text in files), permission


def test_the_page_of_permissions_is_current() -> None:
    assert (ROOT / "docs" / "permissions.md").read_text() == table.page(), "run `make docs`"
