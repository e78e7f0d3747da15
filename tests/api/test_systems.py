"""Systems, the rules by which hosts belong to them, and who may see which part of the fleet."""

import pytest

from people import first_person
from test_fleet import DEBIAN, Fleet, status, tracker, until


@pytest.fixture
def fleet(launch, store, tmp_path):
    """Three hosts of which two are affected, and somebody who may say what they are for."""
    server = launch("--store", store)
    fleet = Fleet(server, store, tmp_path)
    fleet.alice = first_person(server)
    fleet.token = fleet.alice.make_token("host:read", "host:write", "finding:read")
    fleet.say(tracker(openssl=("CVE-2026-0001", "2"), bash=("CVE-2026-0002", None)))
    for name, version in ("web-1", "1"), ("web-2", "1"), ("db-1", "2"):
        root = tmp_path / name
        (root / "etc").mkdir(parents=True)
        (root / "var/lib/dpkg").mkdir(parents=True)
        (root / "etc/os-release").write_text(DEBIAN)
        (root / "etc/hostname").write_text(name + "\n")
        (root / "var/lib/dpkg/status").write_text(status(openssl=version, bash="5"))
        fleet.salve("host", "import", name, "--root", root, "--token", fleet.token.token)
    until(lambda: (fleet.alice.ask("GET", "/api/v1/vulnerabilities/CVE-2026-0001").status == 200))
    return fleet


def add_system(alice, **members):
    return alice.json("POST", "/api/v1/systems", members, 201)


def names(answer, member="hostname"):
    assert answer["total"] == len(answer["items"])
    return [item[member] for item in answer["items"]]


def set_rules(alice, *rules):
    now = alice.json("GET", "/api/v1/system-rules")
    return alice.json("PUT", "/api/v1/system-rules", {"revision": now["revision"], "rules": rules})


def hosts_of(client, query=""):
    return names(client.json("GET", "/api/v1/hosts" + query))


def test_rules_place_hosts(fleet):
    """Hosts follow the rules within a moment, and every list can be narrowed to what they say."""
    alice = fleet.alice
    web = add_system(alice, name="Web shop", line_of_business="sales", criticality="high")
    books = add_system(alice, name="Books", line_of_business="finance", national="yes")
    assert names(alice.json("GET", "/api/v1/systems"), "name") == ["Books", "Web shop"]
    set_rules(alice, {"system": web["id"], "name": "web-*"}, {"system": books["id"], "name": "*"})
    until(lambda: hosts_of(alice, "?system=Web+shop") == ["web-1", "web-2"])
    assert hosts_of(alice, "?line_of_business=finance") == ["db-1"]
    assert hosts_of(alice, "?system=none") == []
    assert alice.json("GET", f"/api/v1/systems/{web['id']}")["hosts"] == 2

    def share():
        answer = alice.json("GET", "/api/v1/vulnerabilities/CVE-2026-0001/systems")
        return [(item["system"], item["hosts"]) for item in answer["items"]]
    until(lambda: share() == [(web["id"], 2)])
    flaw = "/api/v1/vulnerabilities/CVE-2026-0001"
    assert alice.json("GET", flaw + "?system=Web+shop")["hosts"] == 2
    assert alice.ask("GET", flaw + "?system=Books").status == 404
    assert alice.json("GET", "/api/v1/vulnerabilities?system=Books")["total"] == 1
    update = alice.json("GET", "/api/v1/updates?system=Web+shop")["items"]
    assert [(u["id"], u["hosts"], u["vulnerabilities"]) for u in update] == \
        [("debian:12/openssl", 2, 1)]
    assert alice.json("GET", "/api/v1/updates?system=Books")["items"] == []
    assert sorted(names(alice.json("GET", "/api/v1/updates/debian:12%2Fopenssl/hosts"))) == \
        ["web-1", "web-2"]
    closed = alice.json("GET", "/api/v1/updates/debian:12%2Fopenssl/vulnerabilities")
    assert names(closed, "vulnerability") == ["CVE-2026-0001"]


def test_a_hand_knows_better(fleet):
    """What somebody says of one host holds against the rules until they take it back."""
    alice = fleet.alice
    web = add_system(alice, name="Web")
    lab = add_system(alice, name="Lab")
    alice.json("PUT", "/api/v1/hosts/web-1/system", {"system": "Lab"}, 204)
    set_rules(alice, {"system": web["id"], "name": "*"})
    until(lambda: hosts_of(alice, "?system=Web") == ["db-1", "web-2"])
    assert hosts_of(alice, "?system=Lab") == ["web-1"]
    alice.json("PUT", "/api/v1/hosts/web-1/system", {"system": None}, 204)
    until(lambda: len(hosts_of(alice, "?system=Web")) == 3)
    alice.json("DELETE", f"/api/v1/systems/{lab['id']}", status=204)
    alice.json("PUT", "/api/v1/hosts/web-1/system", {"system": "Lab"}, 404)


def test_what_is_refused(fleet):
    alice = fleet.alice
    web = add_system(alice, name="Web")
    assert alice.json("POST", "/api/v1/systems", {"name": "Web"}, 409)["detail"]
    alice.json("POST", "/api/v1/systems", {"name": "none"}, 400)
    alice.json("POST", "/api/v1/systems", {"name": "x", "zone": "moon"}, 400)
    alice.json("PATCH", f"/api/v1/systems/{web['id']}", {"name": ""}, 400)
    rules = {"revision": 0, "rules": [{"system": web["id"], "address": "10.0.0.0/99"}]}
    assert "rule 1" in alice.json("PUT", "/api/v1/system-rules", rules, 400)["detail"]
    rules["rules"][0]["address"] = "10.0.0.0/8"
    alice.json("PUT", "/api/v1/system-rules", rules)
    assert "revision 1" in alice.json("PUT", "/api/v1/system-rules", rules, 409)["detail"]
    rules["revision"] = 1
    rules["rules"][0]["system"] = "nowhere"
    alice.json("PUT", "/api/v1/system-rules", rules, 404)


def test_change_keeps_the_rest(fleet):
    alice = fleet.alice
    made = add_system(alice, name="Web", owner="Ann", zone="dmz", link_mbps=10, remote=True)
    changed = alice.json("PATCH", "/api/v1/systems/Web", {"owner": "Bob", "id": "mine"})
    assert changed["owner"] == "Bob" and changed["id"] == made["id"]
    assert (changed["zone"], changed["link_mbps"], changed["remote"]) == ("dmz", 10, True)
    actions = [e["action"] for e in alice.json("GET", "/api/v1/audit")["items"]]
    assert actions[:2] == ["system.change", "system.create"]


def test_a_part_is_seen_by_its_owner(fleet):
    """Who has a role for one system sees its hosts, everywhere, and nothing of the others."""
    alice = fleet.alice
    web = add_system(alice, name="Web", line_of_business="sales")
    add_system(alice, name="Books", line_of_business="finance")
    set_rules(alice, {"system": web["id"], "name": "web-*"})
    until(lambda: hosts_of(alice, "?system=Web") == ["web-1", "web-2"])
    owner, nobody = alice.add("owner"), alice.add("nobody")
    grants = f"/api/v1/people/{owner.id}/grants"
    alice.json("POST", grants, {"role": "system-owner", "scope_kind": "system",
                                "scope": web["id"]}, 201)
    assert hosts_of(owner) == ["web-1", "web-2"]
    assert names(owner.json("GET", "/api/v1/systems"), "name") == ["Web"]
    owner.json("GET", "/api/v1/hosts/web-1")
    owner.json("GET", "/api/v1/hosts/web-1/inventory")
    owner.json("GET", "/api/v1/hosts/web-1/findings")
    for path in ("hosts/db-1", "hosts/db-1/inventory", "hosts/db-1/findings", "systems/Books",
                 "hosts?system=Books"):
        owner.json("GET", "/api/v1/" + path, status=404)
    until(lambda: owner.json("GET", "/api/v1/vulnerabilities/CVE-2026-0002")["hosts"] == 2)
    assert alice.json("GET", "/api/v1/vulnerabilities/CVE-2026-0002")["hosts"] == 3
    assert owner.json("GET", "/api/v1/vulnerabilities?system=none")["items"] == []
    owner.json("PUT", "/api/v1/hosts/web-1/system", {"system": "Web"}, 403)
    nobody.json("GET", "/api/v1/hosts", status=403)
    alice.json("POST", f"/api/v1/people/{nobody.id}/grants",
               {"role": "risk-manager", "scope_kind": "line-of-business", "scope": "finance"}, 201)
    assert hosts_of(nobody) == []
    assert names(nobody.json("GET", "/api/v1/systems"), "name") == ["Books"]


def test_retired(fleet):
    """A retired host is gone from every list and from every count."""
    alice = fleet.alice
    alice.json("DELETE", "/api/v1/hosts/web-1", status=204)
    alice.json("DELETE", "/api/v1/hosts/web-1", status=404)
    assert alice.json("GET", "/api/v1/hosts/web-1")["retired_at"]
    assert alice.json("GET", "/api/v1/hosts/web-2")["retired_at"] is None
    assert hosts_of(alice) == ["db-1", "web-2"]
    flaw = "/api/v1/vulnerabilities/CVE-2026-0001"
    until(lambda: alice.json("GET", flaw)["hosts"] == 1)
    assert [h["id"] for h in alice.json("GET", flaw + "/hosts")["items"]] == ["web-2"]
