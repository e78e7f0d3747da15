"""The register of feeds: added, believed only under a signature, fetched, forgotten."""

import json
import shutil
import subprocess

import pytest

KNOWN = {"vulnerabilities": [
    {"cveID": "CVE-2026-0001", "dateAdded": "2026-11-20", "dueDate": "2026-12-01"}]}


@pytest.fixture
def feed(tmp_path):
    path = tmp_path / "kev.json"
    path.write_text(json.dumps(KNOWN))
    return path


@pytest.fixture
def sign(tmp_path):
    """Signs files with a key of our own; the keyring is in `sign.keyring`."""
    if shutil.which("gpg") is None:
        pytest.skip("gpg is not installed")
    home = tmp_path / "gpg"
    home.mkdir(mode=0o700)

    def gpg(*args):
        subprocess.run(["gpg", "--homedir", home, "--batch", "--quiet", "--yes", *args], check=True)

    def sign_file(path):
        gpg("--armor", "--output", f"{path}.asc", "--detach-sign", path)

    gpg("--passphrase", "", "--quick-generate-key", "feed", "ed25519", "sign", "never")
    sign_file.keyring = tmp_path / "keys.asc"
    gpg("--armor", "--output", sign_file.keyring, "--export")
    yield sign_file
    subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=False)


def test_add_sync_remove(salve, feed, tmp_path):
    added = salve.json("feed", "add", "kev", feed, "--id", "own", "--every", "6h")
    assert (added["url"], added["schedule_s"]) == (str(feed), 6 * 3600)
    assert salve.json("feed", "sync")[0]["records"] == 1
    assert salve.json("feed", "sync") == []  # not due
    removed = salve.run("feed", "remove", "own")
    assert removed.returncode == 0, removed.stderr
    assert salve.json("feed", "list") == []
    again = salve.run("feed", "remove", "own")
    assert again.returncode == 3 and "own" in again.stderr


def test_add_changes_only_what_is_given(salve, feed, tmp_path):
    salve.json("feed", "add", "kev", feed, "--every", "6h")
    salve.json("feed", "sync")
    moved = tmp_path / "mirror.json"
    moved.write_bytes(feed.read_bytes())
    changed = salve.json("feed", "add", "kev", moved)
    assert (changed["url"], changed["schedule_s"]) == (str(moved), 6 * 3600)
    assert salve.json("feed", "show", "kev")["records"] == 1  # in force until the next sync


@pytest.mark.parametrize("args, code, says", [
    (("kv", "/x"), 2, "no kind of feed"),
    (("kev", "http://mirror.example/kev"), 2, "write https://"),
    (("kev", "/x", "--every", "often"), 2, "36h"),
    (("kev", "/x", "--keyring", "/no/such/keys"), 3, "/no/such/keys"),
    (("kev", "/x", "--keyring", "/dev/null"), 1, "/dev/null"),
])
def test_add_refuses(salve, args, code, says):
    done = salve.run("feed", "add", *args)
    assert says in done.stderr
    assert done.returncode == code, done.stderr
    assert salve.json("feed", "list") == []  # nothing half-registered


def test_signature(salve, sign, feed):
    sign(feed)
    added = salve.json("feed", "add", "kev", feed, "--keyring", sign.keyring)
    assert added["keyring"] == str(sign.keyring)
    assert salve.run("feed", "sync").returncode == 0
    shown = salve.json("feed", "show", "kev")
    assert shown["records"] == 1 and str(sign.keyring) in shown["authenticity_detail"]
    feed.write_text(json.dumps(KNOWN) + " ")  # no longer what was signed
    assert salve.run("feed", "sync", "kev").returncode != 0
    after = salve.json("feed", "show", "kev")
    assert after["records"] == 1 and "signature" in after["error"]
