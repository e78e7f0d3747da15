"""HTTP as strangers speak it, well or badly."""

import concurrent.futures
import json
import re
import resource
import signal
import threading
import time

import pytest

from conftest import receive_all

HEADERS = ["X-Content-Type-Options", "Cache-Control", "Content-Security-Policy",
           "Referrer-Policy", "X-Request-Id"]
GET = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n"


def test_keep_alive(salved):
    connection = salved.http()
    for _ in range(50):
        connection.request("GET", "/api/v1/about")
        answer = connection.getresponse()
        assert answer.status == 200 and json.loads(answer.read())["name"] == "salved"
    assert salved.get("/metrics").text.count('route="/api/v1/about"') > 1


def test_pipelined(salved):
    answers = salved.ask((GET + "\r\n") * 20 + GET + "Connection: close\r\n\r\n")
    assert answers.count("HTTP/1.1 200 OK") == 21 and answers.count("\r\n\r\nalive\n") == 21


def test_head(salved):
    full = salved.get("/api/v1/feeds")
    head = salved.get("/api/v1/feeds", method="HEAD")
    assert head.status == 200 and head.text == ""
    assert head.headers["Content-Length"] == full.headers["Content-Length"]
    assert head.headers["ETag"] == full.headers["ETag"]


def test_conditional(salved):
    etag = salved.get("/api/v1/feeds").headers["ETag"]
    answer = salved.get("/api/v1/feeds", headers={"If-None-Match": etag})
    assert answer.status == 304 and answer.text == ""


@pytest.mark.parametrize("path", ["/healthz", "/nowhere", "/api/v1/feeds?x=1", "/api/v1/feeds/x"])
def test_headers_on_every_answer(salved, path):
    answer = salved.get(path)
    assert all(name in answer.headers for name in HEADERS), answer.headers
    assert answer.status == 200 or answer.headers["X-Request-Id"] in answer.text
    for rule in ("default-src 'none'", "object-src 'none'", "base-uri 'none'",
                 "frame-ancestors 'none'", "sandbox"):
        assert rule in answer.headers["Content-Security-Policy"].split("; ")
    assert answer.headers["Cache-Control"] == "no-store" and "Server" not in answer.headers
    assert answer.headers["Content-Type"] in ("text/plain; charset=utf-8", "application/json",
                                              "application/problem+json")
    assert not any(name.startswith("Access-Control") for name in answer.headers)


def test_no_line_of_the_log_is_forged(salved):
    for line in ("GET /a%0asalve:%20note:%20forged HTTP/1.1", "GET /a\x1b[2J\x85 HTTP/1.1",
                 "GET\x0b /a\x0bb HTTP/1.1"):
        salved.ask(f"{line}\r\nHost: x\r\nX-Forwarded-For: 198.51.100.7\r\nConnection: close\r\n\r\n")
    salved.stop()
    assert "from=127.0.0.1 " in salved.log and "from=198.51.100.7" not in salved.log
    for line in salved.lines:
        assert line.startswith("salve: ") and line[:-1].isprintable(), line


def test_problem(salved):
    answer = salved.get("/api/v1/feeds/none-such")
    problem = json.loads(answer.text)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert problem["status"] == answer.status == 404
    assert problem["code"] == "not_found" and "none-such" in problem["detail"]
    assert problem["request_id"] == answer.headers["X-Request-Id"]


@pytest.mark.parametrize("text, status", [
    (f"{GET}X: {'x' * 100000}\r\n\r\n", r"4(31|13)"),
    (f"GET /{'x' * 100000} HTTP/1.1\r\nHost: x\r\n\r\n", r"41[34]"),
    ("TRACE /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "405"),
    ("OPTIONS /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "405"),
    ("BREW /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "405"),
    (f"{GET}Content-Length: 5\r\nConnection: close\r\n\r\nhello", "400"),
    (f"{GET}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", "400"),
    (f"{GET}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"),
    ("GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n", "400"),
    ("GET /healthz HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"),
    ("nonsense\r\n\r\n", "4.."),
    ("GET /healthz HTTP/3.0\r\nHost: x\r\n\r\n", "505"),
])
def test_refused(salved, text, status):
    answer = salved.ask(text)
    # a reset while we still send is a refusal too
    assert answer == "" or re.match(rf"HTTP/1\.[01] {status} ", answer), answer[:500]
    assert answer.count("HTTP/1.1 200") == 0
    assert salved.get("/healthz").status == 200


def test_a_thousand_connections(launch, tmp_path):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 2500:
        pytest.skip("too few descriptors are allowed here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
    server = launch("--store", tmp_path / "s.db", "--insecure-no-login")
    clients = [server.connect() for _ in range(1000)]
    for round in range(2):
        for client in clients:
            client.sendall(f"{GET}\r\n".encode())
        for client in clients:
            data = b""
            while b"alive\n" not in data:
                piece = client.recv(4096)
                assert piece, data
                data += piece
    found = re.search(r"^salve_http_connections (\d+)$", server.get("/metrics").text, re.M)
    assert int(found.group(1)) >= 1000
    for client in clients:
        client.close()
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert server.stop() == 0


def test_stop_under_load(salved):
    """What was begun is finished: no answer is cut, and the process ends well."""
    stopped = threading.Event()

    def load():
        whole = 0
        while not stopped.is_set():
            try:
                with salved.connect() as client:
                    client.sendall(b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: localhost\r\n"
                                   b"Connection: close\r\n\r\n")
                    answer = receive_all(client)
            except OSError:
                return whole  # the port is closed
            if not answer:
                continue  # it was still in the queue of the port
            head, body = answer.split("\r\n\r\n", 1)
            length = int(re.search(r"Content-Length: (\d+)", head).group(1))
            assert len(body.encode()) == length
            whole += 1
        return whole

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        loads = [pool.submit(load) for _ in range(16)]
        time.sleep(1)
        begun = time.monotonic()
        code = salved.stop()
        took = time.monotonic() - begun
        stopped.set()
        assert sum(load.result() for load in loads) > 100
    assert code == 0, salved.log
    assert took < 10


def test_kill_and_restart(launch, store, import_kev):
    import_kev("2026-11-20")
    for _ in range(3):
        server = launch("--store", store, "--insecure-no-login")
        assert server.json("/api/v1/feeds")["total"] == 1
        assert server.stop(signal.SIGKILL) == -signal.SIGKILL
    again = launch("--store", store, "--insecure-no-login")
    assert again.get("/readyz").status == 200
    assert time.monotonic() - again.begun < 5  # 2 s, and the sanitizers' share (promise S27)
