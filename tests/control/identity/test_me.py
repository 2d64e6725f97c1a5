"""What one sees of oneself, and may change."""

import httpx

from tests.control.people import Person, made, problem, sql


def put(who: Person, preferences: object) -> httpx.Response:
    return who.request("PUT", "/me/preferences", preferences)


def test_oneself(ada: Person) -> None:
    me = made(ada.get("/me"))
    assert me["name"] == "Ada"
    assert me["organisation_name"] == "Ada's organisation"
    assert (me["email_verified"], me["has_password"], me["preferences"]) == (False, True, {})


def test_teams_of_ones_own(ada: Person) -> None:
    assert made(ada.get("/me"))["teams"] == []
    names = ["Stills", "Animation"]
    ids = {name: made(ada.post("/teams", name=name))["id"] for name in names}
    assert made(ada.get("/me"))["teams"] == [{"id": ids[name], "name": name} for name in sorted(names)]
    assert ada.request("DELETE", f"/teams/{ids['Stills']}/members/{ada.id}").status_code == 204
    assert made(ada.get("/me"))["teams"] == [{"id": ids["Animation"], "name": "Animation"}]


def test_another_name(ada: Person, database_url: str) -> None:
    assert made(ada.patch("/me", name="Ada Lovelace"))["name"] == "Ada Lovelace"
    assert made(ada.get("/me"))["name"] == "Ada Lovelace"
    for name in ("", " Ada", "A\nda", "A" * 201):
        problem(ada.patch("/me", name=name), 400)
    problem(ada.patch("/me", name="Ada", role="owner"), 400)
    [(before, after)] = sql(
        database_url,
        "SELECT before, after FROM audit_events WHERE act = 'account.rename' AND actor_id = $1",
        ada.id,
    )
    assert '"Ada"' in before
    assert "Lovelace" in after


def test_preferences(ada: Person) -> None:
    chosen = {"theme": "light", "tour": {"seen": [1, 2.5, None]}, "ünï": "\u0000\U0001f3a8"}
    assert put(ada, chosen).status_code == 204
    assert made(ada.get("/me"))["preferences"] == chosen
    assert put(ada, {"theme": "dark"}).status_code == 204
    assert made(ada.get("/me"))["preferences"] == {"theme": "dark"}
    for wrong in ([], "dark", 5):
        problem(put(ada, wrong), 400)
    assert put(ada, {"a": "x" * (16 * 1024 - 8)}).status_code == 204
    assert "16 KB" in problem(put(ada, {"a": "x" * (16 * 1024 - 7)}), 413)["detail"]


def test_api_keys_change_neither(ada: Person, studio: httpx.Client) -> None:
    key = made(ada.post("/api-keys", name="nightly", scopes=["member:read"]))["key"]
    headers = {"Authorization": f"Bearer {key}"}
    assert put(ada, {"theme": "dark"}).status_code == 204
    seen = made(studio.get("/api/v1/me", headers=headers))
    # Nor do they read what the page keeps.
    assert (seen["id"], seen["preferences"]) == (ada.id, {})
    problem(studio.patch("/api/v1/me", json={"name": "Mallory"}, headers=headers), 403)
    problem(studio.put("/api/v1/me/preferences", json={}, headers=headers), 403)
