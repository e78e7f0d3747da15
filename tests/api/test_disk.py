"""A disk that is full, and one that does not keep what it said it had."""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import time

import pytest

from conftest import program
from load import Load, assert_kept, make_agents
from people import first_person
from test_agent import Fleet, wait_for

MIB = 1 << 20


class SmallDisk:
    """A file system of 64 MB that nobody sees but those who enter its mount namespace."""

    def __init__(self, folder):
        self.folder = folder
        self.holder = subprocess.Popen(
            ["unshare", "--mount", "--propagation", "private", "sh", "-c",
             f"mount -t tmpfs -o size=64m tmpfs '{folder}' && echo ready && exec sleep 600"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.within = ["nsenter", "--mount", "--target", str(self.holder.pid), "--"]
        self.path = pathlib.Path(f"/proc/{self.holder.pid}/root{folder}")
        if self.holder.stdout.readline() != "ready\n":
            pytest.skip(f"no mount namespace can be made: {self.holder.communicate()[1]}")

    def fill(self):
        with contextlib.suppress(OSError), (self.path / "filler").open("ab", buffering=0) as file:
            for size in (MIB, 4096, 1):
                with contextlib.suppress(OSError):
                    while file.write(b"x" * size) == size:
                        pass

    def free(self):
        (self.path / "filler").unlink()

    def close(self):
        self.holder.kill()
        self.holder.communicate()


@pytest.fixture
def disk(tmp_path):
    if os.geteuid() != 0 or not shutil.which("unshare") or not shutil.which("nsenter"):
        pytest.skip("only root can make a small disk")
    folder = tmp_path / "disk"
    folder.mkdir()
    small = SmallDisk(folder)
    yield small
    small.close()


class FleetOn(Fleet):
    """A fleet whose server lives in somebody's namespace."""

    def __init__(self, within, launch, *args):
        self.within = within
        super().__init__(lambda *a: launch(*a, before=within), *args)

    def ask_store(self, *args):
        done = subprocess.run([*self.within, program("salved"), "--store", self.store,
                               *map(str, args)], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout


def test_full(disk, launch, tmp_path):
    """Reads go on, writes are refused with 507 or 503, nothing acknowledged is lost, and it heals by
    itself when there is room again."""
    fleet = FleetOn(disk.within, launch, str(disk.folder / "store.db"), tmp_path)
    agents = make_agents(fleet, 4)
    with Load(agents, fleet) as load:
        load.wait_for_more()
        disk.fill()
        wait_for(lambda: load.statuses.get(507, 0) > 20)
        for path in ("/api/v1/hosts", "/api/v1/agents", "/api/v1/fleet", "/healthz"):
            connection = fleet.connect()
            connection.request("GET", path)
            assert connection.getresponse().status == 200, path
        full = load.problems[-1]
        assert full["code"] == "full" and full["hint"] and "full" in full["detail"], full
        known = dict(load.acknowledged)
        assert_kept(fleet, known)
        fleet.server.process.kill()  # and not even a restart needs room
        fleet.server.stop(signal.SIGKILL)
        fleet.start()
        assert_kept(fleet, known)
        disk.free()
        load.wait_for_more()
    assert set(load.statuses) <= {200, 503, 507}, load.problems
    assert {a["state"] for a in fleet.agents().values()} == {"active"}


def test_full_for_people(disk, launch):
    """Who is logged in reads on, by session and by token, and hears why nothing can be changed."""
    server = launch("--store", disk.folder / "store.db", before=disk.within)
    alice = first_person(server)
    token = alice.make_token("host:read")
    disk.fill()
    person = {"login": "bob", "name": "bob", "password": "correct horse battery"}
    for _ in range(100):  # what is left of the last page that was free is used up
        answer = alice.ask("POST", "/api/v1/enrol-tokens", {"quota": 1, "lifetime_s": 60})
        assert answer.status in (200, 507), answer.text
    assert answer.status == 507 and json.loads(answer.text)["code"] == "full"
    assert alice.ask("POST", "/api/v1/people", person).status == 507
    assert alice.json("GET", "/api/v1/people")["items"]
    assert token.json("GET", "/api/v1/hosts")["total"] == 0
    disk.free()
    alice.json("POST", "/api/v1/people", person, 201)


# --- what is written is not kept ---

@contextlib.contextmanager
def failing_sync(server, folder):
    """From now on every sync of the process fails."""
    tracer = subprocess.Popen(
        ["strace", "-f", "-o", str(folder / "trace"), "-e", "trace=fsync,fdatasync", "-e",
         "inject=fsync,fdatasync:error=EIO", "-p", str(server.process.pid)],
        stderr=subprocess.PIPE, text=True)
    if "attached" not in tracer.stderr.readline():
        pytest.skip("processes cannot be traced here")
    try:
        yield
    finally:
        tracer.send_signal(signal.SIGINT)
        tracer.communicate(timeout=20)


@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
def test_failed_sync(launch, tmp_path):
    """After a sync failed nothing is acknowledged, and the server says so; when the disk is well
    again the store is verified first."""
    fleet = Fleet(launch, str(tmp_path / "store.db"), tmp_path)
    agents = make_agents(fleet, 4)
    with Load(agents, fleet) as load:
        load.wait_for_more()
        with failing_sync(fleet.server, tmp_path):
            wait_for(lambda: load.statuses.get(503, 0) > 0)
            known = dict(load.acknowledged)
            wait_for(lambda: "takes no writes" in fleet.server.log)
            time.sleep(3)  # several times it was looked whether it is back
            assert load.acknowledged == known
            assert_kept(fleet, known)
            assert "disk I/O error" in fleet.call("GET", "/readyz", status=503)["detail"]
            assert load.problems[-1]["code"] == "unreachable", load.problems[-1]
        wait_for(lambda: "verified and takes writes again" in fleet.server.log)
        load.wait_for_more()
        known = dict(load.acknowledged)
        fleet.server.process.kill()
        fleet.server.stop(signal.SIGKILL)
        fleet.start()
        assert_kept(fleet, known)
    assert set(load.statuses) <= {200, 503}, load.problems
