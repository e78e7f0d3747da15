"""The audit offline: what was changed is found (promise S12), in a file and in the store."""

import http.client
import json
import random
import re
import sqlite3
import subprocess
import threading

import pytest

from conftest import BUILD, SANITIZED

N = 12


@pytest.fixture
def store(salve, tmp_path):
    """Written by the server itself, which is open to this machine here."""
    program = SANITIZED / "salved" if (SANITIZED / "salved").exists() else BUILD / "salved"
    path = tmp_path / "store.db"
    server = subprocess.Popen([program, "--store", path, "--listen", "127.0.0.1:0",
                               "--insecure-no-login"], stderr=subprocess.PIPE, text=True,
                              env=salve.env)
    port = None
    for line in server.stderr:
        found = re.search(r"listening on \S+ port (\d+)", line)
        if found:
            port = int(found.group(1))
            break
    drain = threading.Thread(target=server.stderr.read, daemon=True)
    drain.start()
    connection = http.client.HTTPConnection("localhost", port, timeout=30)
    for number in range(N):
        connection.request("POST", "/api/v1/people", json.dumps(
            {"login": f"p{number}", "name": f"Näme {number}", "password": "correct horse battery"}),
            {"Content-Type": "application/json"})
        answer = connection.getresponse()
        assert answer.status == 201, answer.read()
        answer.read()
    server.terminate()
    assert server.wait(30) == 0
    return path


@pytest.fixture
def lines(salve, store):
    done = salve.run("audit", "export", "--store", store)
    assert done.returncode == 0 and done.stderr == ""
    assert done.stdout.count("\n") == N
    return done.stdout.splitlines(keepends=True)


@pytest.fixture
def verify(salve, tmp_path):
    def run(lines, *args):
        path = tmp_path / "audit.jsonl"
        path.write_text("".join(lines))
        return salve.run("audit", "verify", path, *args)
    return run


def assert_found(done, part):
    assert done.returncode == 1 and done.stdout == "", done.stdout
    assert part in done.stderr, done.stderr


def test_whole(salve, store, lines, verify):
    verdict = salve.json("audit", "verify", "--store", store)
    assert verdict["entries"] == N and verdict["head"].startswith(f"{N}:")
    assert verify(lines, "--head", verdict["head"]).returncode == 0
    assert verify(["".join(lines).rstrip("\n")]).returncode == 0
    assert verify([]).returncode == 0
    earlier = json.loads(lines[4])
    assert verify(lines, "--head", f"5:{earlier['hash']}").returncode == 0


def test_each_change_is_found(lines, verify):
    head = f"{N}:{json.loads(lines[-1])['hash']}"
    for i in range(N):
        if i < N - 1:
            assert_found(verify(lines[:i] + lines[i + 1:]), "not where it belongs")
            assert_found(verify(lines[:i] + [lines[i + 1], lines[i]] + lines[i + 2:]), "entry ")
        assert_found(verify(lines[:i] + [lines[i]] + lines[i:]), "not where it belongs")
        assert_found(verify(lines[:i], "--head", head), "cut off")
        assert verify(lines[:i]).returncode == 0
    assert_found(verify(lines, "--head", f"{N}:{'0' * 64}"), "another one")
    assert verify(lines, "--head", "x").returncode == 2


def test_each_field_counts(lines, verify):
    chosen = random.Random(7)
    for name in json.loads(lines[0]):
        i = chosen.randrange(N)
        entry = json.loads(lines[i])
        old = entry[name]
        entry[name] = {"sequence": 99, "at": "2026-01-01T00:00:00Z", "actor_kind": "token",
                       "hash": "00" * 32}.get(name, "other")
        assert entry[name] != old
        done = verify(lines[:i] + [json.dumps(entry) + "\n"] + lines[i + 1:])
        assert_found(done, "entry ")


def test_nonsense(lines, verify):
    assert_found(verify(lines[:3] + ["{\n"] + lines[3:]), "behind line 3")
    assert_found(verify(lines[:3] + ["\n"] + lines[3:]), "behind line 3")
    assert_found(verify([lines[0].replace('{"sequence"', '{"more":1,"sequence"')]), "more")


def test_a_hand_in_the_store(salve, store):
    with sqlite3.connect(store) as db:
        db.execute("UPDATE audit_entry SET actor_name = 'somebody' WHERE sequence = 7")
    assert_found(salve.run("audit", "verify", "--store", store), "entry 7")
