"""A copy of the store opens as the store."""

import json
import stat
import subprocess

import pytest


def test_backup(salve, tmp_path):
    store, copy = tmp_path / "store.db", tmp_path / "copy.db"
    kev = tmp_path / "kev.json"
    kev.write_text(json.dumps({"vulnerabilities": [
        {"cveID": "CVE-2026-0001", "dateAdded": "2026-11-20", "dueDate": "2026-12-01"}]}))
    salve.run("feed", "import", "kev", kev, "--store", store)
    done = salve.run("backup", copy, "--store", store)
    assert done.returncode == 0, done.stderr
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    shown = [salve.run("feed", "list", "--store", url, "-o", "json").stdout for url in (store, copy)]
    assert shown[0] == shown[1] and json.loads(shown[0])[0]["records"] == 1
    again = salve.run("backup", copy, "--store", store)
    assert again.returncode == 1 and "exists" in again.stderr
    assert sorted(tmp_path.glob("copy.db*")) == [copy]
    nowhere = salve.run("backup", tmp_path / "no" / "copy.db", "--store", store)
    assert nowhere.returncode != 0 and not (tmp_path / "no").exists()


def test_full_disk(salve, tmp_path):
    """A copy that does not fit leaves nothing behind, not even a journal."""
    store, full = tmp_path / "store.db", tmp_path / "full"
    full.mkdir()
    epss = tmp_path / "epss.csv"  # more than a cache full of pages: some are written before the end
    epss.write_text("#model_version:v2026.01.01,score_date:2026-11-25T00:00:00Z\n"
                    "cve,epss,percentile\n" +
                    "".join(f"CVE-2020-{i},0.001,0.5\n" for i in range(10000, 90000)))
    assert salve.run("feed", "import", "epss", epss, "--store", store).returncode == 0
    script = (f"mount -t tmpfs -o size=200k none {full} || exit 77; "
              f"{salve.program} backup {full}/copy.db --store {store}; echo $?; ls -A {full}")
    done = subprocess.run(["unshare", "-rm", "sh", "-c", script], text=True, env=salve.env,
                          capture_output=True, timeout=60)
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip(f"no mount namespace of our own: {done.stderr.strip()}")
    assert "full" in done.stderr and "copy.db" in done.stderr
    assert done.stdout == "1\n"
