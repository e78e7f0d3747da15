"""Logins by OpenID Connect, with a real provider."""

import json
import re
import urllib.parse

import pytest

from openid import ALGORITHMS, SECRET, Browser, OpenIdProvider, node_modules  # noqa: F401
from people import PASSWORD, Client, execute, first_person, step_now, totp

PROVIDERS = "/api/v1/identity-providers"
ERIKA = {"preferred_username": "Erika", "name": "Erika Mustermann", "email": "erika@corp.example",
         "groups": ["auditors", "reporters"]}


@pytest.fixture
def server(launch, store):
    return launch("--store", store, "--debug")


@pytest.fixture
def alice(server):
    return first_person(server)


@pytest.fixture
def idp(node_modules, tmp_path):
    provider = OpenIdProvider(tmp_path, {"e-1": ERIKA, "h-1": {"preferred_username": "hans"}})
    yield provider
    provider.stop()


@pytest.fixture
def corp(alice, server, idp):
    """The provider as `rs256`."""
    alice.json("PUT", f"{PROVIDERS}/rs256", idp.settings(server))
    idp.start()
    return idp


# what does not hang on the engine of the store
once = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


def client_of(server, browser):
    client = Client(server)
    client.cookie = browser.session(server)
    session = client.json("GET", "/api/v1/session")
    client.csrf = session["csrf"]
    return client, session


def log_in(server, login="e-1"):
    browser = Browser()
    answer = browser.log_in(server, "rs256", login)
    assert (answer.status, answer.headers["Location"]) == (303, "/"), answer.text
    return client_of(server, browser)


def detail(answer):
    return json.loads(answer.text)["detail"]


def changed(url, **parameters):
    place = urllib.parse.urlsplit(url)
    query = {**dict(urllib.parse.parse_qsl(place.query)), **parameters}
    return place._replace(query=urllib.parse.urlencode(
        {name: value for name, value in query.items() if value is not None})).geturl()


@once
def test_each_algorithm(server, alice, idp):
    for algorithm in ALGORITHMS:
        alice.json("PUT", f"{PROVIDERS}/{algorithm.lower()}",
                   idp.settings(server, algorithm, makes_people=algorithm == "RS256"))
    idp.start()
    doors = Client(server).json("GET", "/api/v1/login/oidc")["items"]
    assert [door["id"] for door in doors] == sorted(name.lower() for name in ALGORITHMS)
    _, session = log_in(server)
    person = session["person"]
    assert (person["login"], person["name"], person["mail"]) == (
        "erika", "Erika Mustermann", "erika@corp.example")
    for algorithm in ALGORITHMS[1:]:
        name = algorithm.lower()
        answer = Browser().log_in(server, name, "e-1")
        assert answer.status == 403 and "link you" in detail(answer), answer.text
        alice.json("PUT", f"/api/v1/people/{person['id']}/identities/{name}", {"subject": "e-1"})
        browser = Browser()
        assert browser.log_in(server, name, "e-1").status == 303
        client, session = client_of(server, browser)
        assert session["person"]["id"] == person["id"]
        # it did not say when she gave a password: that proves nothing anew
        assert session["proved_until"] is None
        assert client.ask("POST", "/api/v1/account/totp").headers["X-Salve-Step-Up"] == "required"


@once
def test_the_way_there_and_back(server, corp):
    browser = Browser()
    place = browser.begin(server, "rs256")
    asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(place).query))
    assert asked["response_type"] == "code" and asked["code_challenge_method"] == "S256"
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    assert "prompt" not in asked and asked["scope"] == "openid profile email"
    answer = browser.ask("GET", f"http://127.0.0.1:{server.address[1]}/api/v1/login/oidc/rs256")
    assert re.fullmatch(r"salve-login=salve_login_[\w-]{43}; Path=/; HttpOnly; SameSite=Lax; "
                        r"Max-Age=600", answer.headers["Set-Cookie"])
    back = browser.prove(answer.headers["Location"], "e-1")
    # what others wrote into the address beside it does not matter
    answer = browser.ask("GET", back + "&session_state=x")
    name, *attributes = answer.headers["Set-Cookie"].split("; ")
    assert attributes == ["Path=/", "HttpOnly", "SameSite=Strict"]
    assert SECRET not in server.log


def test_what_comes_back_once(server, corp, alice):
    browser = Browser()
    back = browser.prove(browser.begin(server, "rs256"), "e-1")
    for wrong in (changed(back, state="x" * 43), changed(back, state="")):
        assert browser.ask("GET", wrong).status == 401
    assert browser.ask("GET", changed(back, state=None)).status == 400
    assert Browser().ask("GET", back).status == 401  # another browser's
    good = browser.ask("GET", back)
    assert good.status == 303, good.text
    first = browser.session(server)
    again = browser.ask("GET", back)
    assert again.status == 401 and "come back before" in detail(again)
    assert browser.session(server) == first
    # the code alone, in a login of one's own
    place = browser.begin(server, "rs256")
    own = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(place).query))["state"]
    assert browser.ask("GET", changed(back, state=own)).status == 401
    # somebody else's code that was not used yet: bound to their verifier
    victim = Browser()
    stolen = victim.prove(victim.begin(server, "rs256"), "e-1")
    place = browser.begin(server, "rs256")
    own = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(place).query))["state"]
    assert browser.ask("GET", changed(stolen, state=own)).status == 401
    refused = alice.json("GET", "/api/v1/audit?action=session.refuse")["total"]
    assert refused >= 3


@once
def test_mixed_up(server, alice, idp):
    """What was begun at one provider does not come back from another."""
    for algorithm in ("RS256", "ES256"):
        alice.json("PUT", f"{PROVIDERS}/{algorithm.lower()}", idp.settings(server, algorithm))
    idp.start()
    browser = Browser()
    back = browser.prove(browser.begin(server, "rs256"), "e-1")
    assert browser.ask("GET", back.replace("/rs256/", "/es256/")).status == 401
    for issuer in ("http://127.0.0.1:1", None):
        back = browser.prove(browser.begin(server, "rs256"), "e-1")
        answer = browser.ask("GET", changed(back, iss=issuer))
        assert answer.status == 401 and "another provider" in detail(answer)
    place = browser.begin(server, "rs256")
    state = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(place).query))["state"]
    answer = browser.ask("GET", idp.callbacks["RS256"] + "?" + urllib.parse.urlencode(
        {"error": "access_denied\n", "state": state, "iss": idp.issuer}))
    assert answer.status == 401 and "access_denied" in detail(answer)


@once
def test_too_late(server, store, corp):
    browser = Browser()
    back = browser.prove(browser.begin(server, "rs256"), "e-1")
    execute(store, "UPDATE login_start SET started_at_us = started_at_us - 600000000")
    assert browser.ask("GET", back).status == 401


@once
def test_new_keys(server, corp):
    """The provider changed its keys: they are asked for again, once for each token that needs it."""
    _, session = log_in(server)
    corp.stop()
    corp.start()
    assert log_in(server)[1]["person"]["id"] == session["person"]["id"]


@once
def test_when_the_provider_is_down(server, alice, corp):
    log_in(server)
    browser = Browser()
    back = browser.prove(browser.begin(server, "rs256"), "e-1")
    corp.stop()
    answer = browser.ask("GET", back)
    assert answer.status == 503 and "'rs256' cannot be asked now" in detail(answer)
    Client(server).login("alice")
    alice.json("PUT", f"{PROVIDERS}/other",
               corp.settings(server, "ES256", address="http://127.0.0.1:1"))
    answer = server.get("/api/v1/login/oidc/other")
    assert answer.status == 503 and answer.headers["Retry-After"]
    assert "'other' cannot be asked now" in detail(answer)


@once
def test_an_issuer_that_is_another(server, alice, corp):
    settings = corp.settings(server, address=f"{corp.issuer}/")
    alice.json("PUT", f"{PROVIDERS}/slash", settings)
    answer = server.get("/api/v1/login/oidc/slash")
    assert answer.status == 503 and "another issuer" in detail(answer)


def test_groups_are_roles(server, alice, corp):
    for group, role in (("auditors", "auditor"), ("reporters", "reporter"), ("x", "administrator")):
        alice.json("POST", f"{PROVIDERS}/rs256/mappings", {"group_name": group, "role": role}, 201)
    erika, session = log_in(server)
    assert erika.ask("GET", "/api/v1/audit").status == 200
    corp.say({"e-1": {**ERIKA, "groups": "reporters"}})
    log_in(server)
    assert erika.ask("GET", "/api/v1/audit").status == 403
    grants = alice.json("GET", f"/api/v1/people/{session['person']['id']}/grants")["items"]
    assert [(row["role"], row["provider"]) for row in grants] == [("reporter", "rs256")]


def test_who_it_is(server, alice, corp):
    """By the subject alone: neither by name nor by mail address."""
    erika, session = log_in(server)
    corp.say({"e-1": {**ERIKA, "preferred_username": "married"},
              "e-2": {**ERIKA, "email": "erika@corp.example"}, "a": {"preferred_username": "alice"},
              "o": {"preferred_username": "O'Hara"}, "n": {}})
    assert log_in(server)[1]["person"]["id"] == session["person"]["id"]
    for login, status in (("e-2", 403), ("a", 403), ("o", 403), ("n", 401)):
        assert Browser().log_in(server, "rs256", login).status == status, login
    alice.json("PATCH", f"/api/v1/people/{session['person']['id']}", {"disabled": True})
    assert Browser().log_in(server, "rs256", "e-1").status == 401
    assert erika.ask("GET", "/api/v1/session").status == 401
    # nobody comes in with a password that is none
    for password in ("", "x"):
        assert Client(server).ask("POST", "/api/v1/session",
                                  {"login": "erika", "password": password}).status == 401


@once
def test_second_factor(server, alice, corp):
    erika, _ = log_in(server)
    offer = erika.json("POST", "/api/v1/account/totp")
    erika.json("POST", "/api/v1/account/totp/confirm",
               {"code": totp(offer["secret"], step_now())}, 204)
    answer = Browser().log_in(server, "rs256", "e-1")
    assert answer.status == 403 and "second factor" in detail(answer)
    alice.json("PUT", f"{PROVIDERS}/rs256", corp.settings(server, second_factor="*"))
    log_in(server)
    [entry] = alice.json("GET", "/api/v1/audit?action=session.begin&limit=1")["items"]
    assert json.loads(entry["detail"]) == {"factors": "2", "provider": "rs256"}


def test_proof(server, store, alice, corp):
    alice.json("POST", f"{PROVIDERS}/rs256/mappings",
               {"group_name": "auditors", "role": "administrator"}, 201)
    browser = Browser()
    browser.log_in(server, "rs256", "e-1")
    erika, _ = client_of(server, browser)
    body = {"login": "bob", "name": "Bob", "password": PASSWORD}
    execute(store, "UPDATE session SET proved_at_us = proved_at_us - 600000000")
    assert erika.ask("POST", "/api/v1/people", body).status == 403
    assert erika.ask("POST", "/api/v1/session/proof/none").status == 404
    assert erika.ask("POST", "/api/v1/session/proof/rs256",
                     headers={"X-Salve-CSRF": "x"}).status == 403

    def prove(login):
        answer = erika.ask("POST", "/api/v1/session/proof/rs256")
        cookie = answer.headers["Set-Cookie"].split(";")[0].split("=", 1)[1]
        place = json.loads(answer.text)["location"]
        assert "prompt=login&max_age=0" in place
        browser.cookies[f"127.0.0.1:{server.address[1]}"] = {"salve-login": cookie}
        if login != "e-1":
            del browser.cookies[f"127.0.0.1:{corp.port}"]  # where she is logged in
        found = browser.follow(browser.ask("GET", place), "/callback?")
        assert not isinstance(found, str)  # it asks, although she is logged in there
        back = browser.follow(browser.fill_in(found, login), "/callback?")
        return browser.ask("GET", back)

    assert prove("e-1").status == 303
    assert erika.ask("GET", "/api/v1/session").status == 401  # the secret is a new one
    erika, _ = client_of(server, browser)
    erika.json("POST", "/api/v1/people", body, 201)
    answer = prove("h-1")
    assert answer.status == 401 and "somebody else" in detail(answer)


def test_settings(server, alice, idp):
    good = idp.settings(server)
    for change in ({"address": "http://login.example"}, {"address": "https://login.example?x=1"},
                   {"own_address": None}, {"own_address": "http://salve.example"},
                   {"account": None}, {"scopes": "profile"}, {"kind": "ldap"}):
        answer = alice.ask("PUT", f"{PROVIDERS}/rs256", {**good, **change})
        assert answer.status == 400, (change, answer.text)
    made = alice.json("PUT", f"{PROVIDERS}/rs256", good)
    assert made["has_secret"] and made["login_from"] == "preferred_username"
    alice.json("PUT", f"{PROVIDERS}/rs256", {**good, "secret": None, "disabled": True})
    assert server.get("/api/v1/login/oidc/rs256").status == 404
    assert server.get("/api/v1/login/oidc/none").status == 404
    assert Client(server).json("GET", "/api/v1/login/oidc")["total"] == 0
    assert SECRET not in server.log + alice.ask("GET", "/api/v1/audit").text
