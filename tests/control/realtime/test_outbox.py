"""What waits for a slow client has a bound, whatever it is."""

from uuid import UUID

from control.realtime.bus import Envelope
from control.realtime.outbox import MOST_NODES, Outbox

JOB = UUID(int=1)


def envelope(kind: str, number: int = 0) -> Envelope:
    return Envelope(UUID(int=2), None, JOB, kind, number, "{}", number)


async def test_events_of_nodes_give_way_to_later_ones_and_states_do_not() -> None:
    box = Outbox()
    box.put(envelope("state", 1))
    for number in range(MOST_NODES + 10):
        box.put(envelope("node", number))
    box.put(envelope("state", 2))
    assert box.dropped == 10
    taken = [await box.take() for _ in range(len(box))]
    assert [(one.kind, one.number) for one in taken[:2]] == [("state", 1), ("node", 10)]
    assert [one.kind for one in taken].count("node") == MOST_NODES
    assert (taken[-1].kind, taken[-1].number) == ("state", 2)
    box.put(envelope("node", 7))
    assert (await box.take()).number == 7
