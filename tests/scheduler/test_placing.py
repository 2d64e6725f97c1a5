"""Which server a job goes to, and what is unloaded for it, for any state of the servers."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from scheduler.checkpoints import checkpoint, checkpoints, fitting
from scheduler.placing import IDLE_SECONDS, Load, ServerView, Use, Wait, decide, room, second

SIZES = {"a": 100.0, "b": 200.0, "c": 300.0, "d": 400.0}
NAMES = st.sampled_from(sorted(SIZES))


@st.composite
def servers(draw: st.DrawFn) -> list[ServerView]:
    """Up to four servers in any state."""
    found = []
    for place in range(draw(st.integers(0, 4))):
        held = draw(st.sets(NAMES))
        found.append(
            ServerView(
                url=f"server-{place}",
                ready=draw(st.booleans()),
                loaded=frozenset(draw(st.sets(st.sampled_from(sorted(held))))) if held else frozenset(),
                held={name: SIZES[name] for name in held},
                pending=draw(st.dictionaries(st.sampled_from(sorted(held)), st.floats(0.1, 9)))
                if held
                else {},
                used=draw(st.dictionaries(NAMES, st.floats(0, 1000))),
                leaving=frozenset(draw(st.sets(NAMES, max_size=1))),
                refused=frozenset(draw(st.sets(NAMES, max_size=1))),
            )
        )
    return found


@given(servers(), NAMES, st.sampled_from([0, 400, 500, 1000]))
def test_any_decision(views: list[ServerView], model: str, budget: float) -> None:
    by_url = {view.url: view for view in views}
    having = [v for v in views if v.ready and model in v.loaded and model not in v.leaving]
    match decide(views, model, SIZES[model], budget):
        case Use(url):
            assert by_url[url] in having
            assert by_url[url].work == min(view.work for view in having)
        case Load(url, unload):
            server = by_url[url]
            assert not having
            assert server.ready
            assert model not in server.refused
            assert not any(server.pending.get(name) for name in unload), "one with pending work stays"
            assert model not in unload
            kept = sum(size for name, size in server.held.items() if name not in {model, *unload})
            assert not budget or kept + SIZES[model] <= budget
            assert budget or unload == (), "without a budget nothing is unloaded"
        case Wait(why):
            assert why
            assert not having
            willing = [view for view in views if view.ready and model not in view.refused]
            assert all(room(view, model, SIZES[model], budget) is None for view in willing)


@given(servers(), NAMES, st.sampled_from([400, 500, 1000]))
def test_a_second_copy_disturbs_nobody(views: list[ServerView], model: str, budget: float) -> None:
    now = 1030.0
    more = second(views, model, SIZES[model], budget, now)
    if more is None:
        return
    server = next(view for view in views if view.url == more.url)
    assert server.ready
    assert not server.work
    assert model not in server.held
    assert all(now - server.used.get(name, 0) > IDLE_SECONDS for name in more.unload)
    assert all(view.work for view in views if view.ready and model in view.loaded)


def test_the_least_recently_used_makes_room_and_no_more_than_needed() -> None:
    held = {"a": 100.0, "b": 200.0, "c": 300.0}
    view = ServerView(url="s", held=held, used={"a": 30, "b": 20, "c": 10})
    assert room(view, "d", 400, 1000) == ()
    assert room(view, "d", 400, 700) == ("c",)
    assert room(view, "d", 400, 600) == ("c", "b")
    assert room(view, "d", 400, 400) == ("c", "b", "a")
    assert room(view, "d", 400, 399) is None
    busy = ServerView(url="s", held=held, used={"a": 30, "b": 20, "c": 10}, pending={"c": 1.0})
    assert room(busy, "d", 400, 700) == ("b", "a")
    assert room(busy, "d", 400, 600) is None


def test_a_server_that_needs_unload_nothing_is_loaded_first() -> None:
    full = ServerView(url="full", held={"a": 100.0})
    free = ServerView(url="free", held={"b": 10.0}, pending={"b": 5.0})
    assert decide([full, free], "c", 300, 350) == Load("free")
    assert decide([full], "c", 300, 350) == Load("full", ("a",))


def test_of_all_servers_the_least_recently_used_checkpoint_makes_room() -> None:
    recent = ServerView(url="recent", held={"a": 100.0}, used={"a": 30.0})
    long_ago = ServerView(url="long-ago", held={"b": 100.0}, used={"b": 20.0}, pending={"d": 1.0})
    assert decide([recent, long_ago], "c", 300, 350) == Load("long-ago", ("b",))


def test_what_a_checkpoint_is_to_a_server(published_pocket: Path, tmp_path: Path) -> None:
    home = published_pocket.parents[1]
    found = checkpoint(home, "pocket")
    assert found is not None
    networks, request, rest = found.stages
    assert networks == ("pocket-text-encoder", "pocket-unet", "pocket-vae-decoder", "pocket-vae-encoder")
    assert request == ("pocket-request",)
    assert "pocket-txt2img-stream" in rest
    assert found.models == {model.name for model in (published_pocket / "repository").iterdir()}
    weights = sum(path.stat().st_size for path in (published_pocket / "weights").glob("*.safetensors"))
    assert found.megabytes == weights / 1e6
    assert checkpoint(home, "nobody") is None
    assert set(checkpoints(home)) == set(fitting(home, 0)) == {"pocket"}
    assert fitting(home, found.megabytes + 1) == ["pocket"]
    assert fitting(home, found.megabytes - 1) == []
    assert checkpoints(tmp_path) == {}
