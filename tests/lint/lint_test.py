"""The house rules as failing tests: each message names the rule and what to write instead."""

import os
import pathlib
import re
import shutil
import statistics
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
GROUND = ["base", "db", "net", "pkg", "trust"]
ROOMS = ["access", "inventory", "advisory", "exposure", "triage", "change", "rollout", "evidence"]
PROGRAMS = ["server", "agent", "cli"]
# The ground floor has an order too: a row may use the rows above it.
ORDER = GROUND + ROOMS

FOREIGN = {
    "sqlite3.h": "db", "libpq-fe.h": "db", "curl/": "net", "microhttpd.h": "net", "gnutls/": "net",
    "ldap.h": "net", "lber.h": "net",
    "archive.h": "base", "archive_entry.h": "base", "lzma.h": "base", "zlib.h": "base",
    "seccomp.h": "base",
    "expat.h": "base", "sodium.h": "trust",
    "solv/": "change", "roaring/": "exposure", "libsmartcols.h": "cli", "systemd/": "server", "jansson.h": "base",
}
BANNED = {
    "system": "sv_run", "popen": "sv_run", "strcpy": "g_strlcpy", "strcat": "GString",
    "sprintf": "g_strdup_printf", "vsprintf": "g_strdup_vprintf", "gets": "sv_stream_read",
    "strtok": "g_strsplit", "alloca": "g_malloc", "atoi": "sv_text_parse_int64",
    "execvp": "sv_run", "execlp": "sv_run", "goto": "a smaller function",
}
SQL = re.compile(r'"\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE TABLE|ALTER TABLE)\s')


def sources(*suffixes):
    found = [p for s in suffixes for p in sorted((ROOT / "src").rglob(f"*{s}"))]
    assert found, "no sources found: the rules would hold for nothing"
    return found


def room_of(path):
    return path.relative_to(ROOT / "src").parts[0]


def is_test(path):
    return path.name.endswith("_test.c")


def code_of(path):
    """The text without comments and string contents, so that only code is looked at."""
    text = path.read_text()
    text = re.sub(r"/\*.*?\*/", lambda m: "\n" * m.group().count("\n"), text, flags=re.S)
    return re.sub(r'"(?:[^"\\\n]|\\.)*"', '""', text)


def test_include_law():
    wrong = []
    for path in sources(".c", ".h"):
        room = room_of(path)
        for n, line in enumerate(path.read_text().splitlines(), 1):
            m = re.match(r'#include "(\w+)/(\w+)\.h"', line)
            if not m or m.group(1) == room or room in PROGRAMS:
                continue
            other, header = m.groups()
            if other not in ORDER or ORDER.index(other) > ORDER.index(room):
                wrong.append(f"{path}:{n}: '{room}' may not look into the later room '{other}'")
            elif header != other and not is_test(path):
                wrong.append(f"{path}:{n}: come through the door: \"{other}/{other}.h\"")
    assert not wrong, "\n".join(wrong)


def test_each_foreign_header_in_one_folder():
    wrong = []
    for path in sources(".c", ".h"):
        for n, line in enumerate(path.read_text().splitlines(), 1):
            m = re.match(r"#include <([^>]+)>", line)
            for name, home in FOREIGN.items():
                if m and m.group(1).startswith(name) and room_of(path) != home:
                    wrong.append(f"{path}:{n}: <{m.group(1)}> belongs in src/{home} alone")
    assert not wrong, "\n".join(wrong)


def test_sql_only_in_stores():
    wrong = [
        f"{path}:{n}: SQL belongs in a *_store.c file"
        for path in sources(".c", ".h")
        if room_of(path) != "db" and not path.name.endswith("_store.c") and not is_test(path)
        for n, line in enumerate(path.read_text().splitlines(), 1)
        if SQL.search(line)
    ]
    assert not wrong, "\n".join(wrong)


def test_the_agent_keeps_no_store_and_judges_nothing():
    """Law of the house: the agent links base, net, pkg and the collectors. What it pulls in besides
    is seen in the program itself."""
    build = pathlib.Path(os.environ.get("SALVE_TEST_BUILD", ROOT / "build-test"))
    agent = build / "salve-agent"
    if not agent.exists() or not shutil.which("nm"):
        pytest.skip("the agent is not built")
    names = subprocess.run(["nm", "--defined-only", agent], capture_output=True, text=True,
                           check=True).stdout
    assert "sv_inventory_collect" in names
    later = re.findall(r"\bsv_(?:db|query|router|server|exposure|feed|host_check_in)_\w+", names)
    assert not later, f"the agent holds {sorted(set(later))}: it must work without"


@pytest.mark.parametrize("name", sorted(BANNED))
def test_banned_call(name):
    pattern = re.compile(rf"(?<![\w.>]){name}\b" + ("" if name == "goto" else r"\s*\("))
    wrong = [
        f"{path}:{n}: no {name}: use {BANNED[name]}"
        for path in sources(".c", ".h")
        for n, line in enumerate(code_of(path).splitlines(), 1)
        if pattern.search(line)
    ]
    assert not wrong, "\n".join(wrong)


def test_file_length_ends_at_800():
    wrong = [f"{p}: {n} lines; split it" for p in sources(".c", ".h")
             if (n := len(p.read_text().splitlines())) > 800]
    assert not wrong, "\n".join(wrong)


def test_lines_end_at_100_columns():
    wrong = [f"{p}:{n}: {len(line)} columns" for p in sources(".c", ".h")
             for n, line in enumerate(p.read_text().splitlines(), 1) if len(line) > 100]
    assert not wrong, "\n".join(wrong)


def test_function_length_ends_at_70(capsys):
    if not shutil.which("ctags"):
        pytest.skip("ctags is not installed")
    tags = subprocess.run(
        ["ctags", "--languages=C", "--kinds-C=f", "--fields=+ne", "-f", "-",
         *[str(p) for p in sources(".c")]], capture_output=True, text=True, check=True).stdout
    spans = {}
    for row in tags.splitlines():
        begin = re.search(r"\tline:(\d+)", row)
        end = re.search(r"\tend:(\d+)", row)
        if begin and end:
            name, path = row.split("\t")[:2]
            spans[f"{path}:{begin.group(1)}: {name}"] = int(end.group(1)) - int(begin.group(1)) + 1
    assert len(spans) > 100, "ctags saw too few functions"
    lengths = sorted(spans.values())
    with capsys.disabled():
        print(f"\nfunctions: {len(lengths)}, median {statistics.median(lengths):.0f}, "
              f"p90 {lengths[int(len(lengths) * 0.9)]}, longest {lengths[-1]}")
    wrong = [f"{where}: {n} lines; a table or a smaller step hides in it"
             for where, n in spans.items() if n > 70]
    assert not wrong, "\n".join(wrong)


def test_each_room_has_its_page_and_door():
    wrong = []
    for room in GROUND + ROOMS:
        folder = ROOT / "src" / room
        if not list(folder.glob("*.c")):
            continue
        for name in ("README.md", f"{room}.h"):
            if not (folder / name).exists():
                wrong.append(f"src/{room}/{name} is missing")
    assert not wrong, "\n".join(wrong)


def test_each_noun_is_tested():
    """A rule file without a test beside it, or in its room, is untested code."""
    wrong = []
    for room in GROUND + ROOMS:
        folder = ROOT / "src" / room
        if list(folder.glob("*.c")) and not list(folder.glob("*_test.c")):
            wrong.append(f"src/{room} has no unit test")
    assert not wrong, "\n".join(wrong)


def test_no_test_is_left_out_of_the_build():
    wrong = []
    for path in sources("_test.c"):
        if path.name not in (path.parent / "meson.build").read_text():
            wrong.append(f"{path} is not in its meson.build")
    assert not wrong, "\n".join(wrong)


def tracked():
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    return [ROOT / name for name in listing.stdout.decode().split("\0") if name]


def lines_of_the_project():
    """(path, line number, line) of every tracked text file."""
    for path in tracked():
        try:
            text = path.read_text() if path.is_file() else ""
        except UnicodeDecodeError:
            continue
        for n, line in enumerate(text.splitlines(), 1):
            yield path, n, line


# Hosts by URL, or by a bare name that could be one.
HOST = re.compile(r"https?://(?:[^/\s\"'@]*@)?([A-Za-z0-9.-]+)"
                  r"|\b((?:[a-z0-9-]+\.)+(?:org|com|net|io|dev|gov))\b")
NAMED = {
    # the feeds that salve knows by name
    "codeload.github.com", "epss.empiricalsecurity.com", "salsa.debian.org",
    "osv-vulnerabilities.storage.googleapis.com", "security-tracker.debian.org", "www.cisa.gov",
    # formats by the names of their schemas, and where a reader finds more
    "cyclonedx.org", "json.schemastore.org", "openvex.dev", "oval.mitre.org", "www.apache.org",
    "www.cve.org",
    # part of names in package URLs
    "bitbucket.org", "github.com",
    # the host itself, and where clouds keep secrets: never to be fetched from
    "localhost", "127.0.0.1", "169.254.169.254",
}


def test_no_other_hosts_are_named():
    """Mirrors and registries are the user's to name: examples end in .example."""
    wrong = [f"{path}:{n}: '{host}': write mirror.example, or add it to NAMED"
             for path, n, line in lines_of_the_project()
             for host in (m.group(1) or m.group(2) for m in HOST.finditer(line))
             if host not in NAMED and not host.rstrip(".").endswith(".example")]
    assert not wrong, "\n".join(wrong)


def test_no_paths_of_a_developers_machine():
    places = re.compile("/" + "work/|/" + "root/")
    wrong = [f"{path}:{n}: {line.strip()[:80]}" for path, n, line in lines_of_the_project()
             if places.search(line)]
    assert not wrong, "\n".join(wrong)
