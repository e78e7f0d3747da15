"""Other people's formats, before their own judges."""

import json
import os
import pathlib
import shutil
import subprocess

import pytest

from test_scan_debian import ROOTS, scan_args

JUDGES = pathlib.Path(__file__).resolve().parents[1] / "judges"


@pytest.fixture(scope="module")
def judges():
    """The judges as pinned npm packages; installed once, offline afterwards."""
    if not shutil.which("npm"):
        pytest.skip("npm is not installed")
    modules = JUDGES / "node_modules"
    if not modules.is_dir():
        done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund",
                               "--omit=optional"], cwd=JUDGES, capture_output=True, text=True)
        if done.returncode != 0:
            pytest.skip(f"the judges cannot be installed: {done.stderr[-200:]}")
    return modules


def write(salve, data, output, tmp_path, root=ROOTS[1]):
    root = data / "debian" / root
    done = salve.run(*scan_args(root, data), "--changelogs", root / "changelog-excerpts.txt", "-o",
                     output)
    assert done.returncode == 0, done.stderr
    path = tmp_path / f"report.{output}.json"
    path.write_text(done.stdout)
    return path


def test_sarif(salve, data, judges, tmp_path):
    path = write(salve, data, "sarif", tmp_path, ROOTS[2])  # the tool is slow
    tool = judges / "@microsoft/sarif-multitool-linux/Sarif.Multitool"
    tool.chmod(0o755)
    verdict = tmp_path / "verdict.sarif"
    done = subprocess.run([tool, "validate", path, "--output", verdict, "--level", "Error"],
                          capture_output=True, text=True, timeout=300,
                          env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"})
    assert verdict.exists(), done.stdout + done.stderr
    results = json.loads(verdict.read_text(encoding="utf-8-sig"))["runs"][0]["results"]
    errors = [r for r in results if r.get("level", "warning") == "error"]
    assert not errors, errors[:3]
    document = json.loads(path.read_text())
    assert len(document["runs"][0]["results"]) > 100


def test_openvex(salve, data, tmp_path):
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((data / "csaf/openvex/openvex_json_schema.json").read_text())
    document = json.loads(
        write(salve, data, "openvex", tmp_path, ROOTS[2]).read_text())
    jsonschema.Draft202012Validator(schema).validate(document)
    assert len(document["statements"]) > 100


def test_cyclonedx(salve, data, judges, tmp_path):
    path = write(salve, data, "cyclonedx", tmp_path)
    done = subprocess.run(["node", "cyclonedx.mjs", path], cwd=JUDGES, capture_output=True,
                          text=True, timeout=300)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    document = json.loads(path.read_text())
    assert len(document["components"]) == 405
    refs = [c["bom-ref"] for c in document["components"]]
    assert len(set(refs)) == len(refs)
    assert {a["ref"] for v in document["vulnerabilities"] for a in v["affects"]} <= set(refs)
