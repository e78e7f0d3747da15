"""The command line as people use it: they log in, look, and change what they may."""

import json
import os
import pty
import select
import signal
import subprocess
import time

import pytest

from conftest import program
from people import PASSWORD, execute, first_person


class Shell:
    """One person at one machine."""

    def __init__(self, server, home):
        self.env = {"PATH": "/usr/bin:/bin", "HOME": str(home),
                    "SALVE_SERVER": "http://{}:{}".format(*server.address)}
        self.home = home

    def run(self, *args, stdin="", code=0):
        done = subprocess.run([program("salve"), *map(str, args)], input=stdin, text=True,
                              capture_output=True, timeout=60, env=self.env,
                              start_new_session=True)  # no terminal to ask on
        assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
        return done.stdout if code == 0 else done.stderr

    def json(self, *args):
        return json.loads(self.run(*args, "-o", "json"))

    def login(self, name="alice"):
        return self.run("login", name, "--password-stdin", stdin=PASSWORD + "\n")

    def type(self, *args, answers):
        """Runs on a terminal and types an answer to each question."""
        child, terminal = pty.fork()
        if child == 0:
            os.execve(program("salve"), ["salve", *map(str, args)], self.env)
        said, answers, end = b"", list(answers), time.monotonic() + 30
        while time.monotonic() < end:
            if select.select([terminal], [], [], 0.2)[0]:
                try:
                    said += os.read(terminal, 4096)
                except OSError:  # it ended
                    break
            elif answers and said.rstrip().endswith((b":", b"]")):
                os.write(terminal, answers.pop(0).encode() + b"\n")
                said += b"\n"
        if time.monotonic() >= end:
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        os.close(terminal)
        return os.waitstatus_to_exitcode(status), said.decode()


@pytest.fixture
def shell(launch, store, tmp_path):
    server = launch("--store", store)
    shell = Shell(server, tmp_path)
    shell.server, shell.store, shell.alice = server, store, first_person(server)
    return shell


def test_login_and_out(shell):
    assert "log" in shell.run("host", "list", code=4)
    shell.run("login", "alice", "--password-stdin", stdin="wrong password\n", code=4)
    shell.login()
    assert shell.json("host", "list") == []
    kept = list((shell.home / ".local/state/salve/sessions").iterdir())
    assert [oct(path.stat().st_mode & 0o777) for path in kept] == ["0o600"]
    shell.run("logout")
    assert not kept[0].exists()
    shell.run("host", "list", code=4)
    shell.run("logout")


def test_a_session_goes_to_its_own_server(shell, launch, tmp_path):
    """What was logged in to one server is not sent to another."""
    shell.login()
    other = launch("--store", tmp_path / "other.db")
    shell.env["SALVE_SERVER"] = "http://{}:{}".format(*other.address)
    shell.run("host", "list", code=4)


def test_systems(shell):
    shell.login()
    web = shell.json("system", "add", "Web shop", "--line-of-business", "sales", "--zone", "dmz",
                     "--remote", "--link-mbps", "100", "--yes")
    assert (web["zone"], web["remote"], web["link_mbps"]) == ("dmz", True, 100)
    changed = shell.json("system", "change", "Web shop", "--no-remote", "--zone", "unknown", "--yes")
    assert (changed["zone"], changed["remote"], changed["link_mbps"]) == ("unknown", False, 100)
    assert "debian" not in shell.run("system", "list")
    rules = shell.home / "rules.json"
    rules.write_text(json.dumps({"revision": 0, "rules": [
        {"system": web["id"], "name": "web-*"}]}))
    shell.run("system", "set-rules", rules, "--yes")
    assert "revision 1" in shell.run("system", "set-rules", rules, "--yes", code=1)
    assert shell.json("system", "rules")["rules"][0]["name"] == "web-*"
    shell.run("system", "remove", "Web shop", "--yes")
    assert shell.json("system", "list") == []
    assert [e["action"] for e in shell.json("audit", "list", "--limit", "2")] == \
        ["system.delete", "system.rules"]


def test_changes_are_confirmed(shell):
    """A change asks on a terminal, and refuses where there is none."""
    shell.login()
    assert "--yes" in shell.run("system", "add", "Web", code=2)
    said = shell.run("system", "add", "Web", "--zone", "dmz", "--dry-run")
    assert said == 'POST /api/v1/systems\n{"name":"Web","zone":"dmz"}\n'
    code, text = shell.type("system", "add", "Web", answers=["n"])
    assert code == 2 and "nothing was changed" in text
    assert shell.json("system", "list") == []
    code, _ = shell.type("system", "add", "Web", answers=["y"])
    assert code == 0
    assert [s["name"] for s in shell.json("system", "list")] == ["Web"]


def test_people_and_proof(shell):
    """What is dangerous asks for the password again, without showing it."""
    shell.login()
    execute(shell.store, "UPDATE session SET proved_at_us = proved_at_us - 600000000")
    shell.run("user", "add", "bob", "Bob", "--yes", "--password-stdin",
              stdin="first " + PASSWORD + "\n", code=2)  # no terminal to prove it on
    code, text = shell.type("token", "add", "robot", "--permissions", "host:read,finding:read",
                            "--expires-at", time.strftime("%Y-%m-%dT%H:%M:%SZ",
                                                          time.gmtime(time.time() + 3600)),
                            "--yes", answers=[PASSWORD])
    assert code == 0 and PASSWORD not in text and "salve_api_" in text
    bob = shell.run("user", "add", "bob", "Bob", "--yes", "--password-stdin", "-o", "json",
                    stdin="first " + PASSWORD + "\n")
    person = json.loads(bob)["id"]
    grant = shell.json("user", "grant", person, "auditor", "--yes")
    assert [g["role"] for g in shell.json("user", "roles", person)] == ["auditor"]
    shell.run("user", "take", person, grant["id"], "--yes")
    assert shell.json("user", "roles", person) == []
    assert shell.json("user", "change", person, "--disabled", "--yes")["disabled"]
    assert not shell.json("user", "change", person, "--no-disabled", "--yes")["disabled"]
    assert [t["name"] for t in shell.json("token", "list")] == ["robot"]


def test_enrolment(shell):
    shell.login()
    made = shell.json("enrol", "add", "--note", "rack 7", "--quota", "3", "--lifetime-s", "600",
                      "--yes")
    assert made["secret"] and made["quota"] == 3
    assert [t["note"] for t in shell.json("enrol", "list")] == ["rack 7"]
    shell.run("enrol", "revoke", made["id"], "--yes")
    assert shell.json("enrol", "list")[0]["revoked_at"]
    told = [(e["action"], e["subject"]) for e in shell.json("audit", "list", "--limit", "2")]
    assert told == [("enrol-token.revoke", made["id"]), ("enrol-token.create", made["id"])]
    assert made["secret"] not in shell.run("audit", "list", "-o", "json")
    assert shell.json("host", "agents") == []
    shell.run("host", "retire", "nobody", "--yes", code=3)
