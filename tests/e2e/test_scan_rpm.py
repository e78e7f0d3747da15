"""RPM hosts: real inventories against real notices, explained by the host's own answer."""

import collections
import functools
import io
import json
import resource
import subprocess
import tarfile

import pytest

AT = "2026-08-22"
WITHOUT_FEED = ["rocky_8", "rocky_10", "centos_7", "oracle_7", "oracle_9", "oracle_10", "fedora_38",
                "opensuse_leap_15", "opensuse_tumbleweed", "sles12", "amazon_1", "amazon_2",
                "rhel_10", "rhel_80"]


def unpack(path):
    return subprocess.run(["zstd", "-dcq", path], check=True, capture_output=True).stdout


def inventory(data, name):
    return data / "inventory/vulsio" / f"{name}.json.zst"


def fixture(data, tmp_path, archive, suffix):
    with tarfile.open(fileobj=io.BytesIO(unpack(data / "rpm" / archive))) as tar:
        member = next(m for m in tar.getmembers() if m.name.endswith(suffix))
        path = tmp_path / suffix.replace("/", "-")
        path.write_bytes(tar.extractfile(member).read())
    return path


def scan_args(data, name, *feeds):
    args = ["scan", "--vuls", inventory(data, name), "--at", AT]
    for feed in feeds:
        args += ["--feed", feed]
    return args


@pytest.fixture
def alma_feed(data):
    return f"osv:{data / 'rpm/almalinux8-osv.tar.zst'}"


@functools.cache
def read_notices(path):
    with tarfile.open(fileobj=io.BytesIO(unpack(path))) as tar:
        notices = [json.load(tar.extractfile(m)) for m in tar if m.name.endswith(".json")]
    return {notice["id"]: notice for notice in notices}


class Alma:
    """The host as vuls saw it, and the notices: what the answers are held against."""

    def __init__(self, salve, data):
        self.salve = salve
        scan = json.loads(unpack(inventory(data, "alma_8")))
        self.scanned = scan["scannedAt"]
        self.installed, self.offered = {}, {}
        for name, p in scan["packages"].items():
            self.installed[name] = f"{p['version']}-{p['release']}"
            offer = f"{p['newVersion']}-{p['newRelease']}"
            if offer != self.installed[name]:
                self.offered[name] = offer
        self.notices = read_notices(data / "rpm/almalinux8-osv.tar.zst")
        fixes = set(self.fixes())
        order = self.order([(self.installed[package], fixed) for package, _, fixed in fixes])
        self.below = {(p, n, f): order[self.installed[p], f] < 0 for p, n, f in fixes}

    def fixes(self):
        """(package, notice, fixed) for installed packages; security alone."""
        for notice in self.notices.values():
            if not notice["id"].startswith("ALSA") or notice.get("withdrawn"):
                continue
            for affected in notice["affected"]:
                package = affected["package"]
                if package["name"] in self.installed and package["ecosystem"] == "AlmaLinux:8":
                    for event in (e for r in affected["ranges"] for e in r["events"]):
                        if "fixed" in event:
                            yield package["name"], notice["id"], event["fixed"]

    def order(self, pairs):
        pairs = sorted(set(pairs))
        done = self.salve.run("version", "compare", "rpm", "--stdin",
                              stdin="".join(f"{a}\t{b}\n" for a, b in pairs))
        assert done.returncode == 0, done.stderr
        return dict(zip(pairs, map(int, done.stdout.split())))

    def published(self, notice):
        return self.notices[notice]["published"]

    def cves(self, notice):
        named = [c for c in self.notices[notice].get("related", []) if c.startswith("CVE-")]
        return named or [notice]


@pytest.fixture
def alma(salve, data):
    return Alma(salve, data)


def affected(report):
    return [f for f in report["findings"] if f["verdict"] == "affected"]


# --- AlmaLinux 8 ---


def test_affected_is_what_the_notices_say(salve, data, alma, alma_feed):
    """Every package and flaw, neither more nor less. One notice that lists a package in two builds
    is satisfied by either (trap 65)."""
    builds = collections.defaultdict(list)
    for (package, notice, fixed), below in alma.below.items():
        if ".module" not in fixed:
            builds[package, notice].append(below)
    want = {(package, cve) for (package, notice), below in builds.items() if all(below)
            for cve in alma.cves(notice)}
    report = salve.json(*scan_args(data, "alma_8", alma_feed))
    assert {(f["package"], f["vulnerability"]) for f in affected(report)} == want
    assert len(want) > 3000


def test_affected_is_what_the_host_would_update(salve, data, alma, alma_feed):
    """What had been published when the host was looked at, its own package manager offers. Of
    several versions offered the inventory keeps the last in alphabetical order, not the highest."""
    report = salve.json(*scan_args(data, "alma_8", alma_feed))
    claims = [(f["package"], r["advisory"], r["fixed"]) for f in affected(report)
              for r in f["reasons"] if r["verdict"] == "affected"]
    known = [c for c in claims if alma.published(c[1]) < alma.scanned]
    assert known and all(package in alma.offered for package, _, _ in known)
    order = alma.order([(fixed, alma.offered[package]) for package, _, fixed in known])
    unexplained = {(p, n, f) for p, n, f in known if order[f, alma.offered[p]] > 0
                   and f.split(":")[-1] > alma.offered[p].split(":")[-1]}
    assert not unexplained


def test_module_streams_make_no_false_findings(salve, data, alma, alma_feed):
    """Compared by number alone, the notices then published flag 108 packages that the host did not
    offer to update: 107 by builds of module streams that it does not have (traps 63 to 66), one by
    another build of what it has (trap 65). None of them may be left."""
    naive = {p for (p, n, f), below in alma.below.items()
             if below and alma.published(n) < alma.scanned}
    false = naive - set(alma.offered)
    assert len(false) == 108
    report = salve.json(*scan_args(data, "alma_8", alma_feed))
    flagged = {f["package"] for f in report["findings"]
               for r in f["reasons"] if r["verdict"] in ("affected", "unknown")
               and alma.published(r["advisory"]) < alma.scanned}
    assert not flagged & false
    assert report["summary"]["unknown"] == 0
    assert not any(".module" in (f["fixed"] or "") for f in affected(report))


def test_advised_updates(salve, data, alma, alma_feed):
    """Many notices, one update for each package, to the version that satisfies all (trap 95)."""
    report = salve.json(*scan_args(data, "alma_8", alma_feed))
    updates = {(u["package"], u["arch"]): u for u in report["updates"]}
    assert len(updates) == len(report["updates"])
    by_package = collections.defaultdict(set)
    for finding in affected(report):
        by_package[finding["package"]].add(finding["vulnerability"])
    assert {package for package, _ in updates} == set(by_package)
    for update in report["updates"]:
        assert set(update["cves"]) == by_package[update["package"]], update["package"]
        assert update["security"] and not update["reachable"] and update["why_not"]
        assert update["fix"] == "unknown"
        assert update["origin"].startswith("ALSA-") and update["authenticity"] == "unverified"
    pairs = [(f["fixed"], updates[f["package"], f["arch"]]["candidate"]) for f in affected(report)]
    assert max(alma.order(pairs).values()) == 0
    kernel = [a for a in report["actions"] if a["source"] == "kernel"]
    assert len(kernel) == 1 and kernel[0]["reboot"] and kernel[0]["urgency"]
    assert {"kernel", "kernel-core", "kernel-modules"} <= set(kernel[0]["packages"])
    assert report["summary"]["actions"] == len({u["source"] for u in report["updates"]})


def test_the_kernel_that_runs(salve, data, alma_feed):
    report = salve.json(*scan_args(data, "alma_8", alma_feed))
    runs = {f["package"]: (f["run"], f["low_relevance"]) for f in report["findings"]}
    assert runs["kernel-core"] == runs["kernel-modules"] == ("running", False)
    assert runs["kernel"] == ("installed_only", True)  # holds no code (trap 84)
    assert runs["kernel-tools"] == ("unknown", False)


def test_it_is_quick(salve, data, alma_feed):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    salve.json(*scan_args(data, "alma_8", alma_feed))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 3


# --- the others ---


def gaps(report, what):
    return [g["why"] for g in report["unknown"] if g["what"] == what]


@pytest.mark.parametrize("name", WITHOUT_FEED)
def test_no_feed_is_no_health(salve, data, name):
    report = salve.json(*scan_args(data, name))
    assert report["findings"] == [] and report["host"]["packages"] > 100
    assert any("no feed speaks of" in why for why in gaps(report, "release"))


def test_another_release_says_nothing(salve, data, alma_feed):
    report = salve.json(*scan_args(data, "rocky_8", alma_feed))
    assert report["findings"] == []
    assert gaps(report, "release") == [
        "no feed speaks of rocky:8: which vulnerabilities its packages have is not known"]


def test_release_past_its_end(salve, data):
    feed = f"updateinfo:{data / 'rpm/centos-cesa-updateinfo.xml.zst'}"
    report = salve.json(*scan_args(data, "centos_7", feed))
    assert gaps(report, "release") == [] and any("ended" in why for why in gaps(report, "support"))
    assert affected(report) == []  # the host is two years newer than the last notice


def test_topic_of_another_kernel_line(salve, data, tmp_path):
    """Amazon Linux 2 has kernels in several lines: 5.15's notices say nothing of 5.10 (trap 63)."""
    path = fixture(data, tmp_path, "vuls-fixtures-amazon.tar.zst",
                   "updateinfo_2_kernel-5.15.xml.gz")
    report = salve.json(*scan_args(data, "amazon_2_extra_kernel", f"updateinfo:{path}"))
    assert report["sources"] and report["findings"] == []
    assert gaps(report, "release") == []


def test_special_group_kernel_is_not_the_host_s(salve, data, tmp_path):
    path = fixture(data, tmp_path, "vuls-fixtures-rocky.tar.zst", "osv/testdata/fixtures/all.zip")
    report = salve.json(*scan_args(data, "rocky_8", f"osv:{path}"))
    assert affected(report) == [] and report["updates"] == []
    assert {f["verdict"] for f in report["findings"]} == {"unknown"}


def test_minor_release_notices(salve, data, tmp_path):
    with tarfile.open(fileobj=io.BytesIO(unpack(data / "rpm/vuls-fixtures-rocky.tar.zst"))) as tar:
        name = next(m.name for m in tar
                    if "rocky/8.6/BaseOS" in m.name and "updateinfo.xml" in m.name)
    path = fixture(data, tmp_path, "vuls-fixtures-rocky.tar.zst", name)
    report = salve.json(*scan_args(data, "rocky_8", f"updateinfo:{path}"))
    assert [(f["package"], f["vulnerability"]) for f in affected(report)] == [
        ("openssl", "CVE-2022-0778")]
    assert [(u["package"], u["candidate"]) for u in report["updates"]] == [
        ("openssl", "1:1.1.1k-6.el8_5")]


def test_debian_without_archives(salve, data):
    """Source versions heal; the kernel is one thing to do, under the name trackers know it by."""
    feed = f"debian-list:{data / 'debian/tracker/DSA-list.zst'}"
    report = salve.json(*scan_args(data, "debian_11", feed))
    kernel = [a for a in report["actions"] if a["source"] == "linux"]
    assert len(kernel) == 1 and kernel[0]["from"] == "5.10.46-4" and kernel[0]["reboot"]
    runs = {f["package"]: (f["run"], f["low_relevance"]) for f in affected(report)}
    assert runs["linux-image-5.10.0-8-amd64"] == ("running", False)
    assert runs["linux-image-amd64"][1]
    assert all(u["origin"].startswith("DSA-") and u["cves"] for u in report["updates"])
