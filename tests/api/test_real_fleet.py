"""Whole systems of four families report from networks of their own, each with what its package
manager wrote; what the server says of each is what a scan of its files says."""

import json
import os
import re
import shutil
import subprocess

import pytest

from conftest import BUILD, program
from test_agent import Agent, Fleet, make_alpine, network_of, osv, put

ROOTS = BUILD / "roots"  # kept: they take their time
ALMA = 'NAME="AlmaLinux"\nID="almalinux"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.4"\n'
RPMS = {"bash": "5.1.8-6.el9", "openssl-libs": "3.0.7-24.el9", "zlib": "1.2.11-40.el9"}


# --- roots ---

def mirror():
    """The archive of Debian that this machine uses."""
    done = subprocess.run(["apt-get", "indextargets", "--format", "$(ORIGIN) $(REPO_URI)",
                           "Created-By: Packages"], capture_output=True, text=True)
    found = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("Debian ")]
    return found[0] if found else pytest.skip("no archive of Debian is configured here")


def make_debian_root(release):
    root = ROOTS / release
    if (root / "var/lib/dpkg/status").exists():
        return root
    if not shutil.which("mmdebstrap"):
        pytest.skip("mmdebstrap is not installed")
    shutil.rmtree(root, ignore_errors=True)
    ROOTS.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["mmdebstrap", "--mode=root", "--variant=essential", release,
                           f"{root}.new", mirror()], capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        shutil.rmtree(f"{root}.new", ignore_errors=True)
        pytest.skip(f"{release} cannot be had: {done.stderr[-300:]}")
    os.rename(f"{root}.new", root)
    return root


def spec(name, version, release):
    return (f"Name: {name}\nVersion: {version}\nRelease: {release}\nSummary: One\nLicense: None\n"
            "BuildArch: noarch\nVendor: AlmaLinux\n%description\nOne.\n%files\n")


def make_rpm_root(folder):
    """Packages that rpmbuild made, which rpm installed."""
    if not shutil.which("rpmbuild"):
        pytest.skip("rpmbuild is not installed")
    root = folder / "alma"
    put(root, "etc/os-release", ALMA)
    put(root, "etc/hostname", "alma\n")
    for name, full in RPMS.items():
        (folder / f"{name}.spec").write_text(spec(name, *full.split("-")))
        subprocess.run(["rpmbuild", "-bb", "--define", f"_topdir {folder}/build",
                        folder / f"{name}.spec"], check=True, capture_output=True)
    subprocess.run(["rpm", "--root", root, "--dbpath", "/var/lib/rpm", "--nodeps", "--nosignature", "-i",
                    *(folder / "build/RPMS").rglob("*.rpm")], check=True, capture_output=True)
    return root


def make_alpine_root(folder):
    return make_alpine(folder / "alpine", busybox="1.36.1-r15", openssl="3.1.4-r5", zlib="1.1-r9")


# --- feeds that fit them ---

def sources_of(root):
    """(source, source version) of each package that dpkg lists."""
    for block in (root / "var/lib/dpkg/status").read_text().split("\n\n"):
        fields = dict(re.findall(r"^(Package|Source|Version): (.*)$", block, re.M))
        if "Version" in fields:
            name, _, version = fields.get("Source", fields["Package"]).partition(" ")
            yield name, version.strip("()") or fields["Version"]


def write_feeds(folder, debians):
    """Of every other source one flaw that is fixed later, of the rest one that is fixed already."""
    tracker = {}
    for release, root in debians.items():
        for number, (source, version) in enumerate(sorted(set(sources_of(root)))):
            fixed = version + ("+fix" if number % 2 else "")
            tracker.setdefault(source, {})[f"CVE-2026-{len(tracker):05}"] = {"releases": {release: {
                "status": "resolved", "fixed_version": fixed, "urgency": "high"}}}
    (folder / "tracker.json").write_text(json.dumps(tracker))
    for ecosystem, flaws in (("Alpine:v3.19", {"busybox": "1.36.1-r16", "openssl": "3.1.4-r5"}),
                             ("AlmaLinux:9", {"bash": "5.1.8-9.el9", "zlib": "1.2.11-40.el9"})):
        place = folder / ecosystem[:6]
        place.mkdir()
        for number, (name, fixed) in enumerate(flaws.items()):
            identity = f"{ecosystem[:6].upper()}-{number:04}"
            (place / f"{identity}.json").write_text(
                json.dumps(osv(identity, ecosystem, name, fixed)))
        yield "osv", place
    yield "debian-tracker", folder / "tracker.json"


def salve(folder, *args):
    done = subprocess.run([program("salve"), *map(str, args)], capture_output=True, text=True,
                          timeout=120, env={"PATH": os.environ["PATH"], "HOME": str(folder),
                                            "LC_ALL": "C.UTF-8"})
    assert done.returncode == 0, done.stderr
    return done.stdout


# --- the fleet ---

@pytest.fixture
def roots(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("only root can make other systems and networks")
    debians = {release: make_debian_root(release) for release in ("bookworm", "trixie")}
    return debians, [*debians.values(), make_rpm_root(tmp_path), make_alpine_root(tmp_path)]


def test_real_fleet(launch, store, tmp_path, roots):
    """Four systems enrol with a token over TLS from their networks and report."""
    debians, systems = roots
    own = tmp_path / "own.db"  # what the scans use
    for feed, path in write_feeds(tmp_path, debians):
        for where in (store, own):
            salve(tmp_path, "feed", "import", feed, path, "--store", where, "--force", "--quiet")
    with network_of(len(systems)) as names:
        within = [("ip", "netns", "exec", name) for name in names]
        server = launch("--store", store, "--listen", "198.18.77.1:0", before=within[0])
        look = Fleet(launch, store, tmp_path)  # another server over the same store, to look with
        secret = look.ask_store("--new-enrol-token", len(systems)).strip()
        for root, where in zip(systems, within[1:]):
            agent = Agent(look, root, state=tmp_path / f"{root.name}.state")
            join(agent, where, server, secret)
            assert_as_scanned(look, agent, own)
    assert len(look.agents()) == len(systems)


def join(agent, within, server, secret):
    url = "https://{}:{}".format(*server.address)
    for command in (agent.command("enrol", "--server", url, "--ca", agent.fleet.ca, "--token",
                                  secret), agent.command("report")):
        done = subprocess.run([*within, *command], capture_output=True, text=True, timeout=120,
                              env=agent.env)
        assert done.returncode == 0, done.stderr


def assert_as_scanned(look, agent, own):
    scan = json.loads(salve(look.folder, "scan", "--root", agent.root, "-o", "json", "--offline",
                            "--store", own))
    page = look.call("GET", f"/api/v1/hosts/{agent.host}/findings?limit=1000")
    assert page["next"] is None and page["total"] > 0, agent.root
    assert page["items"] == scan["findings"], agent.root
    affected = {f["vulnerability"] for f in scan["findings"] if f["verdict"] == "affected"}
    assert affected and len(affected) < len(list((look.inventory(agent.host))["packages"])) * 2
