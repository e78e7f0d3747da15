"""Classes of hosts: what they are meant to run, and how each differs from it."""

import time

import pytest

from people import execute, first_person
from test_fleet import DEBIAN, Fleet, debian_host


@pytest.fixture
def fleet(launch, store, tmp_path):
    server = launch("--store", store)
    fleet = Fleet(server, store, tmp_path)
    fleet.alice = first_person(server)
    fleet.client = fleet.alice.make_token("host:read", "host:write", "system:read", "system:write")
    return fleet


def report(fleet, name, **versions):
    fleet.salve("host", "import", name, *debian_host(fleet, name, **versions),
                "--token", fleet.client.token)


def classify(fleet, baseline, *hosts):
    system = fleet.client.json("POST", "/api/v1/systems", {"name": "S", "baseline": baseline}, 201)
    for host in hosts:
        fleet.client.json("PUT", f"/api/v1/hosts/{host}/system", {"system": system["id"]}, 204)
    return system


def soon(seconds=3600):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))


def counts(fleet):
    answer = fleet.client.json("GET", "/api/v1/baselines/web/hosts")
    assert answer["total"] == len(answer["items"])
    return {item["host"]: {key: value for key, value in item.items() if value and key in (
        "missing", "below", "above", "services", "unknown", "exempted")} for item in answer["items"]}


def test_hosts_against_their_baseline(fleet):
    report(fleet, "golden", openssl="3.0.19-1", bash="1:5.2-1", zlib="1.3")
    report(fleet, "old", openssl="3.0.19~rc1-1", bash="5.2-1", zlib="1.3")
    report(fleet, "new", openssl="3.0.19-1+deb12u1", bash="1:5.2-1", zlib="1.3", extra="1")
    report(fleet, "other", openssl="1")
    report(fleet, "bare", openssl="3.0.19-1")
    baseline = fleet.client.json("POST", "/api/v1/baselines", {"name": "web", "host": "golden"},
                                 201)
    assert [(p["distro"], p["host"], p["packages"]) for p in baseline["parts"]] == \
        [("debian:12", "golden", 3)]
    classify(fleet, "web", "golden", "old", "new", "bare")
    assert counts(fleet) == {"golden": {}, "old": {"below": 2}, "new": {"above": 1},
                             "bare": {"missing": 2}}
    old = fleet.client.json("GET", "/api/v1/hosts/old/baseline")["items"]
    assert [(d["kind"], d["item"], d["wanted"], d["found"]) for d in old] == [
        ("below", "bash", "1:5.2-1", "5.2-1"), ("below", "openssl", "3.0.19-1", "3.0.19~rc1-1")]
    fleet.client.json("GET", "/api/v1/hosts/other/baseline", status=404)
    page = fleet.client.json("GET", "/api/v1/hosts/old/baseline?limit=1")
    rest = fleet.client.json("GET", f"/api/v1/hosts/old/baseline?limit=1&cursor={page['next']}")
    assert page["items"] + rest["items"] == old and rest["next"] is None


def test_exemptions_expire(fleet):
    report(fleet, "golden", openssl="2")
    report(fleet, "old", openssl="1")
    fleet.client.json("POST", "/api/v1/baselines", {"name": "web", "host": "golden"}, 201)
    classify(fleet, "web", "old")
    path = "/api/v1/baselines/web/exemptions"
    excuse = {"item": "openssl", "reason": "the vendor's program", "owner": "Anna"}
    fleet.client.json("POST", path, excuse, 400)
    fleet.client.json("POST", path, {**excuse, "expires_at": soon(-60)}, 400)
    made = fleet.client.json("POST", path, {**excuse, "host": "old", "expires_at": soon()}, 201)
    assert counts(fleet) == {"old": {"below": 1, "exempted": 1}}
    execute(fleet.store, "UPDATE baseline_exemption SET expires_at_us = 1")
    assert counts(fleet) == {"old": {"below": 1}}
    [deviation] = fleet.client.json("GET", "/api/v1/hosts/old/baseline")["items"]
    assert not deviation["exempted"] and deviation["reason"] == "the vendor's program"
    assert fleet.client.json("GET", path)["total"] == 1
    fleet.client.json("DELETE", f"{path}/{made['id']}", status=204)
    fleet.client.json("DELETE", f"{path}/{made['id']}", status=404)
    assert fleet.client.json("GET", path)["items"] == []


def test_from_a_list_and_by_release(fleet):
    """What is not known is said: a release without a part, listeners that were not looked at."""
    report(fleet, "a", openssl="1")
    fleet.salve("host", "import", "b", "--dpkg-status", fleet.file("b.status", ""), "--os-release",
                fleet.file("b.release", DEBIAN.replace("12", "13").replace("bookworm", "trixie")),
                "--token", fleet.client.token)
    fleet.client.json("POST", "/api/v1/baselines", {
        "name": "web", "distro": "debian:12", "services": ["tcp/22/sshd"],
        "packages": [{"name": "openssl", "version": "2"}]}, 201)
    classify(fleet, "web", "a", "b")
    hosts = fleet.client.json("GET", "/api/v1/baselines/web/hosts")["items"]
    assert [(h["host"], h["compared"], h["services_known"], h["below"]) for h in hosts] == \
        [("a", True, False, 1), ("b", False, False, 0)]
    assert "says nothing" in fleet.client.json("GET", "/api/v1/hosts/b/baseline", status=404)["detail"]
    changed = fleet.client.json("PATCH", "/api/v1/baselines/web", {"services": ["udp/53"]})
    assert changed["services"] == ["udp/53"] and len(changed["parts"]) == 1
    for bad in ({"name": "x"}, {"name": "x", "host": "a", "distro": "debian:12"},
                {"name": "x", "distro": "debian:12", "packages": []},
                {"name": "x", "host": "a", "services": ["22"]}, {"name": "", "host": "a"}):
        fleet.client.json("POST", "/api/v1/baselines", bad, 400)
    fleet.client.json("POST", "/api/v1/baselines", {"name": "x", "host": "nobody"}, 404)
    assert [b["name"] for b in fleet.client.json("GET", "/api/v1/baselines")["items"]] == ["web"]
    fleet.client.json("DELETE", "/api/v1/baselines/web", status=204)
    fleet.client.json("GET", "/api/v1/baselines/web", status=404)
    fleet.client.json("GET", "/api/v1/baselines/web/hosts", status=404)


def test_everybody_sees_their_own(fleet):
    report(fleet, "a", openssl="1")
    report(fleet, "b", openssl="1")
    fleet.client.json("POST", "/api/v1/baselines", {"name": "web", "host": "a"}, 201)
    own = classify(fleet, "web", "a")
    fleet.client.json("POST", "/api/v1/systems", {"name": "T", "baseline": "web"}, 201)
    fleet.client.json("PUT", "/api/v1/hosts/b/system", {"system": "T"}, 204)
    assert set(counts(fleet)) == {"a", "b"}
    owner = fleet.alice.add("owner")
    fleet.alice.json("POST", f"/api/v1/people/{owner.id}/grants",
                     {"role": "system-owner", "scope_kind": "system", "scope": own["id"]}, 201)
    hosts = owner.json("GET", "/api/v1/baselines/web/hosts")
    assert ([h["host"] for h in hosts["items"]], hosts["total"]) == (["a"], 1)
    assert owner.json("GET", "/api/v1/hosts/a/baseline")["items"] == []
    owner.json("GET", "/api/v1/hosts/b/baseline", status=404)


def test_the_command_line_compares(fleet):
    report(fleet, "golden", openssl="2")
    report(fleet, "old", openssl="1")
    token = "--token", fleet.client.token
    taken = fleet.json("baseline", "take", "web", "golden", "--yes", *token)
    assert taken["parts"][0]["packages"] == 1
    classify(fleet, "web", "old")
    assert fleet.json("baseline", "show", "web", *token) == taken
    fleet.salve("baseline", "excuse", "web", "openssl", "--reason", "r", "--owner", "o",
                "--expires-at", soon(), "--yes", *token)
    [host] = fleet.json("baseline", "hosts", "web", *token)
    assert (host["below"], host["exempted"]) == (1, 1)
    [deviation] = fleet.json("host", "baseline", "old", *token)
    assert deviation["exempted"]
    [exemption] = fleet.json("baseline", "exempt", "web", *token)
    fleet.salve("baseline", "end", "web", exemption["id"], "--yes", *token)
    changed = fleet.json("baseline", "change", "web", "--services", "tcp/22,tcp/80", "--yes", *token)
    assert changed["services"] == ["tcp/22", "tcp/80"]
    fleet.salve("baseline", "remove", "web", "--yes", *token)
    assert fleet.json("baseline", "list", *token) == []
