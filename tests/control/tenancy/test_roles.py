"""Roles: built in and made."""

import httpx
import pytest

from control.access.permissions import PERMISSIONS
from control.access.roles import BUILT_IN
from tests.control.people import Person, made, member_of, problem, register


@pytest.fixture
def admin(api: httpx.Client) -> Person:
    return register(api)


def test_built_in_ones_are_shown_and_cannot_be_changed(admin: Person) -> None:
    roles = made(admin.get("/roles"))["items"]
    assert {r["name"]: set(r["permissions"]) for r in roles} == BUILT_IN
    assert all(r["built_in"] for r in roles)
    for role in roles:
        assert made(admin.get(f"/roles/{role['id']}")) == role
        problem(admin.patch(f"/roles/{role['id']}", name="mine"), 403, "built in")
        problem(admin.delete(f"/roles/{role['id']}"), 403, "built in")
        problem(admin.post("/roles", name=role["name"], permissions=[]), 409)


def test_a_role_of_ones_own(admin: Person, database_url: str) -> None:
    role = made(admin.post("/roles", name="auditor", permissions=["audit:read", "member:read"]))
    path = f"/roles/{role['id']}"
    assert role["permissions"] == ["audit:read", "member:read"]
    assert made(admin.get("/roles"))["items"][-1] == role
    grace = member_of(admin, database_url, "auditor")
    assert grace.permissions == {"audit:read", "member:read"}
    problem(grace.get("/teams"), 403)

    made(admin.patch(path, permissions=["team:read"], name="looker"))
    assert problem(grace.get("/teams"), 401)["reason"] == "stale"
    grace.login()
    assert (grace.role, grace.permissions) == ("looker", {"team:read"})

    assert problem(admin.delete(path), 409, "1 members")["members"] == 1
    made(admin.patch(f"/members/{grace.id}", role="user"))
    invitation = made(admin.post("/invitations", email="x@example.com", role="looker"))["id"]
    problem(admin.delete(path), 409, "1 people are invited")
    made(admin.delete(f"/invitations/{invitation}"))
    made(admin.delete(path))
    problem(admin.get(path), 404)
    problem(admin.patch(f"/members/{grace.id}", role="looker"), 404)
    events = made(admin.get("/audit/events", act="role."))["items"]
    assert [e["act"] for e in events] == ["role.delete", "role.update", "role.create"]
    assert events[1]["before"] == {"name": "auditor", "permissions": ["audit:read", "member:read"]}
    assert events[1]["after"] == {"name": "looker", "permissions": ["team:read"], "members": 1}


def test_a_role_that_loses_permissions_takes_back_what_its_bearers_invited(
    admin: Person, database_url: str
) -> None:
    role = made(admin.post("/roles", name="host", permissions=sorted(PERMISSIONS)))
    host = member_of(admin, database_url, "host")
    made(host.post("/invitations", email="x@example.com", role="admin"))
    made(admin.patch(f"/roles/{role['id']}", permissions=["team:read"]))
    assert made(admin.get("/invitations"))["items"] == []


def test_permissions_and_names_are_checked(admin: Person) -> None:
    problem(admin.post("/roles", name="x", permissions=["money:print"]), 400, "permissions")
    for name in ("", "Admin", "a b", "x" * 51):
        problem(admin.post("/roles", name=name, permissions=[]), 400, "name")


def test_roles_of_one_name_in_two_organisations(admin: Person, api: httpx.Client, database_url: str) -> None:
    other = register(api)
    made(admin.post("/roles", name="helper", permissions=["audit:read"]))
    made(other.post("/roles", name="helper", permissions=["team:read"]))
    assert member_of(admin, database_url, "helper").permissions == {"audit:read"}
    assert member_of(other, database_url, "helper").permissions == {"team:read"}
