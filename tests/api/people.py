"""People as they use the API: with a cookie, or with a token."""

import base64
import hashlib
import hmac
import json
import re
import sqlite3
import struct
import time

from conftest import psql

PASSWORD = "correct horse battery"
STEP = 30


def execute(store, sql):
    """A hand in the store, for what otherwise takes hours."""
    if store.startswith("postgres"):
        schema = store.rsplit("%3D", 1)[1]
        psql(f"SET search_path TO {schema}; {sql}")
    else:
        with sqlite3.connect(store, timeout=20) as db:
            db.execute(sql)


def totp(secret, step):
    key = base64.b32decode(secret)
    digest = hmac.new(key, struct.pack(">Q", step), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset:offset + 4])[0] & 0x7fffffff) % 1000000:06d}"


def step_now():
    """The step of now, with some time left in it."""
    if time.time() % STEP > STEP - 8:
        time.sleep(STEP - time.time() % STEP + 0.1)
    return int(time.time()) // STEP


class Client:
    """Asks one server; keeps what a browser would keep."""

    def __init__(self, server, token=None):
        self.server, self.token = server, token
        self.cookie = self.csrf = self.login_name = None
        self.connection = None

    def ask(self, method, path, body=None, headers=None, keep=False):
        sent = {"Content-Type": "application/json"} if body is not None else {}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        if self.cookie:
            sent["Cookie"] = f"salve={self.cookie}"
        if self.csrf and method != "GET":
            sent["X-Salve-CSRF"] = self.csrf
        sent.update(headers or {})
        sent = {name: value for name, value in sent.items() if value is not None}
        connection = self.connection if keep and self.connection else self.server.http()
        connection.request(method, path, body=json.dumps(body) if body is not None else None,
                           headers=sent)
        answer = connection.getresponse()
        stream = answer.headers.get("Content-Type") == "text/event-stream"
        answer.text = "" if stream else answer.read().decode()
        if keep:
            self.connection = connection
        else:
            connection.close()
        found = re.match(r"salve=([^;]*)", answer.headers.get("Set-Cookie", ""))
        if found:
            self.cookie = found.group(1) or None
        return answer

    def json(self, method, path, body=None, status=200, **kwargs):
        answer = self.ask(method, path, body, **kwargs)
        assert answer.status == status, (answer.status, answer.text)
        return json.loads(answer.text) if answer.text else None

    def login(self, login, password=PASSWORD, code=None):
        body = {"login": login, "password": password, **({"totp": code} if code else {})}
        session = self.json("POST", "/api/v1/session", body)
        self.csrf, self.login_name = session["csrf"], login
        return session

    def prove(self, **body):
        session = self.json("POST", "/api/v1/session/proof", body)
        self.csrf = session["csrf"]

    def add(self, login, *roles):
        """A person with these roles who chose their own password: logged in."""
        person = self.json("POST", "/api/v1/people",
                           {"login": login, "name": login, "password": "first " + PASSWORD}, 201)
        for role in roles:
            self.json("POST", f"/api/v1/people/{person['id']}/grants", {"role": role}, 201)
        client = Client(self.server)
        client.login(login, "first " + PASSWORD)
        client.json("PUT", "/api/v1/account/password",
                    {"current": "first " + PASSWORD, "fresh": PASSWORD}, 204)
        client.id = person["id"]
        return client

    def make_token(self, *permissions):
        until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86400))
        made = self.json("POST", "/api/v1/tokens",
                         {"name": "test", "permissions": permissions, "expires_at": until}, 201)
        client = Client(self.server, made["secret"])
        client.id = made["id"]
        return client


def setup_token(server):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        found = re.search(r"/setup#(salve_setup_\S+)", server.log)
        if found:
            return found.group(1)
        time.sleep(0.02)
    raise AssertionError(server.log)


def first_person(server, login="alice"):
    client = Client(server)
    person = client.json("POST", "/api/v1/setup", {"token": setup_token(server), "login": login,
                                                   "password": PASSWORD}, 201)
    client.login(login)
    client.id = person["id"]
    return client
