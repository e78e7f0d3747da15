"""The server as it is run, on a free port of loopback, on each engine of the store."""

import http.client
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import threading
import time
import uuid

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SANITIZED = pathlib.Path(os.environ.get("SALVE_TEST_BUILD", ROOT / "build-test"))
BUILD = pathlib.Path(os.environ.get("SALVE_BUILD", ROOT / "build"))
POSTGRES = os.environ.get("SALVE_TEST_POSTGRES")
LISTENING = re.compile(r"listening on (\S+) port (\d+)")


def program(name):
    """With sanitizers where that was built."""
    for folder in (SANITIZED, BUILD):
        if (folder / name).exists():
            return str(folder / name)
    pytest.fail(f"{name} is not built")


class Salved:
    """One process; its log is read all the time, so that it never waits for us."""

    def __init__(self, command, env, **kwargs):
        self.begun = time.monotonic()
        self.process = subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True,
                                        **kwargs)
        self.lines = []
        self.address = None
        self.up = threading.Event()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stderr:
            self.lines.append(line)
            found = LISTENING.search(line)
            if found:
                self.address = (found.group(1), int(found.group(2)))
                self.up.set()
        self.up.set()

    def wait(self):
        self.up.wait(30)
        assert self.address, "".join(self.lines)
        return self

    @property
    def log(self):
        return "".join(self.lines)

    def connect(self, timeout=20):
        return socket.create_connection(self.address, timeout=timeout)

    def http(self, timeout=20):
        return http.client.HTTPConnection(*self.address, timeout=timeout)

    def get(self, path, headers=None, method="GET"):
        connection = self.http()
        connection.request(method, path, headers=headers or {})
        answer = connection.getresponse()
        answer.text = answer.read().decode()
        connection.close()
        return answer

    def json(self, path, status=200):
        answer = self.get(path)
        assert answer.status == status, answer.text
        return json.loads(answer.text)

    def ask(self, text):
        """What comes back for exactly these bytes, until the server closes."""
        with self.connect() as client:
            client.sendall(text.encode() if isinstance(text, str) else text)
            return receive_all(client)

    def stop(self, number=signal.SIGTERM, timeout=30):
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(timeout)
        self.reader.join(5)
        return code


def receive_all(client):
    data = b""
    try:
        while piece := client.recv(65536):
            data += piece
    except ConnectionResetError:
        pass
    return data.decode(errors="replace")


@pytest.fixture
def launch(tmp_path):
    """Starts servers; none outlives its test."""
    running = []
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LC_ALL": "C.UTF-8",
           "XDG_DATA_HOME": str(tmp_path / "data"),
           "ASAN_OPTIONS": "abort_on_error=0:detect_leaks=1", "UBSAN_OPTIONS": "halt_on_error=1"}

    def start(*args, wait=True, env_more=None, before=(), **kwargs):
        command = [*before, program("salved"), *map(str, args)]
        if "--listen" not in args and "--config" not in args:
            command += ["--listen", "127.0.0.1:0"]
        server = Salved(command, {**env, **(env_more or {})}, **kwargs)
        running.append(server)
        return server.wait() if wait else server

    yield start
    for server in running:
        server.stop(signal.SIGKILL)
        assert "AddressSanitizer" not in server.log and "runtime error" not in server.log, server.log


def psql(sql):
    subprocess.run(["psql", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql, POSTGRES], check=True,
                   capture_output=True, text=True)


def drop_schema(schema):
    """A server that still runs may be in the way."""
    for last in (False, False, True):
        try:
            return psql(f"DROP SCHEMA {schema} CASCADE")
        except subprocess.CalledProcessError:
            if last:
                raise


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request, tmp_path):
    """The URL of an empty store."""
    if request.param == "sqlite":
        yield str(tmp_path / "store.db")
        return
    if not POSTGRES:
        pytest.skip("SALVE_TEST_POSTGRES is not set")
    schema = f"api_{uuid.uuid4().hex}"
    psql(f"CREATE SCHEMA {schema}")
    yield f"{POSTGRES}{'&' if '?' in POSTGRES else '?'}options=-csearch_path%3D{schema}"
    drop_schema(schema)


@pytest.fixture
def salved(launch, store):
    """Open to this machine: what the routes do is looked at, not who may call them."""
    return launch("--store", store, "--insecure-no-login", "--debug")


@pytest.fixture
def import_kev(tmp_path, store):
    """Brings a feed into the store as an operator would, with the other program."""
    def run(date):
        path = tmp_path / "kev.json"
        path.write_text(json.dumps({
            "title": "CISA Catalog of Known Exploited Vulnerabilities",
            "catalogVersion": date.replace("-", "."), "dateReleased": f"{date}T10:00:00.0000Z",
            "count": 1, "vulnerabilities": [{
                "cveID": "CVE-2026-0001", "vendorProject": "Example", "product": "Example",
                "vulnerabilityName": "Example", "dateAdded": date,
                "shortDescription": "Example.", "requiredAction": "Update.", "dueDate": date,
                "knownRansomwareCampaignUse": "Unknown", "notes": "", "cwes": []}]}))
        done = subprocess.run([program("salve"), "feed", "import", "kev", path, "--store", store,
                               "--force"], capture_output=True, text=True, timeout=60,
                              env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)})
        assert done.returncode == 0, done.stderr
    return run
