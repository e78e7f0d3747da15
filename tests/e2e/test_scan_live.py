"""This very machine: the package manager itself is the judge."""

import pathlib
import re
import shutil
import subprocess

import pytest

INST = re.compile(r"^Inst (\S+) (?:\[(\S+)\] )?\((\S+) (.*) \[(\w+)\]\)")


@pytest.fixture(scope="module")
def simulation():
    if not shutil.which("apt-get"):
        pytest.skip("this is no system with apt")
    if not list(pathlib.Path("/var/lib/apt/lists").glob("*_InRelease")):
        pytest.skip("no archive metadata on this host: run 'apt-get update'")
    done = subprocess.run(["apt-get", "-s", "-o", "APT::Install-Recommends=false", "dist-upgrade"],
                          capture_output=True, text=True, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"})
    if done.returncode != 0:
        pytest.skip(f"apt-get cannot simulate here: {done.stderr[-200:]}")
    return [m.groups() for line in done.stdout.splitlines() if (m := INST.match(line))]


def test_updates_equal_apt(salve, simulation):
    report = salve.json("scan", "--offline", "--no-changelogs")
    want = {(name.split(":")[0], old, new) for name, old, new, _, _ in simulation if old}
    have = {(u["package"], u["installed"], u["candidate"]) for u in report["updates"]
            if u["reachable"]}
    assert have == want


def test_security_updates_equal_apt(salve, simulation):
    """Restricted to security: what apt would take from a security archive is security here."""
    report = salve.json("scan", "--offline", "--no-changelogs")
    want = {name.split(":")[0] for name, old, _, origin, _ in simulation
            if old and "security" in origin.lower()}
    have = {u["package"] for u in report["updates"] if u["security"] and u["reachable"]}
    assert want <= have
    by_origin = {u["package"] for u in report["updates"] if "security" in u["origin"].lower()}
    assert by_origin == want


def test_packages_equal_dpkg(salve):
    if not shutil.which("dpkg-query"):
        pytest.skip("this is no system with dpkg")
    rows = subprocess.run(["dpkg-query", "-W", "-f", "${Package}\t${Version}\t${Architecture}\t"
                           "${db:Status-Status}\n"], capture_output=True, text=True, check=True).stdout
    want = {tuple(row.split("\t")[:3]) for row in rows.splitlines() if row.endswith("installed")}
    have = {(p["name"], p["version"], p["arch"]) for p in salve.json("inventory", "packages")
            if p["state"] == "installed"}
    assert have == want


def test_second_scan_says_what_changed(salve):
    first = salve.json("scan", "--offline")
    assert first["change"]["previous_at"] is None
    second = salve.json("scan", "--offline")
    assert second["change"]["previous_at"] == first["at"]
    assert second["change"]["appeared"] == [] and second["change"]["resolved"] == []
    dates = {a["source"]: a["due_at"] for a in first["actions"] if a["security"]}
    assert dates == {a["source"]: a["due_at"] for a in second["actions"] if a["security"]}


def test_sections(salve):
    for section in ("kernels", "listeners", "interfaces", "filesystems", "repositories", "support"):
        assert isinstance(salve.json("inventory", section), list)
    whole = salve.json("inventory")
    assert whole["hardware_class"] and whole["distro"]["id"]
    assert any(f["mount"] == "/" and f["total_bytes"] > 0 for f in salve.json("inventory", "filesystems"))
    assert salve.run("inventory", "nonsense").returncode == 2
