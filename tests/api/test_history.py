"""Since when each host was exposed to what, and what the days add up to."""

import time

import pytest

from people import execute, first_person
from test_fleet import Fleet, status, tracker, until
from test_systems import add_system, set_rules

NOW = "/api/v1/exposure-days"


@pytest.fixture
def fleet(launch, store, tmp_path):
    server = launch("--store", store)
    fleet = Fleet(server, store, tmp_path)
    fleet.alice = first_person(server)
    fleet.token = fleet.alice.make_token("host:read", "host:write", "finding:read")
    return fleet


def report(fleet, name, **versions):
    """The host has this from now on."""
    root = fleet.folder / name
    (root / "etc").mkdir(parents=True, exist_ok=True)
    (root / "var/lib/dpkg").mkdir(parents=True, exist_ok=True)
    (root / "etc/os-release").write_text('ID=debian\nVERSION_ID="12"\n')
    (root / "etc/hostname").write_text(name + "\n")
    (root / "var/lib/dpkg/status").write_text(status(**versions))
    fleet.salve("host", "import", name, "--root", root, "--token", fleet.token.token)


def history(fleet, host):
    items = fleet.alice.json("GET", f"/api/v1/hosts/{host}/history")["items"]
    return {item["vulnerability"]: item for item in items}


def wait_for_history(fleet, host, condition):
    def look():
        now = history(fleet, host)
        return now if condition(now) else None
    return until(look)


def test_intervals(fleet):
    """First seen, fix available, resolved; and what comes back opens an interval of its own."""
    fleet.say(tracker(openssl=("CVE-2026-0001", None)))
    report(fleet, "one", openssl="1", bash="5")
    seen = wait_for_history(fleet, "one", lambda h: "CVE-2026-0001" in h)["CVE-2026-0001"]
    assert seen["first_seen"] and not seen["fix_available"] and not seen["resolved"]
    fleet.say(tracker(openssl=("CVE-2026-0001", "2")))
    fixable = wait_for_history(fleet, "one", lambda h: h["CVE-2026-0001"]["fix_available"])
    assert fixable["CVE-2026-0001"]["first_seen"] == seen["first_seen"]
    assert seen["first_seen"] < fixable["CVE-2026-0001"]["fix_available"]
    report(fleet, "one", openssl="2", bash="5")
    healed = wait_for_history(fleet, "one", lambda h: h["CVE-2026-0001"]["resolved"])
    assert healed["CVE-2026-0001"]["fix_available"] < healed["CVE-2026-0001"]["resolved"]
    report(fleet, "one", openssl="1", bash="5")
    until(lambda: len(fleet.alice.json("GET", "/api/v1/hosts/one/history")["items"]) == 2)
    first, second = fleet.alice.json("GET", "/api/v1/hosts/one/history")["items"]
    assert first == healed["CVE-2026-0001"]
    assert second["first_seen"] > first["resolved"] and not second["resolved"]


def test_word_taken_back(fleet):
    """A source that no longer says so ends the interval; one that says it again opens another."""
    fleet.say(tracker(openssl=("CVE-2026-0001", "2")))
    report(fleet, "one", openssl="1")
    wait_for_history(fleet, "one", lambda h: "CVE-2026-0001" in h)
    fleet.say(tracker(bash=("CVE-2026-0002", "6")))
    wait_for_history(fleet, "one", lambda h: h["CVE-2026-0001"]["resolved"])


def test_restart_adds_nothing(fleet, launch, store):
    """A server that starts again knows what was recorded, and goes on from there."""
    fleet.say(tracker(openssl=("CVE-2026-0001", "2")))
    report(fleet, "one", openssl="1")
    before = wait_for_history(fleet, "one", lambda h: "CVE-2026-0001" in h)
    second = launch("--store", store)
    alice = fleet.alice
    alice.server = second
    until(lambda: alice.ask("GET", "/api/v1/vulnerabilities").status == 200)
    time.sleep(1)
    assert history(fleet, "one") == before


def days(client, query=""):
    return client.json("GET", NOW + query)["items"]


def test_days(fleet, store):
    """A day sums up by system what there is, and what ended on it."""
    alice = fleet.alice
    web = add_system(alice, name="Web", line_of_business="sales")
    add_system(alice, name="Books", line_of_business="finance")
    set_rules(alice, {"system": web["id"], "name": "web-*"})
    fleet.say(tracker(openssl=("CVE-2026-0001", "2"), bash=("CVE-2026-0002", None)))
    for name in "web-1", "web-2", "db-1":
        report(fleet, name, openssl="1", bash="5")

    def today(query=""):
        rows = days(alice, query)
        return rows and {k: v for k, v in rows[0].items() if k not in ("day", "at")}
    expected = {"hosts": 3, "stale": 0, "unknown": 0, "affected": 3, "exposures": 6, "fixable": 3,
                "exploited": 0, "resolved": 0, "within_2": 0, "within_14": 0, "within_30": 0,
                "within_60": 0}
    until(lambda: today() == expected)
    until(lambda: (today("?system=Web") or {}).get("exposures") == 4)
    report(fleet, "web-1", openssl="2", bash="5")
    until(lambda: (today("?system=Web") or {}).get("resolved") == 1)
    web_now = today("?system=Web")
    assert (web_now["hosts"], web_now["exposures"], web_now["within_2"]) == (2, 3, 1)
    assert today("?line_of_business=finance") == []
    assert today("?system=none")["exposures"] == 2

    # What took 20 days from the fix on is in the wider boxes alone.
    ago = 20 * 86400 * 1000000
    execute(store, f"UPDATE part_flaw SET since_us = since_us - {ago},"
                   f" fix_since_us = fix_since_us - {ago} WHERE fix_since_us > 0")
    execute(store, f"UPDATE host_move SET at_us = at_us - {ago} WHERE host = 'web-2'")
    execute(store, f"UPDATE host SET first_seen_us = first_seen_us - {ago}")
    report(fleet, "web-2", openssl="2", bash="5")
    until(lambda: (today("?system=Web") or {}).get("resolved") == 2)
    web_now = today("?system=Web")
    assert [web_now[f"within_{n}"] for n in (2, 14, 30, 60)] == [1, 1, 2, 2]


def test_days_are_seen_in_part(fleet):
    """Who has a role for one system sees what that system adds up to."""
    alice = fleet.alice
    web = add_system(alice, name="Web")
    set_rules(alice, {"system": web["id"], "name": "web-*"})
    fleet.say(tracker(openssl=("CVE-2026-0001", "2")))
    for name in "web-1", "db-1":
        report(fleet, name, openssl="1")
    owner = alice.add("owner")
    alice.json("POST", f"/api/v1/people/{owner.id}/grants",
               {"role": "system-owner", "scope_kind": "system", "scope": web["id"]}, 201)
    until(lambda: (days(owner) or [{}])[0].get("hosts") == 1)
    until(lambda: (days(alice) or [{}])[0].get("hosts") == 2)
