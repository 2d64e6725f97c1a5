"""Seats of a tier: kept where people are invited, and where they accept."""

import httpx

from tests.control.people import (
    PASSWORD,
    Person,
    address,
    made,
    member_of,
    new_invitation,
    problem,
    register,
    sql,
)


def acts(ada: Person) -> list[str]:
    return [event["act"] for event in made(ada.get("/audit/events", limit=100))["items"]]


def test_members_and_open_invitations_take_seats(ada: Person, database_url: str) -> None:
    first = made(ada.post("/invitations", email=address()))
    again = made(ada.post("/invitations", email=first["email"]))
    member_of(ada, database_url)
    before = acts(ada)
    refused = problem(
        ada.post("/invitations", email=address()), 403, "All 3 seats of the tier free are taken"
    )
    assert (refused["tier"], refused["seats"]) == ("free", 3)
    assert acts(ada) == before
    # One who was invited may be invited again, and one who is revoked leaves the seat.
    again = made(ada.post("/invitations", email=first["email"]))
    made(ada.delete(f"/invitations/{again['id']}"))
    made(ada.post("/invitations", email=address()))
    sql(database_url, "UPDATE organisations SET tier = 'enterprise' WHERE id = $1", ada.organisation_id)
    for _ in range(4):
        made(ada.post("/invitations", email=address()))


def test_who_accepts_too_late_finds_no_seat(
    ada: Person, billing_api: httpx.Client, database_url: str
) -> None:
    sql(database_url, "UPDATE organisations SET tier = 'pro' WHERE id = $1", ada.organisation_id)
    outsider = register(billing_api, "Mallory")
    token = new_invitation(database_url, ada.organisation_id, outsider.email)
    unknown = address("Grace")
    registers = new_invitation(database_url, ada.organisation_id, unknown)
    for _ in range(2):
        member_of(ada, database_url)
    sql(database_url, "UPDATE organisations SET tier = 'free' WHERE id = $1", ada.organisation_id)
    before = acts(ada)
    problem(outsider.post("/invitations/accept", token=token), 403, "All 3 seats")
    body = {"token": registers, "password": PASSWORD, "name": "Grace"}
    problem(billing_api.post("/api/v1/invitations/register", json=body), 403, "All 3 seats")
    assert sql(database_url, "SELECT 1 FROM users WHERE email = $1", unknown) == []
    assert acts(ada) == before
    # The invitation waits for a seat.
    sql(database_url, "UPDATE organisations SET tier = 'pro' WHERE id = $1", ada.organisation_id)
    made(outsider.post("/invitations/accept", token=token))
    made(billing_api.post("/api/v1/invitations/register", json=body))
