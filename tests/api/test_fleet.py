"""Hosts report to a real server; what it says of them is what a scan of each by itself says."""

import json
import subprocess
import time

import pytest

from conftest import ROOT, program
from people import Client

DATA = ROOT / ".." / "shared" / "data" / "debian"
DEBIAN = 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nPRETTY_NAME="Debian 12"\n'
ALPINE = 'ID=alpine\nVERSION_ID=3.19.1\nPRETTY_NAME="Alpine Linux v3.19"\n'
ALMA = 'ID="almalinux"\nID_LIKE="rhel centos fedora"\nVERSION_ID="8.9"\n'


def status(**versions):
    return "\n".join(
        f"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\n"
        f"Version: {version}\n" for name, version in versions.items())


def tracker(**flaws):
    """A tracker's list: package=(CVE, fixed version or None)."""
    return json.dumps({
        name: {cve: {"releases": {"bookworm": {
            "status": "resolved" if fixed else "open", "urgency": "high",
            **({"fixed_version": fixed} if fixed else {})}}}}
        for name, (cve, fixed) in flaws.items()})


class Fleet:
    """A server, the command line that talks to it, and the files hosts are made of."""

    def __init__(self, server, store, folder):
        self.server, self.store, self.folder = server, store, folder
        self.url = "http://{}:{}".format(*server.address)

    def file(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path

    def salve(self, *args, code=0):
        done = subprocess.run(
            [program("salve"), *map(str, args)], capture_output=True, text=True, timeout=120,
            env={"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "SALVE_SERVER": self.url})
        assert done.returncode == code, done.stderr
        return done.stdout

    def complaint(self, *args):
        """What is said on standard error though it went well."""
        return subprocess.run([program("salve"), *args], capture_output=True, text=True, timeout=60,
                              check=True, env={"PATH": "/usr/bin:/bin", "HOME": str(self.folder),
                                               "SALVE_SERVER": self.url}).stderr

    def json(self, *args):
        return json.loads(self.salve(*args, "-o", "json"))

    def say(self, text):
        """The tracker now says this; the server may be running."""
        path = self.file("tracker.json", text)
        self.salve("feed", "import", "debian-tracker", path, "--store", self.store, "--force",
                   "--quiet")

    def settle(self, condition):
        """Until the index says so: matching goes on behind the answers."""
        end = time.monotonic() + 30
        while not (state := self.json("fleet", "show")) or not condition(state):
            assert time.monotonic() < end, (state, self.server.log)
            time.sleep(0.1)
        return state

    def wait_for(self, cve, hosts):
        end = time.monotonic() + 30
        while True:
            answer = self.server.get(f"/api/v1/vulnerabilities/{cve}")
            found = json.loads(answer.text)["hosts"] if answer.status == 200 else 0
            if found == hosts:
                return
            assert time.monotonic() < end, (cve, answer.text)
            time.sleep(0.1)

    def scan(self, *files):
        return self.json("scan", *files, "--store", self.store, "--offline", "--quiet")["findings"]


@pytest.fixture
def fleet(salved, store, tmp_path):
    return Fleet(salved, store, tmp_path)


def debian_host(fleet, name, **versions):
    return ("--dpkg-status", fleet.file(f"{name}.status", status(**versions)),
            "--os-release", fleet.file("debian", DEBIAN))


def key(finding):
    return finding["vulnerability"], finding["package"], finding["installed"], finding["verdict"]


def assert_as_scanned(fleet, host, files):
    """The server judges what was reported as one judges who stands before the host."""
    served = fleet.json("finding", "list", host, "--limit", "100000")
    scanned = fleet.scan(*files)
    assert sorted(map(key, served)) == sorted(map(key, scanned))
    reasons = {key(finding): finding["reasons"] for finding in scanned}
    assert all(finding["reasons"] == reasons[key(finding)] for finding in served)
    return served


def test_debian_alpine_and_alma_report(fleet):
    fleet.say(tracker(openssl=("CVE-2026-0001", "3.0.19-1"), bash=("CVE-2026-0002", None)))
    hosts = {
        "old": debian_host(fleet, "old", openssl="3.0.18-1", bash="5.2-1"),
        "new": debian_host(fleet, "new", openssl="3.0.19-1", bash="5.2-1"),
        "bare": debian_host(fleet, "bare", zlib="1.3-1"),
        "alpine": ("--apk-installed", fleet.file("apk", "P:musl\nV:1.2.4-r2\nA:x86_64\no:musl\n\n"),
                   "--os-release", fleet.file("alpine", ALPINE)),
        "alma": ("--rpm-manifest", fleet.file(
            "rpms", "bash\t0\t4.4.20\t4.el8\tx86_64\tbash-4.4.20-4.el8.src.rpm\t(none)\tAlmaLinux\n"),
            "--os-release", fleet.file("alma", ALMA)),
    }
    for name, files in hosts.items():
        fleet.salve("host", "import", name, *files)
    fleet.settle(lambda state: state["hosts"] == 5 and state["parts_unjudged"] == 0)
    found = sum(len(assert_as_scanned(fleet, name, files)) for name, files in hosts.items())
    assert found == 3
    assert {h["id"] for h in fleet.json("cve", "hosts", "CVE-2026-0001")} == {"old"}
    assert {h["id"] for h in fleet.json("cve", "hosts", "CVE-2026-0002")} == {"old", "new"}
    assert [h["distro"] for h in fleet.json("host", "list")].count("debian:12") == 3
    assert fleet.json("host", "list", "--distro", "alpine:3.19")[0]["id"] == "alpine"


def test_counts_equal_lists(fleet):
    flaws = {f"lib{i}": (f"CVE-2026-{i:04}", f"{i}-1" if i % 3 else None) for i in range(1, 30)}
    fleet.say(tracker(**flaws))
    for host in range(7):
        versions = {f"lib{i}": f"{i - (i + host) % 2}-1" for i in range(1, 30) if (i + host) % 3}
        fleet.salve("host", "import", f"h{host}", *debian_host(fleet, f"h{host}", **versions))
    fleet.settle(lambda state: state["hosts"] == 7 and state["parts_unjudged"] == 0)
    listed = fleet.json("cve", "list")
    assert len(listed) == fleet.json("fleet", "show")["flaws"] > 20
    for row in listed:
        assert len(fleet.json("cve", "hosts", row["vulnerability"])) == row["hosts"]
    per_host = sum(len({f["vulnerability"] for f in fleet.json("finding", "list", f"h{h}")})
                   for h in range(7))
    assert sum(row["hosts"] for row in listed) == per_host


def test_what_changes_is_seen(fleet):
    fleet.say(tracker(openssl=("CVE-2026-0001", "3.0.19-1")))
    fleet.salve("host", "import", "one", *debian_host(fleet, "one", openssl="3.0.18-1"))
    fleet.wait_for("CVE-2026-0001", 1)
    fleet.say(tracker(openssl=("CVE-2026-0007", "3.0.19-1")))  # another flaw, the old withdrawn
    fleet.wait_for("CVE-2026-0007", 1)
    fleet.wait_for("CVE-2026-0001", 0)
    fleet.salve("host", "import", "one", *debian_host(fleet, "one", openssl="3.0.19-1"))
    fleet.wait_for("CVE-2026-0007", 0)
    assert fleet.json("finding", "list", "one") == []


def test_a_restart_forgets_nothing(fleet, launch):
    fleet.say(tracker(openssl=("CVE-2026-0001", None)))
    fleet.salve("host", "import", "one", *debian_host(fleet, "one", openssl="3.0.18-1"))
    fleet.wait_for("CVE-2026-0001", 1)
    before = fleet.json("host", "show", "one")
    assert fleet.server.stop() == 0
    again = Fleet(launch("--store", fleet.store, "--insecure-no-login"), fleet.store, fleet.folder)
    again.wait_for("CVE-2026-0001", 1)
    assert again.json("host", "show", "one") == before


def test_two_servers_are_one(fleet, launch):
    if not fleet.store.startswith("postgres"):
        pytest.skip("several servers share a PostgreSQL")
    other = Fleet(launch("--store", fleet.store, "--insecure-no-login"), fleet.store, fleet.folder)
    fleet.say(tracker(openssl=("CVE-2026-0001", None)))
    fleet.salve("host", "import", "here", *debian_host(fleet, "here", openssl="3.0.18-1"))
    other.salve("host", "import", "there", *debian_host(fleet, "there", openssl="3.0.17-1"))
    for one in (fleet, other):
        one.wait_for("CVE-2026-0001", 2)


def test_bad_reports_are_refused(fleet):
    inventory = json.loads(fleet.salve(
        "inventory", *debian_host(fleet, "x", openssl="3.0.18-1"), "-o", "json"))
    packages = inventory.pop("packages")

    def put(report):
        connection = fleet.server.http()
        connection.request("PUT", "/api/v1/hosts/evil/report", json.dumps(report),
                           {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())

    bad = {"set": "0" * 64, "added": packages, "facts": inventory}
    code, problem = put(bad)
    assert code == 400 or code == 422, problem
    assert "does not make the set" in problem["detail"]
    code, problem = put({**bad, "base": "1" * 64})
    assert code == 409 and "send the whole set" in problem["detail"]
    assert put({**bad, "set": "short"})[0] in (400, 422)
    assert fleet.server.get("/api/v1/hosts/evil").status == 404
    assert fleet.json("fleet", "show")["hosts"] == 0


def until(question, seconds=30):
    end = time.monotonic() + seconds
    while not (answer := question()):
        assert time.monotonic() < end, answer
        time.sleep(0.1)
    return answer


def flaws_for(status_text):
    """Every other source package has a flaw that what is installed does not heal."""
    flaws = {}
    for number, block in enumerate(status_text.split("\n\n")):
        fields = dict(line.split(": ", 1) for line in block.splitlines()
                      if ": " in line and not line.startswith(" "))
        if "Version" not in fields:
            continue
        name, _, version = fields.get("Source", fields["Package"]).partition(" ")
        version = version.strip("()") or fields["Version"]
        flaws[name] = (f"CVE-2026-{number:05}", version + ("+fix" if number % 2 else ""))
    return flaws


@pytest.mark.parametrize("root", ["rootfs-a-bookworm-minbase", "rootfs-b-bookworm-server"])
def test_real_roots(fleet, root):
    """Real package lists, against flaws that fit them and the real list of advisories."""
    place = DATA / root
    status_file, advisories = place / "dpkg-status", DATA / "tracker" / "DSA-list.zst"
    if not status_file.exists() or not advisories.exists():
        pytest.skip(f"no {root} with the list of advisories beside it")
    fleet.salve("feed", "import", "debian-list", advisories, "--store", fleet.store, "--quiet")
    fleet.say(tracker(**flaws_for(status_file.read_text())))
    files = ("--dpkg-status", status_file, "--os-release", place / "os-release")
    fleet.salve("host", "import", "real", *files)
    fleet.settle(lambda state: state["hosts"] == 1 and state["parts_unjudged"] == 0)
    served = assert_as_scanned(fleet, "real", files)
    assert len(served) > 20
    affected = {f["vulnerability"] for f in served if f["verdict"] == "affected"
                and not f["low_relevance"] and not f["unimportant"]}
    listed = fleet.json("cve", "list", "--limit", "100000")
    assert {row["vulnerability"] for row in listed if row["hosts"]} == affected


def test_a_newer_host_may_say_more(fleet):
    """Agents and servers are upgraded in any order: what a host says that its server does not know
    is passed over, wherever it stands; what people send is not."""
    files = ("--dpkg-status", fleet.file("status", status(openssl="1")), "--os-release",
             fleet.file("os", DEBIAN))
    fleet.salve("host", "import", "a", *files)
    client = Client(fleet.server)
    known = json.loads(fleet.server.get("/api/v1/hosts/a/inventory").text)
    report = {"set": "0" * 64, "base": None, "added": known["packages"], "removed": [], "held": [],
              "facts": {**{k: v for k, v in known.items() if k != "packages"}, "fan_speed": 7},
              "invented": {"later": [1, 2]}}
    report["added"][0]["flavour"] = "strange"
    answer = client.ask("PUT", "/api/v1/hosts/b/report", report)
    assert answer.status == 422 and "does not make the set" in answer.text  # it was read to its end
    answer = client.ask("POST", "/api/v1/systems", {"name": "x", "invented": 1})
    assert answer.status == 400 and "invented" in answer.text


def test_silence_is_no_health(fleet):
    """Of a release that no source speaks of nothing is known: that is counted, and said of the host."""
    fleet.say(tracker(openssl=("CVE-2026-0001", "2")))
    for name, release in ("known", DEBIAN), ("strange", DEBIAN.replace("12", "99")):
        files = ("--dpkg-status", fleet.file(f"{name}.status", status(openssl="1")), "--os-release",
                 fleet.file(f"{name}.os", release))
        fleet.salve("host", "import", name, *files)
    state = fleet.settle(lambda now: now["hosts"] == 2 and now["parts_unjudged"] == 0)
    assert state["hosts_uncovered"] == 1
    until(lambda: (fleet.json("fleet", "days") or [{}])[0].get("unknown") == 1)
    for words in ("cve", "list"), ("update", "list"), ("fleet", "days"):
        assert "of 1 of 2 hosts it is not known" in fleet.complaint(*words)
    assert fleet.complaint("source", "list") == ""
    said = {gap["what"]: gap["why"] for gap in fleet.json("host", "gaps", "strange")}
    assert "no feed speaks of debian:99" in said["release"]
    assert "release" not in {gap["what"] for gap in fleet.json("host", "gaps", "known")}
