"""Calls made from the server's own document, by all kinds of callers, and what holds of each answer.

SALVE_FUZZ_CALLS: how many; SALVE_FUZZ_SEED: the first seed, as a failure names it."""

import contextlib
import http.client
import itertools
import json
import os
import sqlite3
import ssl
import subprocess
import time
import urllib.parse
import uuid

import pytest

from calls import Generator, read_operations
from conftest import POSTGRES, program, psql
from people import PASSWORD, Client, first_person
from test_access import PERMISSIONS, ROLES
from test_agent import Fleet, make_csr, make_debian, make_package, make_report
from test_fleet import tracker

jsonschema = pytest.importorskip("jsonschema")

CALLS = int(os.environ.get("SALVE_FUZZ_CALLS", 6000))
SEED = int(os.environ.get("SALVE_FUZZ_SEED", time.time_ns() % 10**9))
ROUND = 1500  # calls to one server; then a new one, where all are logged in again
PATIENCE_S = 10
# What the dispatcher refuses before it knows an operation, or whatever the operation.
ANYWHERE = {400, 404, 405, 413, 414, 415}
# What ends the caller's own session is rarely called whole.
ENDS = {("DELETE", "/api/v1/session"), ("DELETE", "/api/v1/sessions"),
        ("DELETE", "/api/v1/people/{person}/sessions"), ("PUT", "/api/v1/account/password")}


class Wire(http.client.HTTPConnection):
    """Sends whatever it is told to."""

    def _validate_path(self, url):
        pass

    def _validate_method(self, method):
        pass

    def _encode_request(self, request):
        return request.encode("latin-1")


class SecureWire(Wire, http.client.HTTPSConnection):
    pass


class Actor:
    """One caller: how it says who it is, and what it may do."""

    def __init__(self, name, headers, roles=(), token=None, id=None, permissions=()):
        self.name, self.headers, self.roles, self.id = name, headers, set(roles), id
        self.token, self.permissions = token, set(permissions)

    def may(self, permission):
        if permission == "public" or permission in self.permissions:
            return True
        flags, roles = PERMISSIONS.get(permission, (set(), set()))
        if self.token is not None:
            return permission in self.token and "person-only" not in flags
        return bool(roles & self.roles) or (bool(self.headers) and "everyone" in flags)


class Judge:
    """What must hold of every answer, whoever asked for what."""

    def __init__(self, document):
        self.components = document["components"]
        self.validators = {}

    def schema_for(self, operation, status):
        answer = operation.responses.get(str(status)) or operation.responses["default"]
        if "$ref" in answer:
            answer = self.components["responses"][answer["$ref"].rsplit("/", 1)[1]]
        return answer.get("content", {})

    def validate(self, schema, data):
        key = json.dumps(schema, sort_keys=True)
        if key not in self.validators:
            self.validators[key] = jsonschema.Draft202012Validator(
                {**schema, "components": self.components})
        return next(self.validators[key].iter_errors(data), None)

    def wrong_body(self, operation, status, kind, text):
        content = self.schema_for(operation, status)
        if kind.split(";")[0] not in content:
            return f"{kind} is not among {list(content)}"
        if "json" not in kind:
            return None
        error = self.validate(next(iter(content.values()))["schema"], json.loads(text))
        return error and error.message

    def fault(self, call, actor, status, kind, text):
        """What is wrong with this answer; None: nothing."""
        operation = call.operation
        ours = call.method == operation.method and not call.raw
        if status >= 500 and not (status == 503 and "503" in operation.responses):
            return "the server failed"
        if 200 <= status < 400 and ours and not actor.may(operation.permission):
            return f"{actor.name} lacks {operation.permission}"
        if call.raw and 400 <= status < 500 or status in (414, 431) and not kind:
            return None  # in the words of the library that parses the head
        if ours and str(status) not in operation.responses and status not in ANYWHERE | {304}:
            return f"{status} is not documented"
        if not ours and status >= 400 and "problem+json" not in kind:
            return f"a failure answered as {kind}"
        if not ours or status in (204, 304) or kind == "text/event-stream":
            return None
        return self.wrong_body(operation, status, kind, text) or self.wrongly_taken(call, status)

    def wrongly_taken(self, call, status):
        if call.operation.body is None or status >= 300:
            return None
        error = self.validate(call.operation.body, json.loads(call.body))
        return error and f"taken, though {error.message}"


class Session:
    """A run of calls against one server."""

    def __init__(self, connect, actors, generator, judge):
        self.connect, self.actors, self.generator, self.judge = connect, actors, generator, judge
        self.connection, self.seen, self.faults = None, {}, {}

    def ask(self, call, actor):
        self.connection = self.connection or self.connect()
        headers = {**actor.headers, **call.headers}
        try:
            self.connection.request(call.method, call.target.decode("latin-1"), call.body, headers)
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
            pass  # it has answered already
        answer = self.connection.getresponse()
        kind = answer.headers.get("Content-Type", "")
        endless = kind == "text/event-stream"
        text = b"" if endless else answer.read()
        if endless or answer.will_close or call.body and len(call.body) > 1 << 20:
            self.close()
        return answer.status, kind, text

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def try_call(self, call, actor):
        """An answer; None where the server cut what it did not want to read."""
        fresh = self.connection is None
        begun = time.monotonic()
        try:
            return self.ask(call, actor)
        except (ConnectionError, ssl.SSLError, http.client.HTTPException) as error:
            self.close()
            assert time.monotonic() - begun < PATIENCE_S, f"it hung: {call}"
            if call.raw or call.method == "HEAD" or call.body and len(call.body) > 1 << 20:
                return None
            assert not fresh, f"no answer ({error!r}) to {call}"
            return self.try_call(call, actor)  # it had closed the connection that was kept

    def choose(self, operation):
        """Anyone; every other time one who may."""
        able = [actor for actor in self.actors if actor.may(operation.permission)]
        return self.generator.random.choice(able if able and self.generator.chance(2)
                                            else self.actors)

    def run(self, n):
        for _ in range(n):
            call = self.generator.call()
            actor = self.choose(call.operation)
            if (call.operation.method, call.operation.path) in ENDS and \
                    not self.generator.chance(30):
                call.headers["X-Salve-CSRF"] = "wrong"
            answer = self.try_call(call, actor)
            if answer is None:
                continue
            if fault := self.judge.fault(call, actor, *answer):
                where = call.operation.method, call.operation.path, fault[:40]
                self.faults.setdefault(where, f"{fault}\n{actor.name}: {call}\n"
                                              f"{answer[0]} {answer[2][:2000]!r}\n")
            self.note(call, *answer)
        assert not self.faults, "\n".join(self.faults.values())

    def note(self, call, status, _, text):
        key = f"{call.operation.method} {call.operation.path}"
        self.seen.setdefault(key, set()).add(status)
        if key == "POST /api/v1/people/{person}/grants" and status == 201:
            person = urllib.parse.unquote(call.target.decode().split("/")[4])
            for actor in self.actors:
                if actor.id == person:
                    actor.roles.add(json.loads(text)["role"])


# --- people and tokens ---

def copy(source, target):
    with contextlib.closing(sqlite3.connect(source)) as from_, \
            contextlib.closing(sqlite3.connect(target)) as to:
        from_.backup(to)


class Template:
    """A store with people in it, of which each round gets a copy."""

    def __init__(self, kind, folder):
        self.kind, self.folder, self.names = kind, folder, []

    def make(self, base=None):
        name = f"fuzz_{uuid.uuid4().hex}"
        self.names.append(name)
        if self.kind == "sqlite":
            if base:
                copy(base, self.folder / name)
            return str(self.folder / name)
        template = f" TEMPLATE {self.name_of(base)}" if base else ""
        psql(f"CREATE DATABASE {name}{template}")
        address, _, options = POSTGRES.partition("?")
        return f"{address.rsplit('/', 1)[0]}/{name}?{options}"

    @staticmethod
    def name_of(url):
        return url.partition("?")[0].rsplit("/", 1)[1]

    def clear(self):
        for name in self.names if self.kind != "sqlite" else ():
            psql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def headers_of(client):
    if client.token:
        return {"Authorization": f"Bearer {client.token}"}
    return {"Cookie": f"salve={client.cookie}", "X-Salve-CSRF": client.csrf}


def make_people(server):
    """One person of each role, a token of each with all it may have, one of nobody and nobody."""
    alice = first_person(server)
    actors = [Actor("anonymous", {}), Actor("nonsense", {"Authorization": "Bearer x"}),
              Actor("alice", headers_of(alice), ["administrator"], id=alice.id)]
    nobody = alice.add("nobody")
    actors.append(Actor("no role", headers_of(nobody), id=nobody.id))
    for role in ROLES:
        person = alice.add(role, role)
        held = sorted(p for p, (flags, roles) in PERMISSIONS.items()
                      if role in roles and "person-only" not in flags)
        token = person.make_token(*held)
        actors += [Actor(role, headers_of(person), [role], id=person.id),
                   Actor(f"token of {role}", headers_of(token), token=set(held))]
    narrow = alice.make_token("feed:read")
    return alice, [*actors, Actor("narrow", headers_of(narrow), token={"feed:read"})]


CORP = {"kind": "ldap", "name": "Corp", "address": "ldaps://127.0.0.1:9", "base": "dc=corp",
        "account": "cn=salve", "secret": "s", "disabled": True}


def make_things(alice):
    """Something to find: hosts, grants, tokens, a directory that nobody asks, a system."""
    alice.json("PUT", "/api/v1/identity-providers/corp", CORP)
    mapping = alice.json("POST", "/api/v1/identity-providers/corp/mappings",
                         {"group_name": "cn=a", "role": "reporter"}, 201)
    system = alice.json("POST", "/api/v1/systems", {"name": "Mail"}, 201)
    host = make_report([make_package("openssl", "1")])
    alice.json("PUT", "/api/v1/hosts/web-1/report", host)
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86400))
    alice.json("POST", "/api/v1/baselines", {"name": "web", "host": "web-1"}, 201)
    exemption = alice.json("POST", "/api/v1/baselines/web/exemptions",
                           {"item": "openssl", "reason": "r", "owner": "Anna",
                            "expires_at": soon}, 201)
    audit = alice.json("POST", "/api/v1/inventory-audits", {}, 201)
    people = alice.json("GET", "/api/v1/people?limit=1000")["items"]
    ids = [person["id"] for person in people]
    grants = [grant["id"] for person in ids
              for grant in alice.json("GET", f"/api/v1/people/{person}/grants")["items"]]
    enrol = alice.json("POST", "/api/v1/enrol-tokens", {"quota": 5, "lifetime_s": 600})
    return {"person": ids, "expires_at": [soon],
            "login": [*(person["login"] for person in people), *(f"new-{i}" for i in range(30))], "grant": grants,
            "password": [PASSWORD], "current": [PASSWORD], "host": ["web-1"],
            "role": ROLES, "permissions": sorted(PERMISSIONS), "secret": [enrol["secret"]],
            "token": [enrol["id"], enrol["secret"]], "scope": ["all", "system", "product"],
            "base": [host["set"]], "set": [host["set"]], "feed": ["debian-tracker"],
            "vulnerability": ["CVE-2026-0001"], "subject": ["payroll"],
            "provider": ["corp"], "mapping": [mapping["id"]], "system": [system["id"]],
            "baseline": ["web"], "exemption": [exemption["id"]], "audit": [str(audit["id"])],
            "update": ["debian:12/openssl"], "item": ["openssl"], "source": ["lan"],
            "computer": ["name:printer"], "kind": ["csv", "dns"]}


def import_tracker(store, folder):
    (folder / "tracker.json").write_text(tracker(openssl=("CVE-2026-0001", "3.0.19-1")))
    subprocess.run([program("salve"), "feed", "import", "debian-tracker", folder / "tracker.json",
                    "--store", store, "--force", "--quiet"], check=True, capture_output=True,
                   env={"PATH": os.environ["PATH"], "HOME": str(folder)})


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_people_and_tokens(launch, tmp_path, kind):
    """Whatever is sent by whom: no failure, no hang, nothing undocumented, nothing that one may not."""
    if kind == "postgresql" and not POSTGRES:
        pytest.skip("SALVE_TEST_POSTGRES is not set")
    template = Template(kind, tmp_path)
    try:
        base = template.make()
        server = launch("--store", base)
        alice, actors = make_people(server)
        known = make_things(alice)
        document = server.json("/api/v1/openapi.json")
        assert server.stop() == 0, server.log
        import_tracker(base, tmp_path)
        seen = {}
        for round in range(0, CALLS, ROUND):
            run_round(launch, template, base, (document, actors, known, SEED + round), seen)
        assert_all_was_tried(document, seen)
    finally:
        template.clear()


def run_round(launch, template, base, what, seen):
    document, actors, known, seed = what
    server = launch("--store", template.make(base))
    actors = [Actor(a.name, a.headers, a.roles, a.token, a.id) for a in actors]
    session = Session(lambda: Wire(*server.address, timeout=PATIENCE_S), actors,
                      Generator(document, seed, known, FITS), Judge(document))
    try:
        session.run(min(CALLS, ROUND))
    except BaseException:
        print(f"SALVE_FUZZ_SEED={seed}\n{server.log[-3000:]}")
        raise
    assert server.get("/readyz").status == 200
    assert server.stop() == 0, f"SALVE_FUZZ_SEED={seed} {server.log}"
    for operation, statuses in session.seen.items():
        seen.setdefault(operation, set()).update(statuses)


def assert_all_was_tried(document, seen):
    """The calls get somewhere: most operations did what they are for, and refused as well."""
    operations = [o for o in read_operations(document) if o.permission != "agent"]
    good = [o for o in operations if seen.get(f"{o.method} {o.path}", set()) & {200, 201, 204}]
    bad = [o for o in operations if seen.get(f"{o.method} {o.path}", set()) & {400, 403}]
    assert len(good) > len(operations) * 0.7, seen
    assert len(bad) > len(operations) * 0.8, seen


# --- hosts ---

def fit_provider(settings):
    """As much of one as makes sense."""
    settings |= CORP


def fit(report):
    """The set is of the packages that are sent."""
    for package in report.setdefault("added", []):
        package["state"] = package.get("state") or "installed"
        package |= {key: package.get(key) or "1" for key in ("name", "version", "source")}
    report |= {"base": None, "removed": [], "facts": report.get("facts") or {}}
    report["set"] = make_report(report["added"])["set"]


FITS = {"CheckinInput": fit, "IdentityProviderSettingsInput": fit_provider}


def test_hosts(launch, store, tmp_path):
    """What a host may send with its certificate: the same holds, and no host but it is touched."""
    fleet = Fleet(launch, store, tmp_path)
    honest = fleet.agent(make_debian(tmp_path / "honest", bash="1"))
    honest.report()
    before = fleet.inventory(honest.host)
    document = fleet.call("GET", "/api/v1/openapi.json")
    paths = document["paths"]
    document["paths"] = {path: row for path, row in paths.items() if "/agent/" in path}
    try:
        for round in range(5):
            agent = fleet.agent(make_debian(tmp_path / f"web-{round}", bash="1"))
            send_nonsense(fleet, agent, document, SEED + round)
            look_at(fleet, agent, {**document, "paths": paths})
    except BaseException:
        print(f"SALVE_FUZZ_SEED={SEED}\n{fleet.server.log[-3000:]}")
        raise
    assert fleet.inventory(honest.host) == before
    assert fleet.agents()[honest.host]["state"] == "active"
    honest.report()
    assert fleet.server.stop() == 0, fleet.server.log


def send_nonsense(fleet, agent, document, seed):
    counter = itertools.count(1)

    def finish(report):
        fit(report)
        report |= {"counter": next(counter), "nonce": uuid.uuid4().hex}

    context = ssl.create_default_context(cafile=fleet.ca)
    context.load_cert_chain(agent.state / "identity.pem")
    known = {"csr": [make_csr(fleet.folder, "x")], "token": [fleet.token(quota=5)["secret"]],
             "set": ["0" * 64], "nonce": ["n"], "scheme": ["deb"]}
    session = Session(
        lambda: SecureWire("127.0.0.1", fleet.port, timeout=PATIENCE_S, context=context),
        [Actor("host", {}, permissions={"agent"})],
        Generator(document, seed, known, {"CheckinInput": finish}), Judge(document))
    session.run(CALLS // 10)
    session.close()


def look_at(fleet, agent, document):
    """Whatever it sent is shown in the form that the document promises."""
    judge = Judge(document)
    operations = {o.path: o for o in read_operations(document) if o.method == "GET"}
    for path in ("/api/v1/hosts/{host}", "/api/v1/hosts/{host}/inventory",
                 "/api/v1/hosts/{host}/findings", "/api/v1/hosts", "/api/v1/agents"):
        connection = SecureWire("127.0.0.1", fleet.port, timeout=PATIENCE_S, context=fleet.context)
        connection.request("GET", path.replace("{host}", agent.host))
        answer = connection.getresponse()
        assert answer.status in (200, 404), answer.read()
        wrong = judge.wrong_body(operations[path], answer.status, answer.headers["Content-Type"],
                                 answer.read())
        assert wrong is None, wrong
        connection.close()
