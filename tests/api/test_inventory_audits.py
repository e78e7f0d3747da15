"""Counts of the hosts that are present: what came and went, and what is offered to be retired."""

import pytest

from people import execute, first_person
from test_fleet import Fleet, debian_host

WEEK_US = 7 * 86400 * 1000000
AUDITS = "/api/v1/inventory-audits"


@pytest.fixture
def fleet(launch, store, tmp_path):
    server = launch("--store", store)
    fleet = Fleet(server, store, tmp_path)
    fleet.alice = first_person(server)
    fleet.client = fleet.alice.make_token("host:read", "host:write")
    return fleet


def report(fleet, *names):
    for name in names:
        fleet.salve("host", "import", name, *debian_host(fleet, name, bash="1"),
                    "--token", fleet.client.token)


def fall_silent(fleet, *names):
    for name in names:
        execute(fleet.store, f"UPDATE host SET last_seen_us = last_seen_us - 2 * {WEEK_US}"
                             f" WHERE id = '{name}'")


def count(fleet, **wish):
    audit = fleet.client.json("POST", AUDITS, wish, 201)
    assert audit["unaccounted"] == 0
    return audit


def differences(fleet, audit, query=""):
    answer = fleet.client.json("GET", f"{AUDITS}/{audit['id']}/hosts{query}")
    assert answer["total"] == len(answer["items"])
    return [(item["host"], item["kind"]) for item in answer["items"]]


def test_what_came_and_went(fleet):
    report(fleet, "a", "b", "c")
    first = count(fleet)
    assert (first["hosts_before"], first["hosts"], first["new_hosts"]) == (0, 3, 3)
    fall_silent(fleet, "a", "b")
    fleet.client.json("DELETE", "/api/v1/hosts/c", status=204)
    report(fleet, "d")
    second = count(fleet)
    assert (second["hosts_before"], second["hosts"]) == (3, 1)
    assert differences(fleet, second) == \
        [("a", "silent"), ("b", "silent"), ("c", "retired"), ("d", "new")]
    report(fleet, "b")
    third = count(fleet)
    assert differences(fleet, third, "?kind=returned") == [("b", "returned")]
    assert differences(fleet, third, "?kind=silent") == []
    listed = fleet.client.json("GET", AUDITS + "?limit=2")
    assert [audit["id"] for audit in listed["items"]] == [3, 2] and listed["total"] == 3
    assert [audit["id"] for audit in fleet.client.json(
        "GET", f"{AUDITS}?limit=2&cursor={listed['next']}")["items"]] == [1]
    assert fleet.client.json("GET", AUDITS + "/1") == first


def test_silent_hosts_are_offered_and_stay(fleet):
    """Nothing is retired by itself, however long it is silent."""
    report(fleet, "a", "b")
    count(fleet)
    fall_silent(fleet, "a")
    for _ in range(3):
        count(fleet)

    def offered(n):
        answer = fleet.client.json("GET", f"/api/v1/hosts?silent_audits={n}")
        assert answer["total"] == len(answer["items"])
        return [host["id"] for host in answer["items"]]
    assert offered(3) == ["a"] and offered(4) == []
    assert len(fleet.client.json("GET", "/api/v1/hosts")["items"]) == 2
    report(fleet, "a")
    assert offered(1) == []


def test_the_command_line_counts(fleet):
    report(fleet, "a")
    token = "--token", fleet.client.token
    counted = fleet.json("count", "run", "--yes", "--within-s", "3600", *token)
    assert (counted["hosts"], counted["within_s"]) == (1, 3600)
    assert fleet.json("count", "list", *token) == [counted]
    assert fleet.json("count", "show", "1", *token) == counted
    assert [host["host"] for host in
            fleet.json("count", "hosts", "1", "--kind", "new", *token)] == ["a"]
    assert fleet.json("host", "list", "--silent-audits", "1", *token) == []


def test_what_is_refused(fleet):
    client = fleet.client
    for within_s in 59, -1, 2**40:
        assert "within_s" in client.json("POST", AUDITS, {"within_s": within_s}, 400)["detail"]
    client.json("GET", AUDITS + "/1", status=404)
    client.json("GET", AUDITS + "/x/hosts", status=404)
    count(fleet)
    client.json("GET", AUDITS + "/1/hosts?kind=lost", status=400)
    reader = fleet.alice.make_token("host:read")
    reader.json("POST", AUDITS, {}, 403)
    assert [entry["action"] for entry in fleet.alice.json(
        "GET", "/api/v1/audit?action=inventory.audit")["items"]] == ["inventory.audit"]
