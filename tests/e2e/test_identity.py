"""Versions, scores and names through the program, against every vector."""

import ast
import json
import time

import pytest

SIGNS = {"lt": "-1", "eq": "0", "gt": "1", "-1": "-1", "0": "0", "1": "1"}


@pytest.mark.parametrize("scheme,name,heading", [
    ("deb", "dpkg-compare.tsv", True),
    ("rpm", "rpm-evr-compare.tsv", True),
    ("rpm", "rpmvercmp.tsv", True),
])
def test_version_vectors(salve, data, scheme, name, heading):
    rows = [line.split("\t") for line in (data / "vectors" / name).read_text().splitlines()]
    rows = rows[1:] if heading else rows
    assert len(rows) > 60
    done = salve.run("version", "compare", scheme, "--stdin",
                     stdin="".join(f"{a}\t{b}\n" for a, b, _ in rows))
    answers = done.stdout.splitlines()
    wrong = [(row, answer) for row, answer in zip(rows, answers, strict=True)
             if SIGNS[row[2]] != answer]
    assert not wrong


@pytest.mark.parametrize("scheme,name", [("apk", "alpine"), ("pacman", "alpm")])
def test_version_tables(salve, data, scheme, name):
    tests = json.loads((data / "vectors/vers" / f"{name}_version_cmp_test.json").read_text())
    pairs = []
    for test in tests["tests"]:
        if test["test_type"] == "equality":
            a, b = test["input"]["versions"]
            pairs.append((a, b, {"0"} if test["expected_output"] else {"-1", "1"}))
        elif test["test_type"] == "comparison":
            low, high = test["expected_output"]
            pairs.append((low, high, {"-1", "0"}))
    assert len(pairs) > 30
    done = salve.run("version", "compare", scheme, "--stdin",
                     stdin="".join(f"{a}\t{b}\n" for a, b, _ in pairs))
    wrong = [(pair, answer) for pair, answer in zip(pairs, done.stdout.splitlines(), strict=True)
             if answer not in pair[2]]
    assert not wrong


def test_version_errors_are_lines_of_their_own(salve):
    done = salve.run("version", "compare", "deb", "--stdin", stdin="1.0\t1.1\nx\n\t1\n1:\t2\n2\t1\n")
    assert done.stdout.splitlines() == ["-1", "error", "error", "error", "1"]
    assert done.returncode == 1
    assert "line 2" in done.stderr and "line 4" in done.stderr


def test_nothing_hangs_on_hostile_versions(salve):
    hostile = ["~" * 500, "1" * 500, "1." * 250, "0" * 500 + "1", "a" * 512, "1-" * 200, "^" * 400]
    for scheme in ("deb", "rpm", "apk", "pacman"):
        for text in hostile:
            begun = time.monotonic()
            done = salve.run("version", "compare", scheme, text, "1", timeout=5)
            assert done.returncode in (0, 1)
            assert time.monotonic() - begun < 2


def cvss_rows(folder):
    for path in sorted(folder.iterdir()):
        for line in path.read_text().splitlines():
            vector, _, scores = line.partition(" - ")
            if scores:
                yield vector, ast.literal_eval(scores)


def test_cvss_vectors(salve, data):
    rows = list(cvss_rows(data / "vectors/cvss"))
    assert len(rows) > 4000
    done = salve.run("cvss", "--stdin", stdin="".join(v + "\n" for v, _ in rows))
    assert done.returncode == 0, done.stderr[:400]
    for (vector, scores), line in zip(rows, done.stdout.splitlines(), strict=True):
        version, *got = line.split("\t")[:5]
        if version == "4.0":
            assert float(got[3]) == scores[0], vector
            continue
        for want, have in zip(scores, got):
            assert (have == "-") if want is None else (abs(want) == float(have)), (vector, line)


def test_cvss_refuses(salve):
    bad = ["", "AV:N", "CVSS:3.1/AV:N/AC:L", "CVSS:9.9/AV:N", "CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:U"
           "/C:N/I:N/A:N", "hello", "CVSS:4.0/AV:N"]
    done = salve.run("cvss", "--stdin", stdin="".join(b + "\n" for b in bad))
    assert done.stdout.splitlines() == ["error"] * len(bad)
    assert done.returncode == 1


def test_purl_vectors(salve, data):
    checked = 0
    for path in sorted((data / "vectors/purl").glob("*.json")):
        for test in json.loads(path.read_text())["tests"]:
            text = test["input"]
            if test["test_type"] != "validate" or not isinstance(text, str):
                continue
            done = salve.run("purl", "--stdin", stdin=text + "\n")
            want = "error" if test["expected_failure"] else test["expected_output"]
            assert done.stdout == want + "\n", (path.name, test["description"])
            checked += 1
    assert checked > 100


def test_ssvc_by_flags(salve):
    answer = salve.json("ssvc", "--exploitation=active", "--exposure=open", "--automatable=yes",
                        "--human-impact=very-high")
    assert answer["worst"] == answer["best"] == "immediate"
    answer = salve.json("ssvc", "--exploitation=none", "--exposure=small")
    assert answer["best"] == "defer" and not answer["certain"]
    done = salve.run("ssvc", "--exploitation=perhaps")
    assert done.returncode == 2 and "active" in done.stderr
