"""The document of the API: as it was, and before independent judges."""

import json
import os
import re
import shutil
import subprocess

import pytest

from conftest import ROOT, program

GOLDEN = ROOT / "tests/golden/openapi.json"
JUDGES = ROOT / "tests/judges"


def printed(option):
    return subprocess.run([program("salved"), option], capture_output=True, text=True,
                          check=True).stdout


def test_golden():
    text = printed("--print-openapi")
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(text)
    assert text == GOLDEN.read_text(), "openapi.json changed: if it should, run with UPDATE_GOLDEN=1"


def test_every_operation_names_its_permission():
    rows = [line.split(maxsplit=3) for line in printed("--print-routes").splitlines()]
    assert len(rows) > 5
    for _, path, permission, _ in rows:
        assert permission in ("public", "agent") or re.fullmatch(r"[a-z]+:[a-z]+(\+part)?", permission), path


@pytest.fixture(scope="module")
def judges():
    if not shutil.which("npm") or not shutil.which("node"):
        pytest.skip("node and npm are not installed")
    modules = JUDGES / "node_modules"
    if not (modules / "@redocly").is_dir() or not (modules / "@stoplight").is_dir():
        done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund",
                               "--omit=optional"], cwd=JUDGES, capture_output=True, text=True)
        if done.returncode != 0:
            pytest.skip(f"the judges cannot be installed: {done.stderr[-200:]}")
    return modules


def run_judge(judges, tmp_path, *args):
    return subprocess.run(["node", *map(str, args)], cwd=tmp_path, capture_output=True, text=True,
                          timeout=300, env={"PATH": os.environ["PATH"], "HOME": str(tmp_path),
                                            "REDOCLY_TELEMETRY": "off", "CI": "true"})


def test_redocly(judges, tmp_path):
    (tmp_path / "redocly.yaml").write_text("extends: [recommended]\n")
    done = run_judge(judges, tmp_path, judges / "@redocly/cli/bin/cli.js", "lint", GOLDEN,
                     "--format=json")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    verdict = json.loads(done.stdout)
    assert verdict["totals"] == {"errors": 0, "warnings": 0, "ignored": 0}, verdict["problems"]


def test_spectral(judges, tmp_path):
    (tmp_path / "ruleset.yaml").write_text("extends: spectral:oas\n")
    done = run_judge(judges, tmp_path, judges / "@stoplight/spectral-cli/dist/index.js", "lint",
                     "--ruleset", tmp_path / "ruleset.yaml", "--fail-severity=warn", GOLDEN)
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    assert "No results" in done.stdout


def test_judges_can_complain(judges, tmp_path):
    """A broken document is one: the judges are awake."""
    broken = tmp_path / "broken.json"
    broken.write_text(GOLDEN.read_text().replace('"operationId": "get_feeds"',
                                                 '"operationId": "get_feeds_feed"'))
    (tmp_path / "redocly.yaml").write_text("extends: [recommended]\n")
    (tmp_path / "ruleset.yaml").write_text("extends: spectral:oas\n")
    assert run_judge(judges, tmp_path, judges / "@redocly/cli/bin/cli.js", "lint",
                     broken).returncode != 0
    assert run_judge(judges, tmp_path, judges / "@stoplight/spectral-cli/dist/index.js", "lint",
                     "--ruleset", tmp_path / "ruleset.yaml", broken).returncode != 0
