"""What users and programs see, held against files: a change of it shows in the diff.

UPDATE_GOLDEN=1 writes the files anew.
"""

import os
import pathlib
import re
import shutil
import sqlite3
import subprocess

import pytest

from conftest import BUILD, SANITIZED

GOLDEN = pathlib.Path(__file__).resolve().parents[1] / "golden"
COMMAND = re.compile(r"^  ([a-z-]+(?: [a-z-]+)?) {2,}\S", re.M)


def compare(name, text):
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text)
    assert path.exists(), f"{path} is missing: run with UPDATE_GOLDEN=1 and look at it"
    assert text == path.read_text(), f"{name} changed: if it should, run with UPDATE_GOLDEN=1"


def output(salve, *args):
    done = salve.run(*args)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    return done.stdout


def commands(salve):
    names = COMMAND.findall(output(salve, "--help"))
    assert len(names) > 10
    return names


def test_commands(salve):
    """One file holds the overview and the help of every command."""
    parts = [output(salve, "--help")]
    for name in commands(salve):
        text = output(salve, *name.split(), "--help")
        assert text == output(salve, "help", *name.split())
        parts.append(text)
    compare("help.txt", f"\n{'-' * 80}\n".join(parts))


@pytest.mark.parametrize("name", ["salved", "salve-agent"])
def test_other_programs(salve, name):
    done = subprocess.run([BUILD / name, "--help"], capture_output=True, text=True, env=salve.env)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    compare(f"{name}-help.txt", done.stdout)


def test_manual(salve):
    """Settings and exit codes are in it too."""
    compare("salve.1.scd", output(salve, "help", "--man"))


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completions(salve, shell):
    compare(f"completion.{shell}", output(salve, "help", "--completion", shell))


def test_exit_codes(salve):
    """Those of the manual are those that operators read, in their own words."""
    manual = output(salve, "help", "--man").split("# EXIT STATUS")[1]
    codes = [int(code) for code in re.findall(r"^\*(\d+)\*$", manual, re.M)]
    assert codes == sorted(codes) and len(codes) == len(set(codes))
    guide = (GOLDEN.parents[1] / "docs/operator.md").read_text().split("## Exit codes")[1]
    rows = re.findall(r"^\| ([\d, ]+) \|", guide.split("\n## ")[0], re.M)
    assert codes == [int(code) for row in rows for code in row.split(",")]


def test_records():
    program = SANITIZED / "tests/golden/records"
    if not program.exists():
        pytest.skip("the sanitized build is not here")
    done = subprocess.run([program], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    compare("records.txt", done.stdout)


def one_column_a_line(sql):
    return sql.replace(", ", ",\n  ") if sql.startswith("CREATE TABLE") else sql


def test_store(salve, tmp_path):
    """Every table and index of a fresh store, and the digests of the migrations that made them: a
    released migration never changes."""
    path = tmp_path / "fresh.db"
    output(salve, "feed", "list", "--store", path)
    with sqlite3.connect(path) as store:
        rows = store.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL "
                             "ORDER BY name").fetchall()
        made = store.execute("SELECT number, name, sha256 FROM schema_migration ORDER BY number")
        migrations = "".join(f"-- {number} {name} {sha256}\n" for number, name, sha256 in made)
    assert {"feed", "feed_statement", "host", "scan", "finding"} <= {name for _, name, _ in rows}
    assert migrations
    compare("store.sql", "\n\n".join([migrations, *(f"{one_column_a_line(sql)};" for _, _, sql in rows)])
            + "\n")


# --- agreement between what comes from the one table of commands ---


def test_the_manual_page_is_well_formed(salve):
    if not shutil.which("scdoc"):
        pytest.skip("scdoc is not installed")
    manual = output(salve, "help", "--man")
    page = subprocess.run(["scdoc"], input=manual, text=True, capture_output=True)
    assert page.returncode == 0, page.stderr
    for name in commands(salve):
        assert f"salve {name}" in page.stdout


def complete(salve, tmp_path, *words):
    script = 'eval "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _salve; ' \
             'printf "%s\\n" "${COMPREPLY[@]}"'
    text = output(salve, "help", "--completion", "bash")
    done = subprocess.run(["bash", "-c", script, "bash", text, *words], cwd=tmp_path, text=True,
                          capture_output=True)
    assert done.stderr == ""
    return done.stdout.split()


def test_bash_completes_every_command_and_option(salve, tmp_path):
    if not shutil.which("bash"):
        pytest.skip("bash is not installed")
    names = [name.split() for name in commands(salve)]
    assert set(complete(salve, tmp_path, "salve", "")) == {name[0] for name in names}
    assert set(complete(salve, tmp_path, "salve", "feed", "")) == {
        name[1] for name in names if name[0] == "feed"}
    for name in names:
        options = re.findall(r"^  (?:-\w, |    )(--[a-z-]+)", output(salve, *name, "--help"), re.M)
        assert "--help" in options
        assert set(complete(salve, tmp_path, "salve", *name, "--")) == set(options), name
