"""What the end-to-end tests share: the program as users get it, and the real data."""

import json
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("SALVE_BUILD", ROOT / "build"))
SANITIZED = pathlib.Path(os.environ.get("SALVE_TEST_BUILD", ROOT / "build-test"))
DATA = pathlib.Path(os.environ.get("SALVE_TEST_DATA", ROOT.parent / "shared" / "data"))


class Salve:
    """Runs the program without a shell, with a home of its own, and a limit on time."""

    def __init__(self, home, program):
        self.program = program
        self.env = {
            "PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8",
            "XDG_CONFIG_HOME": str(home / "config"), "XDG_DATA_HOME": str(home / "data"),
            "XDG_CACHE_HOME": str(home / "cache"),
        }

    def run(self, *args, stdin=None, timeout=120, env=None):
        return subprocess.run([str(self.program), *map(str, args)], input=stdin, text=True,
                              capture_output=True, timeout=timeout, env={**self.env, **(env or {})})

    def json(self, *args, **kwargs):
        done = self.run(*args, "-o", "json", **kwargs)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture
def salve(tmp_path):
    program = BUILD / "salve"
    assert program.exists(), f"{program} is not built"
    return Salve(tmp_path, program)


@pytest.fixture
def sanitized(tmp_path):
    """The same program with address and undefined-behaviour sanitizers."""
    program = SANITIZED / "salve"
    if not program.exists():
        pytest.skip("the sanitized build is not here")
    return Salve(tmp_path, program)


@pytest.fixture
def data():
    if not DATA.is_dir():
        pytest.skip("the shared data is not here")
    return DATA
