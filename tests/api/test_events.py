"""Server-sent events: order, resuming, the end."""

import json
import time

import pytest

from events import Reader


def test_events(salved, import_kev):
    reader = Reader(salved)
    assert reader.status == 200 and reader.headers["Content-Type"] == "text/event-stream"
    import_kev("2026-11-20")
    first = reader.event()
    assert first["event"] == "feed" and json.loads(first["data"])["id"] == "kev"
    import_kev("2026-11-21")
    second = reader.event()
    reader.close()
    # who comes back with the first id gets the second event at once
    back = Reader(salved, last_id=first["id"])
    assert back.event() == second
    back.close()
    # ids of another run, or from before all that is kept, mean: read anew
    lost = Reader(salved, last_id="0-17")
    assert lost.event() == {"event": "reset", "data": "{}"}
    lost.close()


def test_stop_ends_the_streams(salved):
    readers = [Reader(salved) for _ in range(20)]
    begun = time.monotonic()
    assert salved.stop() == 0, salved.log
    assert time.monotonic() - begun < 10
    assert [reader.event() for reader in readers] == [None] * 20


def test_signs_of_life(launch, tmp_path):
    """A comment now and then: it keeps the living, and finds the dead."""
    server = launch("--store", tmp_path / "s.db", "--insecure-no-login")
    for _ in range(30):
        Reader(server).close()
    alive = Reader(server)
    begun = time.monotonic()
    assert alive.line() == ":"
    assert 10 < time.monotonic() - begun < 20
    deadline = time.monotonic() + 25  # a dead connection may swallow one
    while "salve_event_subscribers 1\n" not in server.get("/metrics").text:
        if time.monotonic() > deadline:
            pytest.fail("subscriptions of dead connections stay")
        time.sleep(1)
    alive.close()
