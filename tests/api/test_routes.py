"""What the routes of the server answer, held against their own document."""

import json
import re
import shutil
import sqlite3
import subprocess
import time

import pytest

from conftest import program, psql

jsonschema = pytest.importorskip("jsonschema")


def document():
    done = subprocess.run([program("salved"), "--print-openapi"], capture_output=True, text=True,
                          check=True)
    return json.loads(done.stdout)


def operations():
    return [(path, method, operation) for path, methods in document()["paths"].items()
            for method, operation in methods.items()]


def filled(path):
    return re.sub(r"{\w+}", "x", path)


def test_access_of_every_operation(launch, tmp_path):
    """Promise S8: what is not public answers 401, whatever else is wrong with the request. What is
    public and takes secrets answers 400 to such nonsense."""
    server = launch("--store", tmp_path / "s.db")
    checked = 0
    for path, method, operation in operations():
        answer = server.get(filled(path) + "?nonsense=1", method=method.upper())
        public = operation.get("security") == []
        assert (answer.status == 401) != public, (path, answer.status)
        checked += not public
    assert checked >= 4


def wait_for_first_match(salved):
    """Before it, what the fleet has is not known, and said so."""
    end = time.monotonic() + 30
    while salved.json("/api/v1/fleet")["matched_at"] is None:
        assert time.monotonic() < end, salved.log
        time.sleep(0.05)


def test_answers_are_as_the_document_says(salved, import_kev):
    import_kev("2026-11-20")
    wait_for_first_match(salved)
    doc = document()
    seen = 0
    for path, method, operation in operations():
        content = operation["responses"].get("200", {}).get("content", {})
        path = path.replace("{feed}", "kev")
        if "application/json" not in content or method != "get" or "{" in path:
            continue  # hosts are made and looked at in test_agent.py
        if any(p.get("required") for p in operation.get("parameters", [])):
            continue  # what must be named is made and looked at in test_cross_check.py
        answer = salved.json(path)
        schema = {**content["application/json"]["schema"], "components": doc["components"]}
        jsonschema.Draft202012Validator(schema).validate(answer)
        seen += 1
    assert seen >= 4
    problem = salved.json("/nowhere", status=404)
    jsonschema.Draft202012Validator(
        {"$ref": "#/components/schemas/Problem", "components": doc["components"]}
    ).validate(problem)


def test_feeds(salved, import_kev):
    assert salved.json("/api/v1/feeds") == {"items": [], "next": None, "total": 0}
    import_kev("2026-11-20")
    page = salved.json("/api/v1/feeds")
    assert page["total"] == 1 and page["items"][0]["id"] == "kev"
    feed = salved.json("/api/v1/feeds/kev")
    assert feed == page["items"][0] and feed["records"] == 1
    assert "unknown parameter 'limit'" in salved.json("/api/v1/feeds?limit=1", 400)["detail"]


def test_about(salved, store):
    about = salved.json("/api/v1/about")
    assert about["engine"] == ("postgresql" if store.startswith("postgres") else "sqlite")


def test_document_is_served(salved):
    assert salved.json("/api/v1/openapi.json") == document()


def test_ready_needs_the_schema(salved, store):
    assert salved.get("/readyz").text == "ready\n"
    if store.startswith("postgres"):
        schema = store.rsplit("%3D", 1)[1]
        psql(f"DELETE FROM {schema}.schema_migration")
    else:
        with sqlite3.connect(store) as db:
            db.execute("DELETE FROM schema_migration")
    answer = salved.get("/readyz")
    assert answer.status == 503 and answer.headers["Retry-After"]
    assert json.loads(answer.text)["detail"].startswith("not ready: ")
    assert salved.get("/healthz").status == 200


def test_metrics(salved, import_kev):
    import_kev("2026-11-20")
    salved.get("/nowhere")
    answer = salved.get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert re.search(r'^salve_feed_age_seconds{feed="kev"} \d', answer.text, re.M)
    assert re.search(r'^salve_http_requests_total{route="none",method="any",code="4xx"} 1$',
                     answer.text, re.M)
    if not shutil.which("promtool"):
        pytest.skip("promtool is not installed")
    done = subprocess.run(["promtool", "check", "metrics"], input=answer.text, text=True,
                          capture_output=True)
    assert done.returncode == 0 and not done.stdout + done.stderr, done.stdout + done.stderr


@pytest.mark.parametrize("host, origin, status", [
    ("localhost:1", None, 200), ("127.0.0.1", None, 200), ("[::1]:9", None, 200),
    ("localhost:1", "http://localhost:1", 200),
    ("evil.example", None, 401), ("localhost.evil.example", None, 401),
    ("localhost:1", "http://evil.example", 401), ("localhost:1", "null", 401)])
def test_no_login_is_for_this_machine(launch, tmp_path, host, origin, status):
    """A page in a browser cannot come in by a name that leads to loopback."""
    server = launch("--store", tmp_path / "s.db", "--insecure-no-login")
    headers = {"Host": host, **({"Origin": origin} if origin else {})}
    assert server.get("/api/v1/feeds", headers=headers).status == status
