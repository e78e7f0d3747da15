"""The table of OWASP ASVS 5.0.0 (tests/asvs) against the tests it names and docs/security.md."""

import collections
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
ASVS = ROOT / "tests/asvs"
STATES = ["met", "design", "open", "na", "console"]
Row = collections.namedtuple("Row", "id level state subject evidence")


def lines(name):
    return [line for line in (ASVS / name).read_text().splitlines() if not line.startswith("#")]


def levels():
    """{id: level} of every requirement there is."""
    return {f"{section}.{n}": level for section, digits in map(str.split, lines("levels.txt"))
            for n, level in enumerate(digits, 1)}


TABLE = [Row(*line.split(" | ")) for line in lines("table.txt")]


def is_test(name):
    """tests/…_test.py::test_x or src/room/noun_test.c:/path/of/gtest"""
    path, _, test = name.partition(":")
    if not (ROOT / path).is_file():
        return False
    text = (ROOT / path).read_text()
    if test.startswith(":"):
        return re.search(rf"^def {test[1:]}\(", text, re.M) is not None
    group, last = test.rsplit("/", 1)
    return f'"{test}"' in text or (f'"{group}/"' in text and f'"{last}"' in text)


def test_every_requirement_has_its_row(capsys):
    """All of levels 1 and 2, and of level 3 what matters here."""
    want = levels()
    counts = collections.Counter(want.values())
    assert counts == {"1": 70, "2": 183, "3": 92}, "levels.txt is not ASVS 5.0.0"
    ids = [row.id for row in TABLE]
    assert len(ids) == len(set(ids)), [i for i, n in collections.Counter(ids).items() if n > 1]
    assert not [i for i, level in want.items() if level < "3" and i not in ids]
    assert not [row for row in TABLE if want.get(row.id) != row.level]
    states = collections.Counter(row.state for row in TABLE)
    with capsys.disabled():
        print("\nASVS 5.0.0:", ", ".join(f"{states[state]} {state}" for state in STATES))


def test_no_cell_is_empty():
    wrong = [row for row in TABLE if row.state not in STATES or not all(map(str.strip, row)) or
             len(row.subject.split()) > 12 or (row.evidence == "-") != (row.state == "console")]
    assert not wrong, wrong


def test_what_is_met_is_tested():
    wrong = [f"{row.id}: there is no {name}" for row in TABLE if row.state == "met"
             for name in row.evidence.split() if not is_test(name)]
    assert not wrong, "\n".join(wrong)


def test_a_test_that_is_not_there_is_noticed():
    assert is_test("tests/lint/asvs_test.py::test_no_cell_is_empty")
    for name in ("tests/lint/asvs_test.py::test_no_cell", "tests/lint/none.py::test_no_cell_is_empty",
                 "src/trust/token_test.c:/token/none", "src/trust/token_test.c:/token"):
        assert not is_test(name), name


def test_what_holds_by_design_names_its_place():
    """A file, or the section of a page, and why."""
    for row in TABLE:
        if row.state != "design":
            continue
        for place in row.evidence.split("; "):
            path, _, why = place.partition(": ")
            path = path.split()[0]
            if "/" in path or "." in path:
                assert (ROOT / path).is_file(), (row.id, path)
        path, _, why = row.evidence.partition(": ")
        assert why, row
        if path == "docs/security.md" and row.id not in ("V12.3.3", "V16.2.3"):
            assert f"\n## {why.capitalize()}\n" in (ROOT / path).read_text(), (row.id, why)


def test_what_is_open_is_told():
    page = (ROOT / "docs/security.md").read_text()
    told = dict(re.findall(r"^\| (V[\d.]+) \| (.*) \|$", page, re.M))
    assert told == {row.id: row.evidence for row in TABLE if row.state == "open"}


def test_words_that_anyone_would_try_are_documented():
    code = (ROOT / "src/trust/password.c").read_text()
    array = re.search(r"guessed_words\[\] = {(.*?)NULL}", code, re.S).group(1)
    page = (ROOT / "docs/security.md").read_text()
    told = re.search(r"words that anyone would try \((.*?)\)", page, re.S).group(1)
    assert set(re.findall(r'"(\w+)"', array)) == set(re.findall(r"`(\w+)`", told))
