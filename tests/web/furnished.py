"""A studio in use: pictures, boards, jobs in line, a workflow, a team. For pages that are looked at."""

import time
from dataclasses import dataclass
from typing import Any

import httpx

from tests.control.people import Person, address, made, register

PROMPTS = [
    "a large red circle on a blue background",
    "a yellow star on a purple gradient background",
    "a glossy pink heart on a white background",
    "a small green square in the top left corner, yellow background",
    "an outlined blue flower on an orange background",
    "a cyan crescent moon on a black background",
    "a large orange triangle on a green gradient background",
    "a glossy purple diamond on a pink background",
    "a white ring on a red background",
    "a yellow cross in the centre on a blue background",
]
PAINT_SECONDS = 120


@dataclass(frozen=True)
class Furnished:
    """Who owns it, and the names that addresses of pages need."""

    person: Person
    places: dict[str, str]


def furnish(api: httpx.Client) -> Furnished:
    """An account with something on every page."""
    person = register(api, "Ada", address("ada"))
    made(person.request("PUT", "/me/preferences", {"onboarded": True}))
    made(person.patch(f"/organisations/{person.organisation_id}", name="Poster Studio"))
    team = made(person.post("/teams", name="Layout"))
    # Those at the end of a long line still wait when they are told to stay there.
    waiting = [
        paint(person, prompt, seed=100 + place, steps=60, batch=4) for place, prompt in enumerate(PROMPTS)
    ]
    for job in waiting[-2:]:
        made(person.post(f"/jobs/{job}/pause"))
    jobs = [paint(person, prompt, seed=place) for place, prompt in enumerate(PROMPTS)]
    assets = [str(ended(person, job)["outputs"][0]["asset_id"]) for job in jobs]
    for place, asset in enumerate(assets):
        made(person.patch(f"/assets/{asset}", tags=["poster"] if place % 2 else ["draft"], rating=place % 6))
    board = made(person.post("/boards", name="Posters"))
    made(person.post(f"/boards/{board['id']}/assets", asset_ids=assets[:4]))
    child = submitted(
        person, kind="img2img", prompt=PROMPTS[1], image=assets[0], strength=0.6, steps=8, seed=3
    )
    made(person.post("/invitations", email=address("layout"), role="user", team_id=team["id"]))
    made(person.post("/api-keys", name="Print shop", scopes=["job:read"], expires_in_days=90))
    workflow = made(person.post(f"/jobs/{jobs[0]}/workflow"))
    varied = str(ended(person, child)["outputs"][0]["asset_id"])
    link = made(person.post(f"/assets/{assets[2]}/links", name="For the printer"))
    template = made(person.get("/workflows/templates"))["items"][0]
    places = {"assetId": varied, "workflowId": workflow["id"], "a": assets[0], "b": assets[1]}
    return Furnished(person, places | {"name": template["name"], "token": link["url"].rsplit("/", 1)[1]})


def paint(person: Person, prompt: str, **fields: Any) -> str:
    """The id of a new job that paints `prompt`."""
    return submitted(person, **{"kind": "txt2img", "prompt": prompt, "steps": 12, **fields})


def submitted(person: Person, **request: Any) -> str:
    """The id of a new job."""
    return str(made(person.post("/jobs", request=request))["id"])


def ended(person: Person, job_id: str) -> dict[str, Any]:
    """The job, once it is completed."""
    deadline = time.monotonic() + PAINT_SECONDS
    while True:
        job: dict[str, Any] = made(person.get(f"/jobs/{job_id}"))
        if job["state"] == "COMPLETED":
            return job
        assert job["state"] not in {"FAILED", "CANCELLED"}, job
        assert time.monotonic() < deadline, job
        time.sleep(0.2)
