"""The command line itself: usage, settings, streams, exit codes, and the life of a feed."""

import json
import os
import re
import shutil
import subprocess

import pytest

from test_scan_debian import AT, ROOTS, scan_args

ONE = "CVE-2026-1000"
STATUS = """Package: brotli
Status: install ok installed
Architecture: amd64
Version: 1.0.9-2

"""
OS_RELEASE = 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nPRETTY_NAME="Debian 12"\n'


@pytest.fixture
def host(tmp_path):
    """Options for a host of one package, of which no archive and no feed says anything."""
    (tmp_path / "status").write_text(STATUS)
    (tmp_path / "os-release").write_text(OS_RELEASE)
    return ["--dpkg-status", tmp_path / "status", "--os-release", tmp_path / "os-release"]


def tracker(tmp_path, **flaw):
    path = tmp_path / "tracker.json"
    path.write_text(json.dumps({"brotli": {ONE: {"releases": {"bookworm": flaw}}}}))
    return ["--feed", f"debian-tracker:{path}"]


# --- usage ---


@pytest.mark.parametrize("args,words", [
    (["nope"], ["'nope'", "salve --help"]),
    (["feed"], ["feed list", "feed import"]),
    (["feed", "nope"], ["feed list"]),
    (["-o", "json", "scan"], ["behind the command"]),
    (["scan", "extra"], ["salve scan", "1 argument"]),
    (["feed", "import", "kev"], ["KIND PATH"]),
    (["scan", "--nope"], ["--nope", "salve scan --help"]),
    (["scan", "--at"], ["--at", "salve scan --help"]),
    (["scan", "-o", "yaml"], ["'yaml'", "cyclonedx"]),
    (["check", "-o", "csv"], ["'csv'", "json"]),
    (["check", "--fail-on", "any"], ["--fail-on"]),
    (["scan", "--fail-on", "everything"], ["everything", "immediate"]),
    (["scan", "--max-age", "5"], ["'5'", "36h"]),
    (["scan", "--max-age", "-1d"], ["'-1d'"]),
    (["check", "--max-age", "soon"], ["'soon'", "5d"]),
    (["scan", "--exposure", "wide"], ["exposure", "controlled"]),
    (["scan", "--feed", "kev"], ["KIND:PATH"]),
    (["scan", "--root", "/", "--sbom", "x"], ["--root"]),
    (["explain"], ["--replay"]),
    (["explain", "a", "--replay", "b"], ["--replay"]),
    (["explain", "a", "b"], ["salve explain"]),
    (["inventory", "nope", "--sbom", "x"], []),
    (["version", "compare", "dpkg", "1", "2"], ["'dpkg'", "pacman"]),
    (["version", "compare", "deb", "1"], ["--stdin"]),
    (["cvss"], ["--stdin"]),
    (["purl", "pkg:deb/debian/a", "--stdin"], ["--stdin"]),
    (["ssvc", "--exploitation", "perhaps"], ["active"]),
    (["feed", "import", "tea", "x"], ["'tea'", "debian-tracker", "kev"]),
    (["help", "--completion", "tcsh"], ["'tcsh'", "fish"]),
])
def test_wrong_usage_says_what_is_right(salve, args, words):
    done = salve.run(*args)
    if args[0] == "inventory":  # the host comes first
        assert done.returncode != 0
        return
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert done.stderr.startswith("salve: error: ") and done.stderr.count("\n") == 1
    for word in words:
        assert word in done.stderr


def test_no_command_shows_them_all(salve):
    done = salve.run()
    assert done.returncode == 2
    assert done.stdout == salve.run("--help").stdout


def test_help_never_fails(salve, tmp_path):
    """Not even with a broken configuration or nonsense beside it."""
    config = tmp_path / "config/salve/salve.conf"
    config.parent.mkdir(parents=True)
    config.write_text("[salve]\nnonsense = 1\n")
    for args in (["--help"], ["-h"], ["scan", "--help"], ["scan", "-h", "-o", "nonsense"],
                 ["feed", "import", "--help"]):
        done = salve.run(*args)
        assert done.returncode == 0 and "usage: salve" in done.stdout, args
    assert salve.run("--version").stdout.startswith("salve ")


def test_hostile_words_stay_off_the_terminal(salve):
    done = salve.run("\x1b[31mred\x1b[0m" * 50)
    assert done.returncode == 2 and "\x1b" not in done.stderr and len(done.stderr) < 500


@pytest.mark.parametrize("text,instant", [
    ("2026-11-22T10:00:00Z", "2026-11-22T10:00:00Z"),
    ("2026-11-22T11:00:00+01:00", "2026-11-22T10:00:00Z"),
    ("2026-11-22", "2026-11-22T00:00:00Z"),
    ("@1795341600", "2026-11-22T10:00:00Z"),
    ("2024-02-29", "2024-02-29T00:00:00Z"),
])
def test_at(salve, host, text, instant):
    assert salve.json("scan", *host, "--at", text)["at"] == instant


@pytest.mark.parametrize("text", ["yesterday", "", "2026-02-29", "2026-13-01", "10:00", "@x",
                                  "2026-11-22T25:00:00Z", "99999999999999999999"])
def test_at_refused(salve, host, text):
    done = salve.run("scan", *host, "--at", text)
    assert done.returncode == 2 and "--at" in done.stderr


# --- settings ---


def settings(salve, **kwargs):
    args = kwargs.pop("args", [])
    done = salve.run("config", "show", "-o", "json", *args, **kwargs)
    assert done.returncode == 0, done.stderr
    return {row["name"]: (row["value"], row["origin"]) for row in json.loads(done.stdout)}


def write_config(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"[salve]\nzone = {value}\n")
    return path


def test_settings_come_from_the_nearest(salve, tmp_path, monkeypatch):
    project = tmp_path / "project"
    project.mkdir()
    monkeypatch.chdir(project)
    assert settings(salve)["zone"] == (None, "")
    assert settings(salve)["colour"] == ("auto", "default")
    user = write_config(tmp_path / "config/salve/salve.conf", "internal")
    assert settings(salve)["zone"] == ("internal", str(user))
    write_config(project / "salve.conf", "dmz")
    assert settings(salve)["zone"] == ("dmz", "salve.conf")
    env = {"SALVE_ZONE": "internet", "SALVE_MAX_AGE": "5d"}
    assert settings(salve, env=env)["zone"] == ("internet", "SALVE_ZONE")
    assert settings(salve, env=env)["max-age"] == ("5d", "SALVE_MAX_AGE")
    other = write_config(tmp_path / "other.conf", "isolated")
    assert settings(salve, args=["--config", other])["zone"] == ("isolated", str(other))
    assert settings(salve, env={"SALVE_ZONE": ""})["zone"][1] == "salve.conf"


def test_settings_of_the_system_come_last(salve, tmp_path, monkeypatch):
    """In a file system of its own, where /etc can be replaced."""
    if not shutil.which("unshare") or subprocess.run(["unshare", "-rm", "true"]).returncode != 0:
        pytest.skip("no mount namespace of one's own here")
    monkeypatch.chdir(tmp_path)
    write_config(tmp_path / "etc/salve/salve.conf", "isolated")
    script = 'mount --bind "$1/etc" /etc && exec "$2" config show -o json'
    command = ["unshare", "-rm", "sh", "-c", script, "sh", tmp_path, salve.program]

    def zone():
        done = subprocess.run(command, env=salve.env, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return next(row for row in json.loads(done.stdout) if row["name"] == "zone")

    assert zone() == {"name": "zone", "value": "isolated", "origin": "/etc/salve/salve.conf"}
    user = write_config(tmp_path / "config/salve/salve.conf", "dmz")
    assert zone() == {"name": "zone", "value": "dmz", "origin": str(user)}


def test_a_flag_wins_over_all(salve, tmp_path):
    named, set_ = tmp_path / "named.db", tmp_path / "set.db"
    assert salve.run("feed", "list", "--store", named, env={"SALVE_STORE": str(set_)}
                     ).returncode == 0
    assert named.exists() and not set_.exists()
    assert salve.run("feed", "list", env={"SALVE_STORE": str(set_)}).returncode == 0
    assert set_.exists()


def test_a_setting_and_its_origin_reach_the_decision(salve, host, tmp_path):
    """The same value from a flag and from the environment decides the same."""
    feed = tracker(tmp_path, status="resolved", fixed_version="1.0.9-3", urgency="high")
    by_flag = salve.json("scan", *host, *feed, "--at", AT, "--exposure", "open")
    by_variable = salve.json("scan", *host, *feed, "--at", AT, env={"SALVE_EXPOSURE": "open"})
    assert by_flag == by_variable
    assert by_flag != salve.json("scan", *host, *feed, "--at", AT)


@pytest.mark.parametrize("text,words", [
    ("[salve]\nzonne = dmz\n", ["'zonne'", "salve config show"]),
    ("[salve]\nzone = dmz\n[other]\nx = 1\n", ["[other]", "[salve]"]),
    ("zone = dmz\n", []),
    ("[salve\n", []),
    ("[salve]\nzone = \xff\n", []),
])
def test_a_wrong_config_is_refused_by_name(salve, tmp_path, text, words):
    path = tmp_path / "wrong.conf"
    path.write_bytes(text.encode("latin-1"))
    done = salve.run("config", "show", "--config", path)
    assert done.returncode == 1 and str(path) in done.stderr, done.stderr
    for word in words:
        assert word in done.stderr


def test_a_wrong_value_is_refused_with_the_right_ones(salve, host, tmp_path):
    path = write_config(tmp_path / "wrong.conf", "nowhere")
    done = salve.run("scan", *host, "--config", path)
    assert done.returncode == 2 and "nowhere" in done.stderr and "internet" in done.stderr


# --- streams ---


def test_a_full_disk_is_a_failure(salve, host):
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full")
    for args in (["--help"], ["--version"], ["help", "--man"], ["config", "show"],
                 ["cvss", "AV:N/AC:L/Au:N/C:P/I:P/A:P"], ["scan", *host], ["scan", *host, "-o", "json"],
                 ["check", *host], ["scan", *host, "-o", "csv"], ["inventory", *host, "-o", "json"]):
        with open("/dev/full", "w") as full:
            done = subprocess.run([salve.program, *map(str, args)], stdout=full, text=True,
                                  stderr=subprocess.PIPE, env=salve.env)
        assert done.returncode == 1, args
        assert "standard output" in done.stderr and "space" in done.stderr, args


def test_a_closed_pipe_ends_it_quietly(salve):
    """As other programs end: by the signal, or with an error, but never "done"."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([salve.program, "help", "--man"], stdout=writer, stderr=subprocess.PIPE,
                          env=salve.env, timeout=20)
    os.close(writer)
    assert done.returncode != 0


def test_progress_and_messages_never_reach_stdout(salve, host):
    done = salve.run("scan", *host, "-o", "json", "--verbose")
    json.loads(done.stdout)
    quiet = salve.run("scan", *host, "-o", "json", "--quiet")
    assert quiet.stderr == ""


@pytest.mark.parametrize("args", [["version", "compare", "deb", "--stdin"], ["cvss", "--stdin"],
                                  ["purl", "--stdin"]])
def test_a_line_has_an_end(sanitized, args):
    """64 KiB is a line, one byte more is refused; nothing is cut in silence."""
    long = sanitized.run(*args, stdin="x" * 65536 + "\n")
    assert long.stdout == "error\n" and long.returncode == 1
    longer = sanitized.run(*args, stdin="x" * 65537 + "\n")
    assert longer.stdout == "" and longer.returncode == 1 and "65536" in longer.stderr
    assert sanitized.run(*args, stdin="").returncode == 0


def test_lines_of_odd_bytes_are_errors(sanitized):
    done = subprocess.run([sanitized.program, "purl", "--stdin"], env=sanitized.env,
                          input=b"pkg:npm/a\npkg:npm/\xff\npkg:npm/a\0b\npkg:npm/last",
                          capture_output=True)
    assert done.stdout.split(b"\n")[0] == b"pkg:npm/a" and done.stdout.endswith(b"pkg:npm/last\n")
    assert done.stdout.count(b"\n") == 4 and b"error" in done.stdout


def coloured(salve, args, **env):
    """Runs on a terminal of its own."""
    script = shutil.which("script")
    if script is None:
        pytest.skip("script is not installed")
    command = " ".join(f"'{word}'" for word in [str(salve.program), *map(str, args)])
    done = subprocess.run([script, "-qec", command, "/dev/null"], capture_output=True, timeout=60,
                          env={**salve.env, "TERM": "xterm-256color", **env})
    if b"pseudo-terminal" in done.stderr:
        pytest.skip("this system gives no pseudo-terminal")
    assert done.returncode == 0, done.stdout
    return b"\x1b[" in done.stdout.replace(b"\x1b[K", b"")


def test_colour_only_where_it_is_wanted(salve, host, tmp_path):
    kev = tmp_path / "kev.json"
    kev.write_text(json.dumps({"vulnerabilities": [{"cveID": ONE, "dateAdded": "2026-11-01"}]}))
    feeds = [*tracker(tmp_path, status="resolved", fixed_version="1.0.9-3", urgency="high"),
             "--feed", f"kev:{kev}"]
    args = ["scan", *host, *feeds, "--at", AT]
    assert "\x1b" not in salve.run(*args).stdout
    assert coloured(salve, args)
    assert not coloured(salve, args, NO_COLOR="1")
    assert not coloured(salve, args, SALVE_COLOUR="never")
    assert "\x1b[" in salve.run(*args, env={"SALVE_COLOUR": "always"}).stdout


# --- feeds ---


def kev(tmp_path, n, name="kev.json"):
    path = tmp_path / name
    path.write_text(json.dumps({"vulnerabilities": [
        {"cveID": f"CVE-2026-{1000 + i}", "dateAdded": "2026-11-01", "dueDate": "2026-11-22"}
        for i in range(n)]}))
    return path


def test_the_life_of_a_feed(salve, tmp_path):
    done = salve.json("feed", "import", "kev", kev(tmp_path, 10))
    assert (done["feed"], done["records"], done["unchanged"]) == ("kev", 10, False)
    assert salve.json("feed", "import", "kev", tmp_path / "kev.json")["unchanged"]
    assert [feed["id"] for feed in salve.json("feed", "list")] == ["kev"]
    good = salve.json("feed", "show", "kev")
    assert good["records"] == 10 and good["error"] is None and len(good["sha256"]) == 64
    assert salve.json("feed", "import", "kev", kev(tmp_path, 11))["records"] == 11
    assert salve.json("feed", "import", "kev", kev(tmp_path, 3), "--id", "other")["records"] == 3
    assert {f["id"]: f["records"] for f in salve.json("feed", "list")} == {"kev": 11, "other": 3}


@pytest.mark.parametrize("content,code", [
    ('{"vulnerabilities": []}', 1), ("", 1), ("{}", 1), ("[]", 1), ('{"vulnerabilities": [', 1),
    ("<html>not found</html>", 1), (None, 3)])
def test_a_bad_feed_leaves_the_good_one_in_force(salve, tmp_path, content, code):
    salve.json("feed", "import", "kev", kev(tmp_path, 10))
    bad = tmp_path / "bad.json"
    if content is not None:
        bad.write_text(content)
    done = salve.run("feed", "import", "kev", bad)
    assert done.returncode == code and "bad.json" in done.stderr
    feed = salve.json("feed", "show", "kev")
    assert feed["records"] == 10 and "bad.json" in feed["error"]
    assert salve.json("feed", "import", "kev", kev(tmp_path, 10))["unchanged"]
    assert salve.json("feed", "show", "kev")["error"] is None


def test_a_feed_that_shrank_needs_force(salve, tmp_path):
    salve.json("feed", "import", "kev", kev(tmp_path, 100))
    done = salve.run("feed", "import", "kev", kev(tmp_path, 49))
    assert done.returncode == 1 and "force" in done.stderr
    assert salve.json("feed", "show", "kev")["records"] == 100
    assert salve.json("feed", "import", "kev", kev(tmp_path, 60))["records"] == 60
    assert salve.json("feed", "import", "kev", kev(tmp_path, 1), "--force")["records"] == 1


def test_a_feed_keeps_its_kind(salve, tmp_path):
    salve.json("feed", "import", "kev", kev(tmp_path, 2), "--id", "mine")
    done = salve.run("feed", "import", "epss", kev(tmp_path, 2), "--id", "mine")
    assert done.returncode == 1 and "mine" in done.stderr and "--id" in done.stderr


def test_no_feed_of_that_name(salve):
    done = salve.run("feed", "show", "nothing")
    assert done.returncode == 3 and "salve feed list" in done.stderr


def test_a_broken_store_is_said(salve, tmp_path):
    broken = tmp_path / "broken.db"
    broken.write_text("this is no database, but long enough to be taken for one" * 100)
    done = salve.run("feed", "list", "--store", broken)
    assert done.returncode == 1 and "broken.db" in done.stderr
    assert broken.read_text().startswith("this is no database")


# --- check ---


def check_args(root, data, status="dpkg-status"):
    args = ["check", *scan_args(root, data)[1:]]
    args[args.index("--dpkg-status") + 1] = root / status
    return args


@pytest.mark.parametrize("name", ROOTS)
def test_check_codes(salve, data, name):
    root = data / "debian" / name
    done = salve.run(*check_args(root, data))
    assert done.returncode == 101 and re.match(r"\d+ updates, \d+ security, reboot ", done.stdout)
    done = salve.run(*check_args(root, data, "after/dpkg-status"))
    assert done.returncode == 0 and done.stdout.startswith("0 updates, 0 security")
    report = json.loads(salve.run(*check_args(root, data), "-o", "json").stdout)
    assert report["schema"] == "salve.scan/1"


def test_check_tells_updates_from_security_updates(salve, data, tmp_path):
    """Without the security archives the same hosts need updates, none of them for security."""
    lists = tmp_path / "lists"
    lists.mkdir()
    for path in (data / "debian/archive").iterdir():
        if "security" not in path.name:
            (lists / path.name).symlink_to(path)
    root = data / "debian" / ROOTS[0]
    (tmp_path / "status").write_text(
        (root / "dpkg-status").read_text().replace("Version: 12.4+deb12u", "Version: 12.4+deb12t"))
    args = check_args(root, data)
    args[args.index("--apt-lists") + 1] = lists
    args[args.index("--dpkg-status") + 1] = tmp_path / "status"
    done = salve.run(*args)
    assert done.returncode == 100, done.stdout
    assert re.match(r"[1-9]\d* updates, 0 security", done.stdout)


def test_check_that_sees_nothing_is_not_healthy(salve, host):
    """Neither archive nor feed: exit code 6, never 0 (unknown is no answer of "nothing to do")."""
    done = salve.run("check", *host)
    assert done.returncode == 6 and "no archive or feed" in done.stdout


def test_check_refuses_old_sources(salve, data):
    root = data / "debian" / ROOTS[0]
    assert salve.run(*check_args(root, data), "--max-age", "1000d").returncode == 101
    done = salve.run(*check_args(root, data), "--max-age", "1h")
    assert done.returncode == 11 and "old" in done.stderr
    assert salve.run(*check_args(root, data), env={"SALVE_MAX_AGE": "1h"}).returncode == 11


# --- explain ---


def test_explain_what_nobody_speaks_of(salve, host):
    done = salve.run("explain", *host, "CVE-1999-0001")
    assert done.returncode == 3 and "CVE-1999-0001" in done.stderr and done.stdout == ""


def test_explain_what_is_said_of_other_builds(salve, host, tmp_path):
    """Claims that do not apply are told from no claim at all."""
    (tmp_path / "list").write_text("[01 Nov 2026] DSA-9999-1 other - security update\n"
                                   f"\t{{{ONE}}}\n\t[bookworm] - other 2.0-1\n")
    done = salve.run("explain", *host, "--feed", f"debian-list:{tmp_path / 'list'}", ONE)
    assert done.returncode == 3 and "no source" in done.stderr


def test_a_dump_replays_the_same(salve, host, tmp_path):
    feed = tracker(tmp_path, status="resolved", fixed_version="1.0.9-3", urgency="high")
    path = tmp_path / "scenario.json"
    for subject in (ONE, "brotli"):
        told = salve.run("explain", *host, *feed, "--at", AT, subject, "--dump", path)
        assert told.returncode == 0 and "below the fixed 1.0.9-3" in told.stdout, told.stderr
        first = path.read_bytes()
        again = salve.run("explain", "--replay", path)
        assert again.stdout == told.stdout and again.returncode == 0
        assert salve.json("explain", "--replay", path) == json.loads(first)["findings"]
        salve.run("explain", *host, *feed, "--at", AT, subject, "--dump", path)
        assert path.read_bytes() == first  # deterministic
        assert str(tmp_path) not in path.read_text()  # says nothing of this machine


def test_a_dump_of_nothing_is_not_written(salve, host, tmp_path):
    path = tmp_path / "scenario.json"
    assert salve.run("explain", *host, "nothing", "--dump", path).returncode == 3
    assert not path.exists()


@pytest.mark.parametrize("edit,code", [
    (lambda d: d.update(schema="salve.scenario/99"), 1),
    (lambda d: d.update(surprise=1), 1),
    (lambda d: d.pop("schema"), 1),
])
def test_a_wrong_scenario_is_refused(salve, host, tmp_path, edit, code):
    feed = tracker(tmp_path, status="open")
    path = tmp_path / "scenario.json"
    assert salve.run("explain", *host, *feed, ONE, "--dump", path).returncode == 0
    document = json.loads(path.read_text())
    edit(document)
    path.write_text(json.dumps(document))
    done = salve.run("explain", "--replay", path)
    assert done.returncode == code and done.stdout == ""


# --- documents ---


def test_openvex_has_no_empty_document(salve, data):
    root = data / "debian" / ROOTS[0]
    args = scan_args(root, data)
    args[2] = root / "after/dpkg-status"
    done = salve.run(*args, "-o", "openvex")
    assert done.returncode == 3 and done.stdout == "" and "OpenVEX" in done.stderr
    for output in ("sarif", "cyclonedx", "json", "jsonl"):
        json.loads(salve.run(*args, "-o", output).stdout)


# --- feeds for one command ---


def test_given_feeds_stand_beside_each_other_and_leave_no_trace(salve, host, tmp_path):
    """Two files of one kind both count, and the store does not know them afterwards."""
    feeds = []
    for n, fixed in enumerate(["1.0.9-3", "1.0.9-4"]):
        path = tmp_path / f"{n}.json"
        path.write_text(json.dumps({"brotli": {f"CVE-2026-200{n}": {"releases": {"bookworm": {
            "status": "resolved", "fixed_version": fixed, "urgency": "high"}}}}}))
        feeds += ["--feed", f"debian-tracker:{path}"]
    store = tmp_path / "store.db"
    report = salve.json("scan", *host, *feeds, "--store", store, "--at", AT)
    assert {f["vulnerability"] for f in report["findings"]} == {"CVE-2026-2000", "CVE-2026-2001"}
    assert not [f for f in salve.json("feed", "list", "--store", store) if "given" in f["id"]]
    report = salve.json("scan", *host, "--store", store, "--at", AT)
    assert report["findings"] == []
