"""A copy of the store opens as the store."""

import json
import stat


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
    nowhere = salve.run("backup", tmp_path / "no" / "copy.db", "--store", store)
    assert nowhere.returncode != 0 and not (tmp_path / "no").exists()
