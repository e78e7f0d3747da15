"""Hosts that report by themselves: the agent as it is run, against the server as it is run."""

import concurrent.futures
import contextlib
import hashlib
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import tempfile
import threading
import time
import types
import uuid

import pytest

from conftest import BUILD, ROOT, program, psql
from certificates import make_certificate, openssl

DATA = pathlib.Path(os.environ.get("SALVE_TEST_DATA", ROOT.parent / "shared" / "data"))

# --- roots of hosts ---

DEBIAN = """PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
ID=debian
VERSION_CODENAME=bookworm
"""
ALPINE = 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.19.1\nPRETTY_NAME="Alpine Linux v3.19"\n'


def put(root, path, text):
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)


def make_debian(root, **packages):
    put(root, "etc/os-release", DEBIAN)
    put(root, "etc/hostname", root.name + "\n")
    put(root, "var/lib/dpkg/status", "".join(
        f"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\n"
        f"Version: {version}\nMaintainer: Example <x@salve.example>\nDescription: one\n\n"
        for name, version in packages.items()))
    return root


def make_alpine(root, **packages):
    put(root, "etc/os-release", ALPINE)
    put(root, "etc/hostname", root.name + "\n")
    put(root, "lib/apk/db/installed", "".join(
        f"P:{name}\nV:{version}\nA:x86_64\no:{name}\n\n" for name, version in packages.items()))
    return root


def make_from_data(root, name):
    source = DATA / "debian" / name
    if not source.is_dir():
        pytest.skip("the shared data is not here")
    put(root, "etc/os-release", (source / "os-release").read_text())
    put(root, "etc/hostname", root.name + "\n")
    put(root, "var/lib/dpkg/status", (source / "dpkg-status").read_text())
    return root


# --- the fleet ---

class Fleet:
    """One server with TLS by its own authority, and agents that trust it."""

    def __init__(self, launch, store, tmp_path, *options):
        self.launch, self.store, self.folder = launch, store, tmp_path
        self.options = options
        self.port = 0
        self.ca = tmp_path / "ca.pem"
        self.start()
        self.ca.write_text(self.ask_store("--print-ca"))
        self.context = ssl.create_default_context(cafile=self.ca)

    def start(self, *more):
        self.server = self.launch("--store", self.store, "--tls", "auto", "--insecure-no-login",
                                  "--listen", f"127.0.0.1:{self.port}", "--report-every", 1,
                                  *self.options, *more)
        self.port = self.server.address[1]

    def ask_store(self, *args):
        done = subprocess.run([program("salved"), "--store", self.store, *map(str, args)],
                              capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def connect(self):
        return http.client.HTTPSConnection("127.0.0.1", self.port, context=self.context,
                                           timeout=60)

    def call(self, method, path, body=None, status=200):
        connection = self.connect()
        connection.request(method, path, json.dumps(body) if body is not None else None,
                           {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        assert answer.status == status, text
        return json.loads(text) if text else None

    def token(self, quota=1, lifetime_s=600):
        return self.call("POST", "/api/v1/enrol-tokens",
                         {"quota": quota, "lifetime_s": lifetime_s})

    def agents(self):
        return {a["host"]: a for a in self.call("GET", "/api/v1/agents?limit=1000")["items"]}

    def agent(self, root, **kwargs):
        agent = Agent(self, root, **kwargs)
        agent.enrol(self.token()["secret"])
        return agent

    def inventory(self, host):
        return self.call("GET", f"/api/v1/hosts/{host}/inventory")

    def packages(self, host):
        return {p["name"]: p["version"] for p in self.inventory(host)["packages"]}

    def sql(self, text):
        if "://" not in self.store:
            with sqlite3.connect(self.store, timeout=20) as db:
                db.execute(text)
            return
        schema = re.search(r"search_path%3D(\w+)", self.store).group(1)
        psql(f"SET search_path = {schema}; {text}")


class Agent:
    def __init__(self, fleet, root, port=None, state=None):
        self.fleet, self.root = fleet, root
        self.state = state or root.parent / f"{root.name}.state"
        self.port = port
        self.env = {"PATH": os.environ["PATH"], "HOME": str(fleet.folder),
                    "ASAN_OPTIONS": "detect_leaks=1", "UBSAN_OPTIONS": "halt_on_error=1"}

    def command(self, verb, *args):
        url = ["--server", f"https://127.0.0.1:{self.port}"] if self.port else []
        return [program("salve-agent"), verb, "--state", str(self.state), "--root", str(self.root),
                *url, *map(str, args)]

    def run(self, verb, *args, code=0):
        done = subprocess.run(self.command(verb, *args), capture_output=True, text=True,
                              timeout=120, env=self.env)
        assert "Sanitizer" not in done.stderr and "runtime error" not in done.stderr, done.stderr
        assert code is None or done.returncode == code, done.stderr + done.stdout
        return done

    def spawn(self, verb, *args):
        return subprocess.Popen(self.command(verb, *args), env=self.env, stderr=subprocess.PIPE,
                                text=True)

    def enrol(self, secret, *args, code=0):
        return self.run("enrol", "--server", f"https://127.0.0.1:{self.fleet.port}", "--ca",
                        self.fleet.ca, "--token", secret, *args, code=code)

    def report(self, code=0):
        return self.run("report", code=code)

    @property
    def memory(self):
        return json.loads((self.state / "state.json").read_text())

    @property
    def host(self):
        return self.memory["host"]


@pytest.fixture
def fleet(launch, store, tmp_path):
    return Fleet(launch, store, tmp_path)


@pytest.fixture
def lone_fleet(launch, tmp_path):
    """On SQLite: where the engine makes no difference."""
    return Fleet(launch, str(tmp_path / "store.db"), tmp_path)


# --- an agent of our own, which may lie ---

def package_digest(package):
    sum = hashlib.sha256()
    for key in ("name", "arch", "version", "source", "source_version", "state", "module", "vendor",
                "origin", "ecosystem"):
        text = package.get(key)
        sum.update(b"\0" if text is None else b"\1" + text.encode() + b"\0")
    return sum.digest()


def make_package(name, version):
    return {"name": name, "arch": "amd64", "version": version, "source": name,
            "source_version": version, "state": "installed"}


def make_report(packages, counter=None, nonce=None, hostname="made-up"):
    digests = sorted({package_digest(p) for p in packages})
    report = {"set": hashlib.sha256(b"".join(digests)).hexdigest(), "added": packages,
              "facts": {"hostname": hostname, "distro": {"id": "debian", "release": "12",
                                                         "name": "Debian 12", "scheme": "deb"}}}
    if counter is not None:
        report |= {"counter": counter, "nonce": nonce or uuid.uuid4().hex}
    return report


class Wire:
    """One TLS connection that is kept open, with a host's certificate."""

    def __init__(self, fleet, identity):
        context = ssl.create_default_context(cafile=fleet.ca)
        if identity:
            context.load_cert_chain(identity)
        self.connection = http.client.HTTPSConnection("127.0.0.1", fleet.port, context=context,
                                                      timeout=30)

    def post(self, path, body):
        self.connection.request("POST", path, json.dumps(body),
                                {"Content-Type": "application/json"})
        answer = self.connection.getresponse()
        return answer.status, json.loads(answer.read() or b"null")

    def report(self, *args, **kwargs):
        return self.post("/api/v1/agent/report", make_report(*args, **kwargs))


# --- enrolling and reporting ---

def test_enrol_and_report(fleet, tmp_path):
    agent = Agent(fleet, make_debian(tmp_path / "web-1", openssl="3.0.1-1", bash="5.2-1"))
    assert "has not enrolled" in agent.report(code=3).stderr
    agent.enrol(fleet.token()["secret"])
    agent.run("status", code=1)  # it never reported
    agent.report()
    assert "reported" in agent.run("status").stdout
    assert fleet.packages(agent.host) == {"openssl": "3.0.1-1", "bash": "5.2-1"}
    assert fleet.inventory(agent.host)["hostname"] == "web-1"
    make_debian(agent.root, openssl="3.0.2-1", curl="8-1")
    agent.report()
    assert fleet.packages(agent.host) == {"openssl": "3.0.2-1", "curl": "8-1"}
    shown = fleet.agents()[agent.host]
    assert shown["state"] == "active" and shown["counter"] == 2
    for path in agent.state.iterdir():
        assert path.stat().st_mode & 0o077 == 0, path


def test_only_what_changed_is_sent(lone_fleet, tmp_path):
    """Most reports say that nothing changed, in a few hundred bytes."""
    agent = lone_fleet.agent(make_debian(tmp_path / "web", **{f"p{i}": "1" for i in range(500)}))
    sizes = []
    with Proxy(lone_fleet.port) as proxy:
        agent.port = proxy.port
        for version in ("1", "1", "2"):
            make_debian(agent.root, **{f"p{i}": "1" for i in range(499)}, p499=version)
            before = proxy.sent
            agent.report()
            sizes.append(proxy.sent - before)
    assert sizes[0] > 50_000 and sizes[1] < 4_000 and sizes[2] < 5_000, sizes


def test_settings(lone_fleet, tmp_path):
    agent = lone_fleet.agent(make_debian(tmp_path / "web", bash="1"))
    config = tmp_path / "agent.conf"
    config.write_text(f"[agent]\nstate={agent.state}\nroot={agent.root}\n")
    done = subprocess.run([program("salve-agent"), "report", "--config", config],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    for text, part in (("[agent]\nport=1\n", "unknown key 'port'"), ("[x]\n", "[agent]"),
                       ("[agent]\ntoken=x\n", "unknown key 'token'"), ("x", "agent.conf")):
        config.write_text(text)
        done = subprocess.run([program("salve-agent"), "report", "--config", config],
                              capture_output=True, text=True, timeout=60)
        assert done.returncode == 1 and part in done.stderr, done.stderr
    shown = subprocess.run([program("salve-agent"), "--help"], capture_output=True, text=True)
    assert all(word in shown.stdout for word in ("enrol", "status", "--token-file", "--ca"))


def test_wrong_authority(lone_fleet, launch, tmp_path):
    """A server that somebody else vouches for is sent nothing, no token and no report."""
    (tmp_path / "other").mkdir()
    other = Fleet(launch, str(tmp_path / "other/store.db"), tmp_path / "other")
    agent = Agent(lone_fleet, make_debian(tmp_path / "web", bash="1"))
    secret = lone_fleet.token()["secret"]
    done = agent.run("enrol", "--server", f"https://127.0.0.1:{lone_fleet.port}", "--ca", other.ca,
                     "--token", secret, code=None)
    assert done.returncode != 0 and "certificate" in done.stderr
    agent.enrol(secret)  # it was not used up
    agent.port = other.port
    assert "certificate" in agent.report(code=None).stderr
    assert other.agents() == {}
    assert "TLS" in agent.run("enrol", "--force", "--server", "http://127.0.0.1:1", "--token", "x",
                              code=2).stderr


def test_who_may(lone_fleet, tmp_path):
    """No certificate, somebody else's, and one for another purpose."""
    path, report = "/api/v1/agent/report", make_report([make_package("a", "1")], 1)
    status, problem = Wire(lone_fleet, None).post(path, report)
    assert status == 401 and "certificate" in problem["detail"]
    agent = lone_fleet.agent(make_debian(tmp_path / "web", bash="1"))
    lone_fleet.sql("DELETE FROM agent")
    status, problem = Wire(lone_fleet, agent.state / "identity.pem").post(path, report)
    assert status == 401 and "enrol" in problem["detail"]


def test_certificate_of_somebody_else(launch, tmp_path):
    """The operator's own certificate and client authority: hosts are still known by ours."""
    for ca in ("ca", "clients"):
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-keyout", f"{ca}.key", "-out", f"{ca}.crt", "-days", "2", "-subj", f"/CN={ca}",
                cwd=tmp_path)
    make_certificate(tmp_path, "server", "serverAuth", "ca")
    make_certificate(tmp_path, "stranger", "clientAuth", "clients")
    server = launch("--store", tmp_path / "store.db", "--tls-cert", tmp_path / "server.crt",
                    "--tls-key", tmp_path / "server.key", "--client-ca", tmp_path / "clients.crt",
                    "--insecure-no-login")
    fleet = types.SimpleNamespace(port=server.address[1], ca=tmp_path / "ca.crt", folder=tmp_path)
    secret = subprocess.run([program("salved"), "--store", tmp_path / "store.db",
                             "--new-enrol-token", "1"], capture_output=True, text=True,
                            check=True).stdout.strip()
    agent = Agent(fleet, make_debian(tmp_path / "web", bash="1"))
    agent.enrol(secret)
    agent.report()
    agent.run("status")
    (tmp_path / "stranger.pem").write_text((tmp_path / "stranger.crt").read_text() +
                                           (tmp_path / "stranger.key").read_text())
    status, problem = Wire(fleet, tmp_path / "stranger.pem").report([], 1)
    assert status == 401 and "no host is known" in problem["detail"]


# --- tokens ---

def test_token(fleet, tmp_path):
    granted = fleet.token(quota=2)
    hosts = []
    for name in ("same-name", "again/same-name", "third"):
        agent = Agent(fleet, make_debian(tmp_path / name, bash="1"))
        done = agent.enrol(granted["secret"], code=4 if name == "third" else 0)
        if name != "third":
            agent.report()
            hosts.append(agent.host)
    assert "as many hosts as may" in done.stderr
    assert len(set(hosts)) == 2  # the name brought nothing back
    shown = {t["id"]: t for t in fleet.call("GET", "/api/v1/enrol-tokens")["items"]}[granted["id"]]
    assert shown["used"] == 2 and granted["secret"] not in json.dumps(shown)
    again = Agent(fleet, tmp_path / "same-name")
    assert "has enrolled" in again.enrol(fleet.token()["secret"], code=None).stderr
    again.enrol(fleet.token()["secret"], "--force")
    again.report()
    assert again.host not in hosts


def test_token_that_ended(fleet, tmp_path):
    agent = Agent(fleet, make_debian(tmp_path / "web", bash="1"))
    short, revoked = fleet.token(lifetime_s=1), fleet.token()
    fleet.call("DELETE", f"/api/v1/enrol-tokens/{revoked['id']}", status=204)
    assert "revoked" in agent.enrol(revoked["secret"], code=4).stderr
    time.sleep(1.1)
    assert "expired" in agent.enrol(short["secret"], code=4).stderr
    assert "no such token" in agent.enrol("guess", code=4).stderr
    fleet.call("DELETE", "/api/v1/enrol-tokens/none", status=404)
    for wish in ({"quota": 0, "lifetime_s": 5}, {"quota": 1, "lifetime_s": 0},
                 {"quota": 1 << 40, "lifetime_s": 5}):
        fleet.call("POST", "/api/v1/enrol-tokens", wish, status=400)
    assert fleet.agents() == {}


def make_csr(folder, name):
    done = subprocess.run(["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt",
                           "ec_paramgen_curve:P-256", "-nodes", "-keyout", folder / f"{name}.key",
                           "-subj", f"/CN={name}"], capture_output=True, text=True, check=True)
    return done.stdout


def test_token_race(fleet, tmp_path):
    """Whoever asks at the same time: never more than the quota, and each key once."""
    quota, requests = 7, [make_csr(tmp_path, f"h{i}") for i in range(24)]
    secret = fleet.token(quota=quota)["secret"]

    def enrol(csr):
        return Wire(fleet, None).post("/api/v1/agent/enrol",
                                      {"token": secret, "csr": csr, "hostname": "x"})

    with concurrent.futures.ThreadPoolExecutor(24) as pool:
        answers = list(pool.map(enrol, requests))
    good = [body for status, body in answers if status == 200]
    assert len(good) == quota and {s for s, _ in answers} == {200, 403}, answers
    assert len({body["host"] for body in good}) == quota == len(fleet.agents())
    # the certificate is for the id, whatever the request called itself, and for clients only
    (tmp_path / "one.pem").write_text(good[0]["certificate"])
    text = subprocess.run(["openssl", "x509", "-in", tmp_path / "one.pem", "-noout", "-text"],
                          capture_output=True, text=True, check=True).stdout
    assert f"CN = {good[0]['host']}" in text and "TLS Web Client Authentication" in text
    assert good[0]["ca"] == fleet.ca.read_text()
    other = fleet.token(quota=9)["secret"]
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        csr = make_csr(tmp_path, "twice")
        again = list(pool.map(lambda _: Wire(fleet, None).post(
            "/api/v1/agent/enrol", {"token": other, "csr": csr, "hostname": "x"}), range(6)))
    assert sorted(status for status, _ in again)[:2] == [200, 409], again


# --- out ---

def test_revoked_at_once(fleet, tmp_path):
    """On the connection that is open, too (S11)."""
    agent = fleet.agent(make_debian(tmp_path / "web", bash="1"))
    wire = Wire(fleet, agent.state / "identity.pem")
    assert wire.report([make_package("a", "1")], 1)[0] == 200
    fleet.call("POST", f"/api/v1/agents/{agent.host}/revoke", status=204)
    status, problem = wire.report([make_package("a", "2")], 2)
    assert status == 403 and "revoked" in problem["detail"]
    assert wire.post("/api/v1/agent/renew", {"csr": make_csr(tmp_path, "x")})[0] == 403
    assert fleet.packages(agent.host) == {"a": "1"}
    assert fleet.agents()[agent.host]["state"] == "revoked"
    assert "revoked" in agent.report(code=4).stderr
    fleet.call("POST", "/api/v1/agents/none/revoke", status=404)


def test_who_is_let_in_is_audited(fleet, tmp_path):
    """Tokens and revocations, and where the token came from; never its secret."""
    agent = fleet.agent(make_debian(tmp_path / "web", bash="1"))
    granted = fleet.token(quota=7)
    fleet.call("DELETE", f"/api/v1/enrol-tokens/{granted['id']}", status=204)
    fleet.call("POST", f"/api/v1/agents/{agent.host}/revoke", status=204)
    printed = fleet.ask_store("--new-enrol-token", 3).strip()
    entries = fleet.call("GET", "/api/v1/audit")["items"]
    told = [(entry["action"], entry["subject"]) for entry in entries]
    assert told[1:4] == [("agent.revoke", agent.host), ("enrol-token.revoke", granted["id"]),
                         ("enrol-token.create", granted["id"])]
    assert told[0][0] == "enrol-token.create"
    assert json.loads(entries[3]["detail"])["hosts"] == "7"
    for secret in (granted["secret"], printed):
        assert secret and secret not in json.dumps(entries)


def test_expired(fleet, tmp_path):
    agent = fleet.agent(make_debian(tmp_path / "web", bash="1"))
    wire = Wire(fleet, agent.state / "identity.pem")
    assert wire.report([make_package("a", "1")], 1)[0] == 200
    fleet.sql("UPDATE agent SET expires_at_us = 1")
    status, problem = wire.report([make_package("a", "2")], 2)
    assert status == 403 and "expired" in problem["detail"]
    assert fleet.agents()[agent.host]["state"] == "expired"


def events_of(fleet, found, name="agent"):
    connection = http.client.HTTPSConnection("127.0.0.1", fleet.port, context=fleet.context)
    connection.request("GET", "/api/v1/events")
    answer, ready = connection.getresponse(), threading.Event()

    def read():
        ready.set()
        for line in answer:
            if line.startswith(b"event:"):
                event = line.split(b":")[1].strip().decode()
            elif line.startswith(b"data:") and event == name:
                found.append(json.loads(line[5:]))
                return

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    ready.wait()
    return thread


def test_a_clone_is_noticed(fleet, tmp_path):
    agent = fleet.agent(make_debian(tmp_path / "web", bash="1"))
    agent.report()
    shutil.copytree(agent.state, tmp_path / "clone.state")
    clone = Agent(fleet, make_debian(tmp_path / "clone", bash="2"), state=tmp_path / "clone.state")
    events = []
    reader = events_of(fleet, events)
    clone.report()
    assert "quarantined" in agent.report(code=4).stderr
    assert "quarantined" in clone.report(code=4).stderr
    assert "quarantined" in agent.report(code=4).stderr
    shown = fleet.agents()[agent.host]
    assert shown["state"] == "quarantined" and "second machine" in shown["reason"]
    reader.join(10)
    assert events and events[0]["host"] == agent.host and events[0]["state"] == "quarantined"
    for each in (agent, clone):
        each.enrol(fleet.token()["secret"], "--force")
        each.report()
    assert agent.host != clone.host and fleet.packages(clone.host) == {"bash": "2"}


def test_an_evil_agent_harms_itself_only(fleet, tmp_path):
    """Lies about sets, numbers and amounts (S46)."""
    honest = fleet.agent(make_debian(tmp_path / "honest", openssl="3.0.1-1"))
    honest.report()
    evil = fleet.agent(make_debian(tmp_path / "evil", bash="1"))
    wire = Wire(fleet, evil.state / "identity.pem")
    lie = make_report([make_package("openssl", "0")], 1)
    lie["set"] = honest.memory["set"]
    assert wire.post("/api/v1/agent/report", lie)[0] == 422
    lie["base"] = honest.memory["set"]
    assert wire.post("/api/v1/agent/report", lie)[0] == 409
    for counter, nonce in ((0, "x"), (-1, "x"), (1 << 62, "x"), (1, "")):
        assert wire.post("/api/v1/agent/report", make_report([], 1) | {
            "counter": counter, "nonce": nonce})[0] == 422
    assert wire.report([make_package("a", "1")], 2)[0] == 200
    assert fleet.packages(honest.host) == {"openssl": "3.0.1-1"}
    honest.report()
    fleet.sql("UPDATE agent SET described = 399999, described_since_us = "
              f"{int(time.time() * 1e6)} WHERE host = '{evil.host}'")
    status, problem = wire.report([make_package("a", "1"), make_package("b", "1")], 3)
    assert status == 413 and "within a day" in problem["detail"]
    # its certificate opens nothing that is for people, and no other host
    connection = wire.connection
    connection.request("PUT", f"/api/v1/agent/report/{honest.host}", "{}",
                       {"Content-Type": "application/json"})
    assert connection.getresponse().status == 404


def test_it_needs_no_root(lone_fleet, tmp_path):
    """With what its unit gives, it sees of the running host what root sees."""
    unit = (ROOT / "packaging/systemd/salve-agent.service").read_text()
    rights = [name.removeprefix("CAP_").lower()
              for name in re.search(r"^AmbientCapabilities=(.*)$", unit, re.M).group(1).split()]
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        pytest.skip("only root can become somebody else")
    state = pathlib.Path(tempfile.mkdtemp(prefix="salve-agent-"))  # where nobody may go, too
    try:
        shutil.copy(program("salve-agent"), state / "salve-agent")
        shutil.copy(lone_fleet.ca, state / "ca.pem")
        for path in (state, state / "ca.pem"):
            os.chown(path, 65534, 65534)
        caps = ",".join(f"+{name}" for name in rights)
        seen = {}
        nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                  f"--inh-caps=-all,{caps}", f"--ambient-caps=-all,{caps}",
                  f"--bounding-set=-all,{caps}", "--no-new-privs"]
        for who, before in (("root", []), ("nobody", nobody)):
            agent = Agent(lone_fleet, tmp_path / who, state=state / who)
            for args in (["enrol", "--server", f"https://127.0.0.1:{lone_fleet.port}", "--ca",
                          str(state / "ca.pem"), "--token", lone_fleet.token()["secret"]],
                         ["report"]):
                done = subprocess.run([*before, str(state / "salve-agent"), *args, "--state",
                                       str(agent.state)], capture_output=True, text=True,
                                      timeout=120, cwd="/", env=agent.env)
                assert done.returncode == 0, done.stderr
            seen[who] = lone_fleet.inventory(agent.host)
    finally:
        shutil.rmtree(state)
    for part in ("packages", "kernels", "repositories", "interfaces"):
        assert seen["nobody"][part] == seen["root"][part], part
    owned = {who: {(p["protocol"], p["address"], p["port"]) for p in seen[who]["listeners"]
                   if p["pid"]} for who in seen}
    assert ("tcp", "127.0.0.1", lone_fleet.port) in owned["nobody"] & owned["root"]
    gaps = {who: sorted(g["what"] for g in seen[who]["gaps"]) for who in seen}
    assert set(gaps["nobody"]) <= set(gaps["root"]) | {"processes"}, gaps


# --- when something breaks ---

class Proxy:
    """Between agent and server: counts what is sent, and may hold back what is answered."""

    def __init__(self, port, delay_s=0):
        self.to, self.delay_s, self.sent = port, delay_s, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.to))
            threading.Thread(target=self.pump, args=(client, server, 0), daemon=True).start()
            threading.Thread(target=self.pump, args=(server, client, self.delay_s),
                             daemon=True).start()

    def pump(self, source, sink, delay_s):
        try:
            while data := source.recv(65536):
                time.sleep(delay_s)
                sink.sendall(data)
                if delay_s == 0:
                    self.sent += len(data)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def wait_for(what, seconds=30):
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)


def test_agent_killed_before_the_acknowledgement(fleet, tmp_path):
    """It sends the report again, and is not taken for two machines."""
    agent = fleet.agent(make_debian(tmp_path / "web", bash="1"))
    agent.report()
    for round in range(2):
        make_debian(agent.root, bash=f"{round + 2}")
        with Proxy(fleet.port, delay_s=1) as proxy:
            agent.port = proxy.port
            running = agent.spawn("report")
            wait_for(lambda: fleet.packages(agent.host) == {"bash": f"{round + 2}"})
            assert running.poll() is None  # the answer is on its way
            running.kill()
            running.communicate()
    agent.port = None
    make_debian(agent.root, bash="9")
    agent.report()
    assert fleet.agents()[agent.host]["state"] == "active"
    assert fleet.packages(agent.host) == {"bash": "9"}


def test_server_down_for_a_while(fleet, tmp_path):
    """What counts afterwards is the newest state, not each in between."""
    agent = fleet.agent(make_debian(tmp_path / "web", bash="1"))
    agent.report()
    fleet.server.stop()
    for version in ("2", "3"):
        make_debian(agent.root, bash=version)
        assert agent.report(code=5)
    assert "cannot talk" in agent.run("status", code=1).stdout
    fleet.start()
    agent.report()
    agent.run("status")
    assert fleet.packages(agent.host) == {"bash": "3"}
    assert fleet.agents()[agent.host]["counter"] == 2


def test_store_gone_for_a_moment(fleet, tmp_path):
    """As when another machine takes over a PostgreSQL: connections end, and do not come back by
    themselves (S31)."""
    if "://" not in fleet.store:
        pytest.skip("SQLite has no connections that end")
    agent = fleet.agent(make_debian(tmp_path / "web", bash="1"))
    agent.report()
    for version in ("2", "3"):
        fleet.sql("SELECT pg_terminate_backend (pid) FROM pg_stat_activity"
                  " WHERE pid <> pg_backend_pid () AND backend_type = 'client backend'")
        make_debian(agent.root, bash=version)
        wait_for(lambda: agent.report(code=None).returncode == 0)
        for _ in range(64):  # each thread of the server finds out by itself
            try:
                assert fleet.packages(agent.host) == {"bash": version}
                break
            except AssertionError as error:
                assert "did not answer" in str(error)
        else:
            pytest.fail("it never came back")


def test_status_does_not_wait(lone_fleet, tmp_path):
    """For a report that hangs in the network."""
    agent = lone_fleet.agent(make_debian(tmp_path / "web", bash="1"))
    agent.report()
    with Proxy(lone_fleet.port, delay_s=20) as proxy:
        agent.port = proxy.port
        hanging = agent.spawn("report")
        time.sleep(0.5)
        begun = time.monotonic()
        agent.run("status")
        assert time.monotonic() - begun < 5 and hanging.poll() is None
        hanging.kill()
        hanging.communicate()


def test_server_put_back(fleet, tmp_path):
    """A restored server forgot the host's packages, or reports: everything is sent."""
    agent = fleet.agent(make_debian(tmp_path / "web", bash="1", openssl="3"))
    for _ in range(3):
        agent.report()
    fleet.sql("UPDATE agent SET counter = 1, nonce = NULL")
    fleet.sql("DELETE FROM host")
    agent.report()
    assert fleet.packages(agent.host) == {"bash": "1", "openssl": "3"}
    fleet.sql("UPDATE host SET package_set = 0")
    make_debian(agent.root, bash="2", openssl="3")
    agent.report()
    assert fleet.packages(agent.host) == {"bash": "2", "openssl": "3"}
    assert fleet.agents()[agent.host]["state"] == "active"


def test_renewal(launch, store, tmp_path):
    fleet = Fleet(launch, store, tmp_path, "--agent-life", 60)
    agent = fleet.agent(make_debian(tmp_path / "web", bash="1"))
    agent.report()
    first = (agent.state / "identity.pem").read_text()
    memory = agent.memory
    memory["renew_at"] = "2026-01-01T00:00:00Z"
    (agent.state / "state.json").write_text(json.dumps(memory))
    shutil.copy(agent.state / "identity.pem", tmp_path / "old.pem")
    agent.report()
    second = (agent.state / "identity.pem").read_text()
    assert first != second and first.split("PRIVATE")[1] != second.split("PRIVATE")[1]
    assert agent.host == memory["host"] and fleet.agents()[agent.host]["state"] == "active"
    # the new one was used: the old one has ended
    status, _ = Wire(fleet, tmp_path / "old.pem").report([make_package("a", "1")], 9)
    assert status == 401
    agent.report()
    assert len(fleet.agents()) == 1


def test_old_certificate_holds_until_the_new_one_is_used(fleet, tmp_path):
    agent = fleet.agent(make_debian(tmp_path / "web", bash="1"))
    agent.report()
    for name in ("lost", "lost-too"):  # two answers that never arrived
        assert Wire(fleet, agent.state / "identity.pem").post(
            "/api/v1/agent/renew", {"csr": make_csr(tmp_path, name)})[0] == 200
        agent.report()
    assert fleet.agents()[agent.host]["state"] == "active"


def test_run(lone_fleet, tmp_path):
    """Reports by itself, takes little of the machine, and ends at once."""
    agent = lone_fleet.agent(make_debian(tmp_path / "web", bash="1"))
    running = agent.spawn("run")
    wait_for(lambda: agent.memory["counter"] >= 2)
    make_debian(agent.root, bash="2")
    wait_for(lambda: lone_fleet.packages(agent.host) == {"bash": "2"})
    begun = time.monotonic()
    running.terminate()
    assert running.wait(10) == -signal.SIGTERM and time.monotonic() - begun < 1
    running.communicate()


def test_run_is_small(lone_fleet, tmp_path):
    if not (BUILD / "salve-agent").exists():
        pytest.skip("the build for use is not here")
    agent = lone_fleet.agent(make_debian(tmp_path / "web",
                                         **{f"package-{i}": "1.0-1" for i in range(3000)}))
    command = [str(BUILD / "salve-agent"), *agent.command("run")[1:]]
    running = subprocess.Popen(command, env=agent.env)
    try:
        wait_for(lambda: agent.memory["counter"] >= 2)
        status = pathlib.Path(f"/proc/{running.pid}/status").read_text()
        assert int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) < 12 * 1024, status
        times = pathlib.Path(f"/proc/{running.pid}/stat").read_text().split()
        assert int(times[13]) + int(times[14]) <= 5  # hundredths of a second, of its own
    finally:
        running.kill()
        running.wait()


def test_run_waits_for_the_server(lone_fleet, tmp_path):
    """It says its trouble once, and does not knock all the time."""
    agent = lone_fleet.agent(make_debian(tmp_path / "web", bash="1"))
    lone_fleet.server.stop()
    running = agent.spawn("run")
    wait_for(lambda: agent.memory["failed_at"] is not None)
    first = agent.memory["failed_at"]
    time.sleep(3)
    assert agent.memory["failed_at"] == first
    running.terminate()
    assert running.communicate()[1].count("not reported") == 1


# --- the same answer as on the host itself ---

def osv(identity, ecosystem, name, fixed):
    return {"id": identity, "aliases": [f"CVE-2026-{identity[-4:]}"],
            "modified": "2026-01-02T03:04:05Z",
            "affected": [{"package": {"ecosystem": ecosystem, "name": name},
                          "ranges": [{"type": "ECOSYSTEM",
                                      "events": [{"introduced": "0"}, {"fixed": fixed}]}]}]}


def salve(fleet, *args):
    env = {"PATH": os.environ["PATH"], "HOME": str(fleet.folder), "LC_ALL": "C.UTF-8"}
    done = subprocess.run([program("salve"), *map(str, args)], capture_output=True, text=True,
                          timeout=120, env=env)
    assert done.returncode == 0, done.stderr
    return done.stdout


def import_feeds(fleet):
    folder = fleet.folder / "feeds"
    folder.mkdir()
    (folder / "alpine").mkdir()
    for identity, name, fixed in (("ALPINE-0001", "busybox", "1.36.1-r16"),
                                  ("ALPINE-0002", "openssl", "3.1.4-r5"),
                                  ("ALPINE-0003", "zlib", "1.2-r0")):
        (folder / f"alpine/{identity}.json").write_text(
            json.dumps(osv(identity, "Alpine:v3.19", name, fixed)))
    tracker = {}
    for i, (source, fixed) in enumerate((("openssl", "3.0.13-1~deb12u1"), ("bash", "4.0-1"),
                                         ("glibc", "2.36-9+deb12u99"), ("curl", "9.0-1"))):
        tracker[source] = {f"CVE-2026-10{i}0": {"releases": {"bookworm": {
            "status": "resolved", "fixed_version": fixed, "urgency": "high",
            "repositories": {"bookworm": fixed}}}}}
    (folder / "tracker.json").write_text(json.dumps(tracker))
    for feed, name in (("osv", "alpine"), ("debian-tracker", "tracker.json")):
        salve(fleet, "feed", "import", feed, folder / name, "--store", fleet.store, "--force")


ROOTS = {
    "debian": lambda path: make_debian(path / "debian", openssl="3.0.11-1", bash="5.2-1",
                                       curl="8.1-1"),
    "alpine": lambda path: make_alpine(path / "alpine", busybox="1.36.1-r15", openssl="3.1.4-r5",
                                       zlib="1.1-r9"),
    "data": lambda path: make_from_data(path / "data", "rootfs-a-bookworm-minbase"),
}


@pytest.mark.parametrize("root", ROOTS)
def test_the_server_says_what_the_host_would(fleet, tmp_path, root):
    import_feeds(fleet)
    agent = fleet.agent(ROOTS[root](tmp_path))
    agent.report()
    own = json.loads(salve(fleet, "inventory", "--root", agent.root, "-o", "json", "--store",
                           fleet.store))
    kept = fleet.inventory(agent.host)
    forgotten = ("depends", "conflicts", "provides", "multi_arch", "automatic")
    for package in own["packages"] + kept["packages"]:
        for key in forgotten:
            package.pop(key, None)
    own.pop("collected_at"), kept.pop("collected_at")
    own["packages"] = [p for p in own["packages"] if p["state"] != "config-files"]
    assert kept == own
    scan = json.loads(salve(fleet, "scan", "--root", agent.root, "-o", "json", "--offline",
                            "--store", fleet.store))
    page = fleet.call("GET", f"/api/v1/hosts/{agent.host}/findings?limit=1000")
    assert page["next"] is None and page["total"] > 0
    assert page["items"] == scan["findings"]


def test_a_host_without_agent(fleet, tmp_path):
    """An rpm manifest, sent for it by somebody else."""
    put(tmp_path / "rpm", "etc/os-release", 'ID=almalinux\nVERSION_ID="9.4"\nNAME="AlmaLinux"\n')
    manifest = tmp_path / "manifest"
    manifest.write_text("bash\t(none)\t5.1.8\t6.el9\tx86_64\tbash-5.1.8-6.el9.src.rpm\t\tAlma\n"
                        "openssl\t1\t3.0.7\t24.el9\tx86_64\topenssl-3.0.7-24.el9.src.rpm\t\tAlma\n")
    own = json.loads(salve(fleet, "inventory", "--rpm-manifest", manifest, "--os-release",
                           tmp_path / "rpm/etc/os-release", "-o", "json"))
    packages = own["packages"]
    digests = sorted({package_digest(p) for p in packages})
    report = {"set": hashlib.sha256(b"".join(digests)).hexdigest(), "added": packages,
              "facts": {**own, "packages": []}}
    fleet.call("PUT", "/api/v1/hosts/switch-1/report", report)
    kept = fleet.inventory("switch-1")
    assert [(p["name"], p["version"]) for p in kept["packages"]] == \
        [(p["name"], p["version"]) for p in packages]
    assert kept["distro"] == own["distro"]


# --- hosts with addresses of their own ---

def ip(*args, check=True):
    return subprocess.run(["ip", *map(str, args)], capture_output=True, text=True, check=check)


@contextlib.contextmanager
def network_of(n):
    """Names of network namespaces on one switch: the server's, then those of n hosts."""
    tag = f"sv{os.getpid()}"
    if not shutil.which("ip") or ip("netns", "add", f"{tag}s", check=False).returncode != 0:
        pytest.skip("network namespaces are not permitted here")
    names = [f"{tag}s"]
    try:
        try:
            connect_networks(names, tag, n)
        except subprocess.CalledProcessError as error:
            pytest.skip(f"no network of namespaces can be made: {error.stderr}")
        yield names
    finally:
        for name in names:
            ip("netns", "del", name, check=False)


def connect_networks(names, tag, n):
    ip("-n", names[0], "link", "add", "switch", "type", "bridge")
    ip("-n", names[0], "addr", "add", "198.18.77.1/24", "dev", "switch")
    for device in ("lo", "switch"):
        ip("-n", names[0], "link", "set", device, "up")
    for i in range(n):
        name = f"{tag}h{i}"
        ip("netns", "add", name)
        names.append(name)
        ip("-n", name, "link", "add", "eth0", "type", "veth", "peer", "name", f"p{i}", "netns",
           names[0])
        ip("-n", names[0], "link", "set", f"p{i}", "master", "switch", "up")
        ip("-n", name, "addr", "add", f"198.18.77.{i + 10}/24", "dev", "eth0")
        ip("-n", name, "link", "set", "eth0", "up")


@pytest.fixture
def network():
    with network_of(20) as names:
        yield names


def test_a_fleet(launch, store, tmp_path, network):
    """Twenty hosts in networks of their own, of which each runs something else."""
    within = lambda name: ("ip", "netns", "exec", name)
    server = launch("--store", store, "--listen", "198.18.77.1:0", "--report-every", 1,
                    before=within(network[0]))
    local = Fleet(launch, store, tmp_path)  # another server over the same store, to look with
    secret = local.ask_store("--new-enrol-token", 20).strip()
    agents = [Agent(local, make_debian(tmp_path / f"host-{i}", common="1", own=f"{i}"))
              for i in range(20)]

    def begin(i):
        agent = agents[i]
        done = subprocess.run(
            [*within(network[i + 1]), *agent.command("enrol"), "--server",
             "https://{}:{}".format(*server.address), "--ca", local.ca, "--token", secret],
            capture_output=True, text=True, timeout=120, env=agent.env)
        assert done.returncode == 0, done.stderr
        return subprocess.Popen([*within(network[i + 1]), *agent.command("run")], env=agent.env,
                                stderr=subprocess.DEVNULL)

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        running = list(pool.map(begin, range(20)))
    try:
        wait_for(lambda: all(a.memory["counter"] >= 1 for a in agents), 60)
        for i, agent in enumerate(agents):
            make_debian(agent.root, common="2", own=f"{i}", new=f"{i % 3}")
        wait_for(lambda: all(local.packages(a.host) == {"common": "2", "own": f"{i}",
                                                        "new": f"{i % 3}"}
                             for i, a in enumerate(agents)), 60)
    finally:
        for process in running:
            process.kill()
            process.wait()
    assert {a["state"] for a in local.agents().values()} == {"active"}
    assert len(local.agents()) == 20
