"""Debian roots of which apt itself told the truth, judged from files alone."""

import json
import os
import shutil
import sqlite3
import subprocess

import pytest

ROOTS = ["rootfs-a-bookworm-minbase", "rootfs-b-bookworm-server", "rootfs-e-bullseye-small"]
AT = "2026-11-22T12:00:00Z"


def scan_args(root, data, **more):
    return ["scan", "--dpkg-status", root / "dpkg-status", "--os-release", root / "os-release",
            "--apt-lists", data / "debian/archive", "--at", AT]


@pytest.mark.parametrize("name", ROOTS)
def test_updates_equal_what_apt_computed(salve, data, name):
    root = data / "debian" / name
    truth = json.loads((root / "truth-upgrades.json").read_text())
    report = salve.json(*scan_args(root, data))
    want = {(u["package"], u["arch"], u["installed"], u["candidate"], u["is_security"], u["source"],
             u["apt_origins"][0]) for u in truth["upgrades"]}
    have = {(u["package"], u["arch"], u["installed"], u["candidate"], u["security"], u["source"],
             u["origin"]) for u in report["updates"]}
    assert have == want
    assert {(p["package"], p["version"]) for p in report["new_packages"]} == {
        (p["package"], p["candidate"]) for p in truth["newly_installed"]}
    assert report["summary"]["updates"] == len(report["updates"]) == truth["counts"]["upgraded"]


@pytest.mark.parametrize("name", ROOTS)
def test_cves_cover_the_changelogs(salve, data, name):
    root = data / "debian" / name
    truth = json.loads((root / "truth-cves.json").read_text())
    report = salve.json(*scan_args(root, data), "--changelogs", root / "changelog-excerpts.txt")
    by_package = {u["package"]: set(u["cves"]) for u in report["updates"]}
    by_source = {a["source"]: set(a["cves"]) for a in report["actions"]}
    for source in truth["sources"]:
        want = set(source["cves_named_in_changelog"])
        assert want <= by_source[source["source"]], source["source"]
        upgraded = [b for b in source["binaries"] if b in by_package]
        assert upgraded
        for binary in upgraded:
            assert want <= by_package[binary], (source["source"], binary)


@pytest.mark.parametrize("name", ROOTS)
def test_a_patched_root_needs_nothing(salve, data, name):
    root = data / "debian" / name
    args = scan_args(root, data)
    args[2] = root / "after/dpkg-status"
    report = salve.json(*args)
    assert report["updates"] == [] and report["actions"] == []


def test_sources_say_how_they_are_believed(salve, data):
    report = salve.json(*scan_args(data / "debian" / ROOTS[0], data))
    by_id = {s["id"]: s for s in report["sources"]}
    security = next(s for i, s in by_id.items() if "bookworm-security" in i)
    assert security["authenticity"] == "verified" and security["consulted"]
    assert security["signer"]
    assert 0 < security["age_s"] < 4 * 86400
    report = salve.json(*scan_args(data / "debian" / ROOTS[0], data)[:-1], "2027-06-01")
    late = next(s for s in report["sources"] if "bookworm-security" in s["id"])
    assert late["authenticity"] == "expired"


def test_nothing_of_this_host_is_looked_at(salve, data, tmp_path):
    """Only the files named, the program's own libraries and keyrings may be opened."""
    if not shutil.which("strace"):
        pytest.skip("strace is not installed")
    root = data / "debian" / ROOTS[0]
    log = tmp_path / "trace"
    subprocess.run(["strace", "-f", "-e", "trace=openat,open", "-o", log, salve.program,
                    *map(str, scan_args(root, data)), "-o", "json"], env=salve.env, check=True,
                   capture_output=True, timeout=300)
    forbidden = ["/var/lib/dpkg", "/var/lib/apt", "/etc/os-release", "/etc/apt/sources", "/proc/1/",
                 "/sys/class", "/boot", "/etc/hostname", "/etc/machine-id"]
    seen = [line for line in log.read_text().splitlines() if any(f'"{f}' in line for f in forbidden)]
    assert not seen


def test_tampered_index_is_refused(salve, data, tmp_path):
    """One changed byte in an index: nothing of it is offered, and the report says so (S4)."""
    lists = tmp_path / "lists"
    lists.mkdir()
    for path in (data / "debian/archive").glob("bookworm-security_*"):
        if "InRelease" in path.name:
            shutil.copy(path, lists / path.name)
    packages = subprocess.run(
        ["zstd", "-dc", data / "debian/archive/bookworm-security_main_binary-amd64_Packages.zst"],
        check=True, capture_output=True).stdout
    (lists / "bookworm-security_main_binary-amd64_Packages").write_bytes(
        packages.replace(b"Version: 2.6.2\n", b"Version: 2.6.9\n", 1))
    root = data / "debian" / ROOTS[0]
    args = scan_args(root, data)
    args[args.index("--apt-lists") + 1] = lists
    report = salve.json(*args)
    assert report["updates"] == []
    assert any(s["authenticity"] == "bad" and not s["consulted"] for s in report["sources"])


def test_tampered_release_is_refused(salve, data, tmp_path):
    lists = tmp_path / "lists"
    lists.mkdir()
    for path in (data / "debian/archive").glob("bookworm-security_*"):
        shutil.copy(path, lists / path.name)
        os.chmod(lists / path.name, 0o644)
    release = lists / "bookworm-security_InRelease"
    release.write_text(release.read_text().replace("Suite: oldstable-security", "Suite: stable", 1))
    args = scan_args(data / "debian" / ROOTS[0], data)
    args[args.index("--apt-lists") + 1] = lists
    report = salve.json(*args)
    assert any(s["authenticity"] == "bad" for s in report["sources"])
    assert not any(u["authenticity"] == "verified" for u in report["updates"])


def test_empty_lists_are_unknown_never_healthy(salve, data, tmp_path):
    (tmp_path / "lists").mkdir()
    args = scan_args(data / "debian" / ROOTS[0], data)
    args[args.index("--apt-lists") + 1] = tmp_path / "lists"
    report = salve.json(*args)
    assert report["updates"] == []
    assert any("archive" in gap["what"] for gap in report["unknown"])
    done = salve.run(*args)
    assert "unknown" in done.stdout.lower()


def test_ranked_and_gated(salve, data):
    root = data / "debian" / ROOTS[1]
    report = salve.json(*scan_args(root, data), "--changelogs", root / "changelog-excerpts.txt")
    actions = report["actions"]
    assert [a["rank"] for a in actions] == list(range(1, len(actions) + 1))
    assert len({a["source"] for a in actions}) == len(actions)
    assert sum(len(a["packages"]) for a in actions) == len(report["updates"])
    assert salve.run(*scan_args(root, data), "--fail-on", "security").returncode == 10
    assert salve.run(*scan_args(root, data), "--fail-on", "exploited").returncode == 0
    assert salve.run(*scan_args(root, data), "--max-age", "1h").returncode == 11
    assert salve.run(*scan_args(root, data), "--max-age", "1000d").returncode == 0


def test_the_answer_is_the_same_every_time(salve, data):
    root = data / "debian" / ROOTS[1]
    first = salve.run(*scan_args(root, data), "-o", "json").stdout
    assert first and first == salve.run(*scan_args(root, data), "-o", "json").stdout


def test_hostile_status_file(sanitized, data, tmp_path):
    """Names stay data: nothing raw reaches a terminal, a broken record hides no other (S43)."""
    status = tmp_path / "status"
    status.write_text(
        "Package: evil\x1b[31m;rm -rf\nStatus: install ok installed\nArchitecture: amd64\n"
        "Version: 1\n\n"
        "Package: broken\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1:\n\n"
        "Package: noversion\nStatus: install ok installed\nArchitecture: amd64\n\n"
        "Package: apt\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2.6.1\n\n")
    root = data / "debian" / ROOTS[0]
    args = ["scan", "--dpkg-status", status, "--os-release", root / "os-release", "--apt-lists",
            data / "debian/archive", "--at", AT]
    report = sanitized.json(*args)
    assert [u["package"] for u in report["updates"]] == ["apt"]
    for output in ("table", "wide", "csv"):
        assert "\x1b[31m" not in sanitized.run(*args, "-o", output).stdout


def test_a_list_that_holds_no_package_is_refused(salve, data, tmp_path):
    """Noise must never end as "0 updates": nothing of it could be read."""
    noise = tmp_path / "status"
    noise.write_bytes(bytes(range(256)) * 8)
    root = data / "debian" / ROOTS[0]
    done = salve.run("scan", "--dpkg-status", noise, "--os-release", root / "os-release")
    assert done.returncode == 1 and "is no list of packages" in done.stderr
    assert done.stdout == ""


def test_an_empty_list_is_unknown_never_healthy(salve, data, tmp_path):
    empty = tmp_path / "status"
    empty.write_text("")
    root = data / "debian" / ROOTS[0]
    args = ["scan", "--dpkg-status", empty, "--os-release", root / "os-release",
            "--apt-lists", data / "debian/archive", "--at", AT]
    assert any(gap["what"] == "packages" for gap in salve.json(*args)["unknown"])
    assert "no security update is needed" not in salve.run(*args).stdout


def test_good_news_only_with_archives(salve, data):
    root = data / "debian" / ROOTS[0]
    patched = ["scan", "--dpkg-status", root / "after/dpkg-status", "--os-release",
               root / "os-release", "--at", AT]
    assert "no security update is needed" not in salve.run(*patched).stdout
    assert "no security update is needed" in salve.run(
        *patched, "--apt-lists", data / "debian/archive").stdout


def test_a_history_that_cannot_be_written_costs_no_answer(salve, tmp_path):
    """The scan is shown all the same; the error and the exit code say what was not kept."""
    store = tmp_path / "store.db"
    if salve.run("scan", "--offline", "--store", store).returncode != 0:
        pytest.skip("this host cannot be scanned")
    with sqlite3.connect(store) as db:
        db.execute("DROP TABLE scan")
    done = salve.run("scan", "--offline", "--store", store)
    assert done.returncode == 1 and "not kept in the history" in done.stderr
    assert "FIX NEXT" in done.stdout


def test_lists_that_were_cleaned_away(salve, tmp_path):
    """As images leave them: of no package it is said that it comes from no archive."""
    root = tmp_path / "root"
    for path, text in (
            ("etc/os-release", "ID=debian\nVERSION_ID=12\nVERSION_CODENAME=bookworm\n"),
            ("etc/apt/sources.list", "deb http://mirror.example/debian bookworm main\n"),
            ("var/lib/apt/lists/lock", ""),
            ("var/lib/dpkg/status", "Package: bash\nStatus: install ok installed\n"
             "Architecture: amd64\nVersion: 5.2-1\n")):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    feed = tmp_path / "tracker.json"
    feed.write_text(json.dumps({"bash": {"CVE-2026-0001": {"releases": {"bookworm": {
        "status": "open", "urgency": "high"}}}}}))
    store = tmp_path / "store.db"
    assert salve.run("feed", "import", "debian-tracker", feed, "--store", store,
                     "--force").returncode == 0
    report = salve.json("scan", "--root", root, "--store", store, "--offline")
    assert [f["verdict"] for f in report["findings"]] == ["affected"]
    assert "no package index could be used" in json.dumps(report)
