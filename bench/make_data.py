#!/usr/bin/python3
"""make_data.py DATA OUT ROWS PACKAGES

One Debian 12 host of PACKAGES packages and ROWS statements (source, flaw, fixed version), the same
in three forms: tracker JSON, debsecan's own format, OVAL. Names and versions are real: the
archive's package index, root b, the versions of the DSA list; how many flaws a source has follows
its share of the DSA list. Flaw ids are made up. The same input always gives the same bytes.
"""

import json
import pathlib
import random
import re
import shutil
import subprocess
import sys
import zlib
from collections import defaultdict
from itertools import accumulate
from xml.sax.saxutils import escape

OPEN, NOT_AFFECTED = None, "0"  # in place of a fixed version
UNLIKELY = re.compile(r"^linux-|-dbg$")  # as packages on top of those of a real server
SIGNED = "linux-signed-"
DSA_VERSION = re.compile(r"\t\[(?:bullseye|buster|stretch|jessie)\] - (\S+) (\S+)")


def text_of(path):
    if path.suffix != ".zst":
        return path.read_text()
    unpacked = subprocess.run(["zstd", "-dcq", str(path)], capture_output=True, check=True)
    return unpacked.stdout.decode()


def stanzas(path):
    for block in text_of(path).split("\n\n"):
        if block.strip():
            yield dict(re.findall(r"^([A-Za-z0-9-]+): *(.*)$", block, re.M)), block


def source_of(package):
    name, _, version = package.get("Source", package["Package"]).partition(" (")
    return name, version.rstrip(")") or package["Version"]


class Archive:
    """What Debian 12 ships: binaries by source, and the real versions each source has had."""

    def __init__(self, data):
        folder = data / "debian/archive"
        self.binaries, self.fields = {}, defaultdict(list)
        self.main, self.security = {}, {}
        self.old, self.flaws = defaultdict(list), defaultdict(lambda: 1)
        for fields, block in stanzas(folder / "bookworm_main_binary-amd64_Packages.zst"):
            source, self.main[source] = source_of(fields)
            self.binaries[fields["Package"]] = block
            self.fields[source].append(fields)
        for fields, _ in stanzas(folder / "bookworm-security_main_binary-amd64_Packages.zst"):
            source, version = source_of(fields)
            self.security[source] = version
        self.read_dsa_list(text_of(data / "debian/tracker/DSA-list.zst"))

    def read_dsa_list(self, text):
        named = 0
        for line in text.splitlines():
            if line.startswith("["):
                named = 0
            elif line.startswith("\t{"):
                named = line.count("CVE-")
            elif (found := DSA_VERSION.match(line)) and found[1] in self.main:
                self.old[found[1]].append(found[2])
                self.flaws[found[1]] += named


def choose_fix(archive, source, dice):
    """Most flaws were mended long ago, some by the security archive, some not at all."""
    old = archive.old.get(source)
    drawn = dice.random()
    if drawn < 0.03:
        return OPEN
    if drawn < 0.15:
        return NOT_AFFECTED
    if drawn < 0.25 and source in archive.security:
        return archive.security[source]
    return dice.choice(old) if old and drawn < 0.85 else archive.main[source]


def make_rows(archive, count, dice):
    sources = sorted(s for s in archive.main if not s.startswith(SIGNED))
    weights = list(accumulate(archive.flaws[s] for s in sources))
    rows, numbers, flaw = [], defaultdict(int), ""
    seen = set()
    while len(rows) < count:
        source = dice.choices(sources, cum_weights=weights)[0]
        if not flaw or dice.random() > 0.05:  # some flaws are in several sources
            year = dice.randint(2002, 2026)
            numbers[year] += 1
            flaw = f"CVE-{year}-{numbers[year]:04d}"
        if (source, flaw) not in seen:
            seen.add((source, flaw))
            rows.append((source, flaw, choose_fix(archive, source, dice)))
    return sorted(rows, key=lambda row: row[:2])


def make_status(archive, root, count, dice):
    """Root b, and packages on top: half of sources with advisories, half of any."""
    text = (root / "dpkg-status").read_text().rstrip("\n")
    installed = {fields["Package"] for fields, _ in stanzas(root / "dpkg-status")}
    fit = {name for name in archive.binaries if not UNLIKELY.search(name)}
    busy = sorted(f["Package"] for s in archive.flaws for f in archive.fields[s])
    wanted = (dice.sample([name for name in busy if name in fit], count)
              + dice.sample(sorted(fit), count))
    extra = [name for pair in zip(wanted[:count], wanted[count:]) for name in pair]
    extra = [name for name in dict.fromkeys(extra) if name not in installed]
    blocks = [text]
    for name in extra[:count - len(installed)]:
        kept = [line for line in archive.binaries[name].splitlines()
                if not re.match(r"Filename|Size|MD5sum|SHA256|Description-md5", line)]
        blocks.append("\n".join([kept[0], "Status: install ok installed", *kept[1:]]))
    return "\n\n".join(blocks) + "\n\n"


def sentence(source, flaw):
    return f"A flaw of {source} under the made-up id {flaw}: a crafted input is not checked."


def write_tracker(path, rows):
    tree = defaultdict(dict)
    for source, flaw, fixed in rows:
        entry = {"status": "open" if fixed is OPEN else "resolved", "urgency": "not yet assigned"}
        if fixed is not OPEN:
            entry["fixed_version"] = fixed
        tree[source][flaw] = {"description": sentence(source, flaw), "scope": "remote",
                              "releases": {"bookworm": entry}}
    path.write_text(json.dumps(tree, separators=(",", ":")))


def write_debsecan(path, rows, archive):
    """VERSION 1: flaws, then statements by number of the flaw, then binaries of each source."""
    names = sorted({flaw: source for source, flaw, _ in rows}.items())
    number = {flaw: n for n, (flaw, _) in enumerate(names)}
    lines = ["VERSION 1", *(f"{flaw},,{sentence(source, flaw)}" for flaw, source in names), ""]
    lines += [f"{source},{number[flaw]},S ?{'F' if fixed not in (OPEN, NOT_AFFECTED) else ' '},"
              f"{fixed or ''}," for source, flaw, fixed in rows]
    lines.append("")
    for source in sorted({row[0] for row in rows}):
        lines.append(f"{source},{' '.join(f['Package'] for f in archive.fields[source])}")
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(zlib.compress("\n".join([*lines, "", ""]).encode()))


def evr(version):
    return version if ":" in version else "0:" + version


class Numbers(dict):
    def __missing__(self, key):
        self[key] = len(self) + 1
        return self[key]


OVAL_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<oval_definitions xmlns="http://oval.mitre.org/XMLSchema/oval-definitions-5"
 xmlns:oval="http://oval.mitre.org/XMLSchema/oval-common-5"
 xmlns:linux="http://oval.mitre.org/XMLSchema/oval-definitions-5#linux">
<generator><oval:schema_version>5.11.1</oval:schema_version>
<oval:timestamp>2026-11-22T00:00:00</oval:timestamp></generator>
"""


def write_oval(path, rows, binary_of):
    """One definition per row; tests, objects and states are shared wherever they can be."""
    tests, objects, states = Numbers(), Numbers(), Numbers()
    with path.open("w") as out:
        out.write(OVAL_HEAD + "<definitions>\n")
        for n, (source, flaw, fixed) in enumerate(rows):
            test = tests[(objects[binary_of(source)], states[fixed] if fixed is not OPEN else 0)]
            out.write(f'<definition id="oval:bench:def:{n + 1}" version="1" class="vulnerability">'
                      f"<metadata><title>{flaw} {escape(source)}</title>"
                      f"<description>{escape(sentence(source, flaw))}</description></metadata>"
                      f'<criteria><criterion test_ref="oval:bench:tst:{test}"/></criteria>'
                      "</definition>\n")
        out.write("</definitions>\n<tests>\n")
        for (item, state), n in tests.items():
            below = f'<linux:state state_ref="oval:bench:ste:{state}"/>' if state else ""
            out.write(f'<linux:dpkginfo_test id="oval:bench:tst:{n}" version="1" check="all"'
                      f' check_existence="at_least_one_exists" comment="below the fix">'
                      f'<linux:object object_ref="oval:bench:obj:{item}"/>{below}'
                      "</linux:dpkginfo_test>\n")
        out.write("</tests>\n<objects>\n")
        for name, n in objects.items():
            out.write(f'<linux:dpkginfo_object id="oval:bench:obj:{n}" version="1">'
                      f"<linux:name>{escape(name)}</linux:name></linux:dpkginfo_object>\n")
        out.write("</objects>\n<states>\n")
        for version, n in states.items():
            out.write(f'<linux:dpkginfo_state id="oval:bench:ste:{n}" version="1">'
                      '<linux:evr datatype="debian_evr_string" operation="less than">'
                      f"{escape(evr(version))}</linux:evr></linux:dpkginfo_state>\n")
        out.write("</states>\n</oval_definitions>\n")


def read_installed(status):
    """(binary, its version, source, source version) of each package. Signed kernels are built from
    the source linux and have its version with a plus ("6.1.176+1" of "6.1.176-1")."""
    for fields, _ in stanzas(status):
        source, version = source_of(fields)
        if source.startswith(SIGNED):
            source, version = "linux", version.replace("+", "-")
        yield fields["Package"], fields["Version"], source, version


def write_apt_config(out):
    """oscap asks apt's library for packages: this one knows nothing but the made status file."""
    (out / "apt/lists/partial").mkdir(parents=True, exist_ok=True)
    (out / "apt/cache/archives/partial").mkdir(parents=True, exist_ok=True)
    here = out.resolve()
    (out / "apt.conf").write_text(
        f'Dir::State "{here}/apt";\nDir::State::lists "{here}/apt/lists";\n'
        f'Dir::State::status "{here}/status";\nDir::Cache "{here}/apt/cache";\n'
        f'Dir::Etc "{here}/apt";\n')


def binary_chooser(archive, installed):
    """OVAL knows binaries only: of each source the installed one whose version is the source's."""
    chosen = {}
    for name, version, source, source_version in installed:
        if source not in chosen or version == source_version:
            chosen[source] = name
    return lambda source: chosen.get(source) or archive.fields[source][0]["Package"]


def main():
    data, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    count, packages = int(sys.argv[3]), int(sys.argv[4])
    dice = random.Random(12)
    archive = Archive(data)
    root = data / "debian/rootfs-b-bookworm-server"
    out.mkdir(parents=True, exist_ok=True)
    status = out / "status"
    status.write_text(make_status(archive, root, packages, dice))
    shutil.copyfile(root / "os-release", out / "os-release")
    installed = list(read_installed(status))
    (out / "packages.tsv").write_text("".join(f"{b}\t{s}\t{v}\n" for b, _, s, v in installed))
    write_apt_config(out)
    rows = make_rows(archive, count, dice)
    (out / "rows.tsv").write_text("".join(f"{s}\t{f}\t{v or '-'}\n" for s, f, v in rows))
    write_tracker(out / "tracker.json", rows)
    write_debsecan(out / "debsecan/bookworm", rows, archive)
    write_oval(out / "oval.xml", rows, binary_chooser(archive, installed))


if __name__ == "__main__":
    main()
