"""Hosts that have no agent, as other tools of inventory tell of them."""

import json

from test_fleet import fleet, tracker  # noqa: F401

SYSTEMINFO = """
Host Name:                 PC-7
OS Name:                   Microsoft Windows 10 Pro
OS Version:                10.0.19045 N/A Build 19045
System Type:               x64-based PC
Hotfix(s):                 1 Hotfix(s) Installed.
                           [01]: KB5011048
"""


def facts(**versions):
    return json.dumps({"ansible_facts": {
        "ansible_distribution": "Debian", "ansible_distribution_version": "12.4",
        "ansible_distribution_release": "bookworm", "ansible_nodename": "web-1",
        "ansible_eth0": {"device": "eth0", "type": "ether", "macaddress": "52:54:00:aa:00:01",
                         "ipv4": {"address": "192.0.2.7"}},
        "packages": {name: [{"name": name, "version": version, "arch": "amd64", "source": "apt"}]
                     for name, version in versions.items()}}})


def test_ansible_and_osquery_are_judged(fleet):
    fleet.say(tracker(bash=("CVE-2026-0002", "5.2-2")))
    fleet.salve("host", "import", "a", "--ansible", fleet.file("facts.json", facts(bash="5.2-1")))
    rows = {"os_version": [{"platform": "debian", "version": "12 (bookworm)"}],
            "system_info": [{"hostname": "db-1"}],
            "deb_packages": [{"name": "bash", "version": "5.2-2", "source": "bash",
                              "arch": "amd64", "status": "install ok installed"}]}
    fleet.salve("host", "import", "o", "--osquery", fleet.file("rows.json", json.dumps(rows)))
    fleet.settle(lambda state: state["hosts"] == 2 and state["parts_unjudged"] == 0)
    flaw = fleet.json("cve", "show", "CVE-2026-0002")
    assert (flaw["hosts"], flaw["hosts_unknown"]) == (0, 1)  # its source's version is not known
    [finding] = fleet.json("finding", "list", "a")
    assert (finding["package"], finding["verdict"]) == ("bash", "unknown")
    assert fleet.json("finding", "list", "o") == []
    assert [(h["id"], h["hostname"], h["distro"]) for h in fleet.json("host", "list")] == \
        [("o", "db-1", "debian:12"), ("a", "web-1", "debian:12")]
    inventory = fleet.json("host", "inventory", "a")
    assert [i["mac"] for i in inventory["interfaces"]] == ["52:54:00:aa:00:01"]
    assert any("source packages" in gap["why"] for gap in inventory["gaps"])


def test_windows_is_never_healthy(fleet):
    """No feed speaks of it: that is said wherever it is judged, and what it has is kept."""
    fleet.say(tracker(bash=("CVE-2026-0002", None)))
    files = ("--systeminfo", fleet.file("systeminfo", SYSTEMINFO),
             "--hotfixes", fleet.file("qfe", "Node,HotFixID\nPC-7,KB5011048\nPC-7,KB5015684\n"))
    fleet.salve("host", "import", "pc", *files)
    [host] = fleet.json("host", "list")
    assert (host["hostname"], host["distro"], host["packages"], host["reboot"]) == \
        ("PC-7", "windows:10.0.19045", 2, "unknown")
    inventory = fleet.json("host", "inventory", "pc")
    assert [(p["name"], p["ecosystem"]) for p in inventory["packages"]] == \
        [("KB5011048", "windows"), ("KB5015684", "windows")]
    report = fleet.json("scan", *files, "--store", fleet.store, "--offline", "--quiet")
    assert any("no feed speaks of windows:10.0.19045" in gap["why"] for gap in report["unknown"])
