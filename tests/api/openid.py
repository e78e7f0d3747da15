"""A real OpenID provider (tests/judges/oidc.mjs), and a browser that goes there and back."""

import http.client
import json
import os
import re
import shutil
import subprocess
import urllib.parse

import pytest

from conftest import ROOT
from directory import free_ports

JUDGES = ROOT / "tests/judges"
SECRET = "client secret: with %, + and :"
ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]


@pytest.fixture(scope="session")
def node_modules():
    if not shutil.which("npm") or not shutil.which("node"):
        pytest.skip("node and npm are not installed")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout
    if int(version.lstrip("v").split(".")[0]) < 20:
        pytest.skip(f"the provider needs node 20, not {version.strip()}")
    modules = JUDGES / "node_modules"
    if not (modules / "oidc-provider").is_dir():
        done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund",
                               "--omit=optional"], cwd=JUDGES, capture_output=True, text=True)
        if done.returncode != 0:
            pytest.skip(f"the provider cannot be installed: {done.stderr[-200:]}")
    return modules


class OpenIdProvider:
    """People: {login: claims}."""

    def __init__(self, folder, people):
        self.file = folder / "people.json"
        self.log = folder / "provider.log"
        [self.port] = free_ports(1)
        self.issuer = f"http://127.0.0.1:{self.port}"
        self.process = None
        self.callbacks = {}
        self.say(people)

    def say(self, people):
        self.file.write_text(json.dumps(people))

    def settings(self, server, algorithm="RS256", **more):
        self.callbacks[algorithm] = (f"http://127.0.0.1:{server.address[1]}"
                                     f"/api/v1/login/oidc/{algorithm.lower()}/callback")
        return {"kind": "oidc", "name": f"Login by {algorithm}", "address": self.issuer,
                "account": f"salve {algorithm}", "secret": SECRET, "makes_people": True,
                "own_address": f"http://127.0.0.1:{server.address[1]}", **more}

    def start(self):
        """With new keys each time."""
        told = {"port": self.port, "callbacks": self.callbacks, "people": str(self.file),
                "secret": SECRET}
        with self.log.open("a") as log:
            self.process = subprocess.Popen(["node", "oidc.mjs", json.dumps(told)], cwd=JUDGES,
                                            stdout=subprocess.PIPE, stderr=log, text=True,
                                            env={"PATH": os.environ["PATH"]})
        assert "ready" in self.process.stdout.readline(), self.log.read_text()

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait(20)
            self.process.stdout.close()
            self.process = None


class Browser:
    """Keeps cookies by host and port, follows redirects, fills in the provider's form."""

    def __init__(self):
        self.cookies = {}

    def ask(self, method, url, form=None, headers=None):
        place = urllib.parse.urlsplit(url)
        jar = self.cookies.setdefault(place.netloc, {})
        sent = dict(headers or {})
        if jar:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in jar.items())
        if form is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection(place.hostname, place.port, timeout=20)
        connection.request(method, place.path + (f"?{place.query}" if place.query else ""),
                           body=urllib.parse.urlencode(form) if form is not None else None,
                           headers=sent)
        answer = connection.getresponse()
        answer.text = answer.read().decode()
        answer.url = url
        connection.close()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, value = cookie.split(";")[0].split("=", 1)
            jar[name] = value
        return answer

    def follow(self, answer, until):
        """Goes on until it is sent to an address that holds @until; returns that address."""
        for _ in range(10):
            place = urllib.parse.urljoin(answer.url, answer.headers.get("Location") or "")
            if answer.status in (302, 303) and until in place:
                return place
            assert answer.status in (302, 303), (answer.status, answer.text)
            answer = self.ask("GET", place)
            if answer.status == 200 and "<form" in answer.text:
                return answer
        raise AssertionError("it goes round in circles")

    def fill_in(self, page, login):
        action = re.search(r'action="([^"]+)"', page.text).group(1)
        return self.ask("POST", urllib.parse.urljoin(page.url, action),
                        {"prompt": "login", "login": login, "password": "anything"})

    def prove(self, place, login):
        """From where the server sends to, to where the provider sends back."""
        found = self.follow(self.ask("GET", place), "/callback?")
        if isinstance(found, str):
            return found
        return self.follow(self.fill_in(found, login), "/callback?")

    def begin(self, server, provider):
        url = f"http://127.0.0.1:{server.address[1]}/api/v1/login/oidc/{provider}"
        answer = self.ask("GET", url)
        assert answer.status == 303, answer.text
        return answer.headers["Location"]

    def log_in(self, server, provider, login):
        """The server's answer to the browser that came back."""
        return self.ask("GET", self.prove(self.begin(server, provider), login))

    def session(self, server):
        return self.cookies[f"127.0.0.1:{server.address[1]}"].get("salve")
