"""The inventory against what other sources see: missed computers, stale records, unseen hosts."""

import http.client
import json
from urllib.parse import quote

import pytest

from people import execute, first_person
from test_fleet import Fleet, debian_host

WEEK_US = 7 * 86400 * 1000000


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


def know(fleet, host, addresses="", macs=""):
    """What an agent on the host itself would have said."""
    execute(fleet.store, f"UPDATE host SET hostname = '{host}', addresses = '{addresses}',"
                         f" macs = '{macs}' WHERE id = '{host}'")


def upload(fleet, source, kind, text, status=200):
    connection = http.client.HTTPConnection(*fleet.server.address, timeout=30)
    connection.request("PUT", f"/api/v1/sightings/{source}?kind={kind}", body=text.encode(),
                       headers={"Authorization": f"Bearer {fleet.client.token}",
                                "Content-Type": "application/octet-stream"})
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    assert answer.status == status, body
    return json.loads(body)


def items(fleet, path):
    """All of a list, one item a page: pages must neither lose nor repeat one."""
    whole = fleet.client.json("GET", path)
    assert whole["total"] == len(whole["items"])
    sign, cursor, paged = "&" if "?" in path else "?", "", []
    while cursor is not None:
        page = fleet.client.json("GET", f"{path}{sign}limit=1{cursor}")
        assert page["total"] == whole["total"]
        paged += page["items"]
        cursor = f"&cursor={quote(page['next'])}" if page["next"] else None
    assert paged == whole["items"]
    return whole["items"]


def test_missed_computers(fleet):
    report(fleet, "web-1", "db-1")
    know(fleet, "web-1", "192.0.2.7", "52:54:00:aa:00:01")
    know(fleet, "db-1", "192.0.2.8")
    source = upload(fleet, "corp-zone", "dns",
                    "$ORIGIN corp.example.\nweb-1 A 192.0.2.7\ndb-1 A 192.0.2.8\n"
                    "printer A 192.0.2.20\n* A 192.0.2.99\n")
    assert (source["kind"], source["sightings"], source["passed_over"]) == ("dns", 3, 1)
    upload(fleet, "leases", "dhcp",
           "1795000000 52:54:00:bb:00:01 192.0.2.20 *\n1795000000 52:54:00:bb:00:02 192.0.2.7 *\n")
    missed = items(fleet, "/api/v1/cross-check")
    assert [(m["computer"], m["names"], m["addresses"], m["sources"]) for m in missed] == [
        ("mac:52:54:00:bb:00:01", ["printer.corp.example"], ["192.0.2.20"],
         ["corp-zone", "leases"]),
        ("mac:52:54:00:bb:00:02", [], ["192.0.2.7"], ["leases"])]  # it took the host's address
    assert [m["computer"] for m in items(fleet, "/api/v1/cross-check?kind=dns")] == \
        ["name:printer.corp.example"]
    assert [s["source"] for s in fleet.client.json("GET", "/api/v1/sightings")["items"]] == \
        ["corp-zone", "leases"]


def test_an_owner_survives_the_next_upload(fleet):
    zone = "printer.corp.example. A 192.0.2.20\n"
    upload(fleet, "zone", "dns", zone)
    fleet.client.json("PUT", "/api/v1/computers/name:printer.corp.example",
                      {"owner": "Anna", "note": "second floor"}, 204)
    upload(fleet, "zone", "dns", zone.replace(".20", ".21"))
    upload(fleet, "leases", "dhcp", "1 52:54:00:bb:00:01 192.0.2.21 *\n")
    [missed] = items(fleet, "/api/v1/cross-check")
    assert missed["computer"] == "mac:52:54:00:bb:00:01"
    assert (missed["owner"], missed["note"]) == ("Anna", "second floor")
    fleet.client.json("PUT", "/api/v1/computers/name:printer.corp.example", {}, 204)
    [missed] = items(fleet, "/api/v1/cross-check")
    assert missed["owner"] is None


def test_stale_records_and_unseen_hosts(fleet):
    report(fleet, "a", "b", "c")
    execute(fleet.store, f"UPDATE host SET last_seen_us = last_seen_us - 2 * {WEEK_US}"
                         " WHERE id = 'a'")
    know(fleet, "a", "192.0.2.1"), know(fleet, "b", "192.0.2.2"), know(fleet, "c")
    fleet.client.json("DELETE", "/api/v1/hosts/b", status=204)
    upload(fleet, "zone", "dns", "a.x.example. A 192.0.2.1\nb.x.example. A 192.0.2.2\n"
                                 "z.x.example. A 192.0.2.3\n")
    upload(fleet, "ad", "ad", "dn: CN=b\nobjectClass: computer\nname: B\n\n")
    stale = items(fleet, "/api/v1/cross-check/stale")
    assert [(s["source"], s["host"], s["presence"], s["known_by"]) for s in stale] == [
        ("ad", "b", "retired", "name"), ("zone", "a", "silent", "address"),
        ("zone", "b", "retired", "address")]
    assert [s["host"] for s in items(fleet, "/api/v1/cross-check/stale?within_s=31536000")] == \
        ["b", "b"]
    assert [h["id"] for h in items(fleet, "/api/v1/cross-check/hosts?kind=dns")] == ["c"]
    fleet.client.json("GET", "/api/v1/cross-check/hosts?kind=scan", status=404)
    fleet.client.json("GET", "/api/v1/cross-check/hosts", status=400)


def test_a_bad_upload_leaves_what_was(fleet):
    upload(fleet, "zone", "dns", "a.x.example. A 192.0.2.1\n")
    assert "names no computer" in upload(fleet, "zone", "dns", "; empty\n", 422)["detail"]
    upload(fleet, "scan", "scan", "<!DOCTYPE nmaprun SYSTEM 'file:///etc/passwd'><nmaprun/>", 422)
    upload(fleet, "zone", "moon", "x", 400)
    upload(fleet, "a%2Fb", "dns", "x A 192.0.2.1", 400)
    assert len(items(fleet, "/api/v1/cross-check")) == 1
    fleet.client.json("PUT", "/api/v1/computers/printer", {"owner": "x"}, 400)
    fleet.client.json("DELETE", "/api/v1/sightings/scan", status=404)
    fleet.client.json("DELETE", "/api/v1/sightings/zone", status=204)
    assert items(fleet, "/api/v1/cross-check") == []
    fleet.client = fleet.alice.make_token("host:read")
    upload(fleet, "zone", "dns", "a.x.example. A 192.0.2.1\n", 403)
    actions = [e["action"] for e in fleet.alice.json("GET", "/api/v1/audit")["items"]]
    assert actions.count("sightings.replace") == 1 and actions.count("sightings.delete") == 1


def test_the_command_line_checks(fleet):
    report(fleet, "web-1")
    know(fleet, "web-1", "192.0.2.7")
    token = "--token", fleet.client.token
    zone = fleet.file("zone", "web-1.x.example. A 192.0.2.7\nnew.x.example. A 192.0.2.9\n")
    source = fleet.json("sighting", "put", "zone", "dns", zone, "--yes", *token)
    assert source["sightings"] == 2
    assert fleet.json("sighting", "list", *token) == [source]
    fleet.salve("computer", "note", "address:192.0.2.9", "--owner", "Anna", "--yes", *token)
    [missed] = fleet.json("computer", "list", *token)
    assert (missed["computer"], missed["owner"]) == ("name:new.x.example", "Anna")
    assert fleet.json("computer", "unseen", "--kind", "dns", *token) == []
    assert fleet.json("computer", "stale", *token) == []
    fleet.salve("sighting", "remove", "zone", "--yes", *token)
    assert fleet.json("computer", "list", *token) == []
