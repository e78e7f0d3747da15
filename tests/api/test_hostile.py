"""Clients and hosts that mean harm; and whoever asks meanwhile for a list."""

import contextlib
import json
import resource
import socket
import time
import uuid

import pytest

from test_agent import Fleet, Wire, make_debian, make_package, make_report, package_digest

PROMPT_S = 2  # in the worst case, on a crowded machine with sanitizers
ATTACK_S = 2
FOREIGN = "127.0.0.2"  # each address has a limit of its own


@pytest.fixture
def many_files():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 5000:
        pytest.skip("too few descriptors are allowed here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def connect(server, n):
    return [socket.create_connection(server.address, timeout=10, source_address=(FOREIGN, 0))
            for _ in range(n)]


def drip(clients, data):
    """One byte each."""
    for client in clients:
        with contextlib.suppress(OSError):
            client.send(data)


def slow_heads(server):
    clients = connect(server, 500)
    for client in clients:
        client.send(b"GET /api/v1/hosts HTTP/1.1\r\nHost: localhost\r\nX: ")
    return clients, lambda: drip(clients, b"x")


def slow_bodies(server):
    clients = connect(server, 500)
    for client in clients:
        client.send(b"PUT /api/v1/hosts/x/report HTTP/1.1\r\nHost: localhost\r\n"
                    b"Content-Type: application/json\r\nContent-Length: 33554432\r\n\r\n")
    return clients, lambda: drip(clients, b" ")


def huge_heads(server):
    clients = connect(server, 200)
    return clients, lambda: drip(clients, b"GET / HTTP/1.1\r\n" + b"X: " + b"y" * 65536)


def idle(server):
    return connect(server, 2000), lambda: None


def unread_answers(server):
    """Asks again and again, and never reads."""
    clients = connect(server, 100)
    for client in clients:
        client.setblocking(False)
    ask = b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n" * 10
    return clients, lambda: drip(clients, ask)


@pytest.mark.parametrize("attack", [slow_heads, slow_bodies, huge_heads, idle, unread_answers])
def test_others_are_served(launch, tmp_path, many_files, attack):
    """While an attack goes on, an ordinary list comes promptly."""
    server = launch("--store", tmp_path / "s.db", "--insecure-no-login")
    clients, go_on = attack(server)
    worst, end = 0, time.monotonic() + ATTACK_S
    while time.monotonic() < end:
        go_on()
        begun = time.monotonic()
        assert server.get("/api/v1/hosts").status == 200
        worst = max(worst, time.monotonic() - begun)
        time.sleep(0.1)
    for client in clients:
        client.close()
    assert worst < PROMPT_S
    assert server.stop() == 0


# --- requests that two readers could frame differently ---

INNER = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
HEAD = "POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
CHUNKED = f"{len(INNER):x}\r\n{INNER}\r\n0\r\n\r\n"
LENGTH = f"Content-Length: {len(INNER)}\r\n"


FRAMINGS = [
    (LENGTH + "Transfer-Encoding: chunked\r\n", "0\r\n\r\n" + INNER),
    ("Transfer-Encoding: chunked\r\n" + LENGTH, "0\r\n\r\n" + INNER),
    ("Content-Length: 5\r\nContent-Length: 0\r\n", INNER),
    ("Content-Length: 0\r\n" + LENGTH, INNER),
    ("Content-Length: 0, 5\r\n", INNER),
    ("Content-Length: +5\r\n", INNER), ("Content-Length: -1\r\n", INNER),
    ("Content-Length: 0x5\r\n", INNER), ("Content-Length: 5 5\r\n", INNER),
    ("Content-Length: 99999999999999999999999\r\n", INNER), ("Content-Length:\r\n", INNER),
    (LENGTH + "Transfer-Encoding: xchunked\r\n", INNER),
    (LENGTH + "Transfer-Encoding : chunked\r\n", INNER),
    (LENGTH + "Transfer-Encoding:\tchunked\r\n", "0\r\n\r\n" + INNER),
    (LENGTH + "Transfer-Encoding: chunked, identity\r\n", INNER),
    (LENGTH + "Transfer-Encoding: identity\r\n", INNER),
    (LENGTH + "X: y\r\n Transfer-Encoding: chunked\r\n", INNER),
    ("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", CHUNKED),
    ("Transfer-Encoding: identity, chunked\r\n", CHUNKED),
    ("Transfer-Encoding: gzip, chunked\r\n", CHUNKED),
    ("Transfer-Encoding: chunked\r\n", f"fffffffffffffffff{len(INNER):x}\r\n{INNER}\r\n0\r\n\r\n"),
    ("Transfer-Encoding: chunked\r\n", f"-1\r\n{INNER}\r\n0\r\n\r\n"),
    ("Transfer-Encoding: chunked\r\n", f"0x{len(INNER):x}\r\n{INNER}\r\n0\r\n\r\n"),
    ("Transfer-Encoding: chunked\r\n", f"{len(INNER):x}\r\n{INNER}XX0\r\n\r\n"),
]


def test_smuggling(launch, tmp_path):
    """What stands inside a body for one reader is no request for another."""
    server = launch("--store", tmp_path / "s.db", "--insecure-no-login")
    for framing, body in FRAMINGS:
        answers = server.ask(HEAD + framing + "\r\n" + body)  # until it is closed
        assert "alive" not in answers and "HTTP/1.1 2" not in answers, (framing, answers)
        assert "HTTP/1.1 4" in answers or "HTTP/1.1 5" in answers or not answers, (framing, answers)
    assert server.get("/healthz").status == 200


# --- a host that lies ---

@pytest.fixture
def fleet(launch, store, tmp_path):
    return Fleet(launch, store, tmp_path)


def test_a_lying_host_harms_its_own_row(fleet, tmp_path):
    """Other ids, wrong digests, lying deltas, too many packages, numbers that jump, replays."""
    honest = fleet.agent(make_debian(tmp_path / "honest", openssl="3.0.1-1", bash="1"))
    honest.report()
    before, row = fleet.inventory(honest.host), fleet.call("GET", f"/api/v1/hosts/{honest.host}")
    for attack in ATTACKS:
        evil = fleet.agent(make_debian(tmp_path / attack.__name__, bash="1"))
        evil.report()
        attack(Wire(fleet, evil.state / "identity.pem"), honest, 2)
        assert fleet.inventory(honest.host) == before, attack
        assert fleet.call("GET", f"/api/v1/hosts/{honest.host}") == row, attack
        assert fleet.agents()[honest.host]["state"] == "active", attack
    assert fleet.call("GET", "/api/v1/hosts")["total"] == 1 + len(ATTACKS)
    honest.report()
    assert fleet.packages(honest.host) == {"openssl": "3.0.1-1", "bash": "1"}
    assert fleet.server.process.poll() is None


def send(wire, report, *statuses):
    status, answer = wire.post("/api/v1/agent/report", report)
    assert status in statuses, (status, answer)


def other_id(wire, honest, counter):
    report = make_report([make_package("openssl", "0")], counter)
    for key in ("host", "id", "fingerprint"):
        send(wire, report | {key: honest.host}, 200)  # passed over: a newer agent may say more
    wire.connection.request("PUT", f"/api/v1/hosts/{honest.host}/report", json.dumps(report),
                            {"Content-Type": "application/json", "Host": "evil.example"})
    answer = wire.connection.getresponse()
    assert answer.status == 401, answer.read()


def wrong_digests(wire, honest, counter):
    report = make_report([make_package("openssl", "0")], counter)
    for digest in (honest.memory["set"], "0" * 64, "g" * 64, "", "0" * 63, "\0" * 64):
        send(wire, report | {"set": digest}, 400, 422)


def lying_deltas(wire, honest, counter):
    package = make_package("openssl", "3.0.1-1")
    report = make_report([package], counter)
    gone = [package_digest(package).hex()]
    send(wire, report | {"base": honest.memory["set"]}, 409)
    send(wire, report | {"base": report["set"], "removed": gone}, 409, 422)
    send(wire, report | {"removed": gone * 1000, "nonce": uuid.uuid4().hex}, 200, 403)
    send(wire, report | {"added": [], "removed": []}, 422, 403)


def too_many(wire, honest, counter):
    """A million packages are more than a body may hold; 200,001 small ones more than a host has."""
    package = '{"name":"%d","version":"1","source":"s"},'
    for n in (1_000_000, 200_001):
        body = '{"set":"%s","added":[%s]}' % ("0" * 64, "".join(map(package.__mod__, range(n)))[:-1])
        with contextlib.suppress(OSError):
            wire.connection.request("POST", "/api/v1/agent/report", body,
                                    {"Content-Type": "application/json"})
        with contextlib.suppress(OSError):
            answer = wire.connection.getresponse()
            assert answer.status in (400, 413, 422), answer.read()
            answer.read()
        wire.connection.close()


def jumping_numbers(wire, honest, counter):
    for number in (counter, 1 << 40, 5, 1 << 62, -1, 0, counter):
        send(wire, make_report([make_package("a", str(number))], number), 200, 400, 403, 422)


def replays(wire, honest, counter):
    report = make_report([make_package("a", "1")], counter)
    send(wire, report, 200)
    send(wire, report, 200)  # its answer may have been lost
    other = make_report([make_package("a", "2")], counter, report["nonce"])
    send(wire, other, 200, 403, 409, 422)
    send(wire, make_report([make_package("a", "3")], counter), 403)  # two machines
    send(wire, make_report([make_package("a", "4")], counter + 1), 403)


ATTACKS = [other_id, wrong_digests, lying_deltas, too_many, jumping_numbers, replays]
