"""Logins by LDAP, with a real directory."""

import json
import socket
import subprocess
import time

import pytest

from directory import BASE, SECRET, directory, free_ports  # noqa: F401 (a fixture)
from people import PASSWORD, Client, execute, first_person

PROVIDER = "/api/v1/identity-providers/corp"
RIGHT = "a password of the directory"


# what does not hang on the engine of the store
once = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


@pytest.fixture
def server(launch, store):
    return launch("--store", store, "--debug")


@pytest.fixture
def alice(server):
    return first_person(server)


@pytest.fixture(scope="module")
def people(directory):
    """Erika is in the group of auditors, Hans in none."""
    directory.add("erika", RIGHT, "Erika Mustermann")
    directory.add("hans", RIGHT)
    directory.add_group("auditors", "erika")
    directory.add_group("reporters", "erika")
    return directory


@pytest.fixture
def corp(alice, people):
    alice.json("PUT", PROVIDER, people.settings())
    return people


def log_in(server, login="erika", password=RIGHT, **more):
    return Client(server).ask("POST", "/api/v1/session",
                              {"login": login, "password": password, **more})


def detail(answer):
    return json.loads(answer.text)["detail"]


def roles(session):
    return set(session["permissions"])


def test_right_and_wrong(server, alice, corp):
    refused = log_in(server, password="wrong")
    assert refused.status == 401
    assert log_in(server, password="").status == 401
    assert log_in(server, login="nobody").status == 401
    assert detail(log_in(server, login="nobody")) == detail(refused)
    erika = Client(server)
    session = erika.login("Erika", RIGHT)
    person = session["person"]
    assert (person["login"], person["name"], person["mail"]) == (
        "erika", "Erika Mustermann", "erika@corp.example")
    assert not person["must_change"]
    [link] = alice.json("GET", f"/api/v1/people/{person['id']}/identities")["items"]
    assert link["provider"] == "corp" and len(link["subject"]) == 36 and link["login"] == "erika"
    assert Client(server).login("erika", RIGHT)["person"]["id"] == person["id"]
    # nobody gives them another way in
    assert alice.ask("PUT", f"/api/v1/people/{person['id']}/password",
                     {"password": PASSWORD}).status == 400
    [entry] = alice.json("GET", "/api/v1/audit?action=session.begin&limit=1")["items"]
    assert json.loads(entry["detail"]) == {"factors": "1", "provider": "corp"}


@once
def test_what_stands_in_a_name_is_a_name(server, corp):
    """And has one spelling: each would have tries of its own."""
    for login in ("*", "e*", "*)(uid=*", "erika)(objectClass=*", "*)(|(uid=*))", "erika\\2a",
                  "\\65rika", "uid=erika", "{login}", "erika,ou=people", "erika)\0", " erika",
                  "erika ", "\uff45rika"):
        assert log_in(server, login=login).status in (400, 401), login
    assert log_in(server).status == 200


@once
def test_more_than_one_is_nobody(server, alice, people):
    alice.json("PUT", PROVIDER, people.settings(filter="(|(uid={login})(objectClass=inetOrgPerson))"))
    assert log_in(server).status == 401
    alice.json("PUT", PROVIDER, people.settings(secret=None))
    assert log_in(server).status == 200


@pytest.mark.parametrize("settings", [
    {"group_base": f"ou=groups,{BASE}", "group_filter": "(member={dn})", "groups_from": "title"},
    {}])
def test_groups_are_roles(server, alice, corp, settings):
    """A group gives a role with the next login, and takes it away; what was given by hand stays."""
    group = f"CN=Auditors, ou=groups,{BASE}"
    alice.json("PUT", PROVIDER, corp.settings(**settings))
    mapping = alice.json("POST", PROVIDER + "/mappings",
                         {"group_name": group, "role": "auditor"}, 201)
    alice.json("POST", PROVIDER + "/mappings",
               {"group_name": f"cn=reporters,ou=groups,{BASE}", "role": "reporter",
                "scope_kind": "system", "scope": "mail"}, 201)
    assert alice.ask("POST", PROVIDER + "/mappings",
                     {"group_name": group, "role": "auditor"}).status == 409
    login = f"m{time.monotonic_ns()}"
    corp.add(login, RIGHT)
    for name in ("auditors", "reporters"):
        corp.member("add", name, login)
    erika = Client(server)
    person = erika.login(login, RIGHT)["person"]["id"]

    def grants():
        items = alice.json("GET", f"/api/v1/people/{person}/grants")["items"]
        return sorted((row["role"], row["scope"], row["provider"]) for row in items)

    assert grants() == [("auditor", "", "corp"), ("reporter", "mail", "corp")]
    assert erika.ask("GET", "/api/v1/audit").status == 200
    alice.json("POST", f"/api/v1/people/{person}/grants", {"role": "expert"}, 201)
    alice.json("POST", f"/api/v1/people/{person}/grants",
               {"role": "reporter", "scope_kind": "system", "scope": "mail"}, 201)
    for name in ("auditors", "reporters"):
        corp.member("delete", name, login)
    assert erika.ask("GET", "/api/v1/audit").status == 200  # until they come in again
    Client(server).login(login, RIGHT)
    assert grants() == [("expert", "", ""), ("reporter", "mail", "")]
    assert erika.ask("GET", "/api/v1/audit").status == 403
    taken = alice.json("GET", f"/api/v1/audit?action=grant.take&subject={person}")["items"]
    assert {json.loads(row["detail"])["role"] for row in taken} == {"auditor", "reporter"}
    assert taken[0]["actor_kind"] == "machine" and "corp" in taken[0]["actor_name"]
    alice.json("DELETE", f"{PROVIDER}/mappings/{mapping['id']}", status=204)
    assert alice.json("GET", PROVIDER + "/mappings")["total"] == 1


def test_disabled_here(server, alice, corp):
    person = Client(server)
    made = person.login("hans", RIGHT)["person"]
    alice.json("PATCH", f"/api/v1/people/{made['id']}", {"disabled": True})
    answer = log_in(server, login="hans")
    assert answer.status == 401 and detail(answer) == detail(log_in(server, login="nobody"))
    assert person.ask("GET", "/api/v1/session").status == 401


def test_a_name_that_is_taken(server, alice, corp):
    """The directory's Hans is not ours; whoever is linked is known by what never changes."""
    ours = alice.json("POST", "/api/v1/people", {"login": "hans", "name": "Hans", "mail":
                                                 "hans@corp.example", "password": PASSWORD}, 201)
    assert log_in(server, login="hans").status == 401
    assert log_in(server, login="hans", password=PASSWORD).status == 200
    subject = "00000000-0000-0000-0000-000000000000"
    path = f"/api/v1/people/{ours['id']}/identities/corp"
    alice.json("PUT", path, {"subject": subject})
    assert log_in(server, login="hans", password=PASSWORD).status == 401  # one way in
    assert log_in(server, login="hans").status == 401  # another Hans
    assert alice.ask("PUT", f"/api/v1/people/{alice.id}/identities/corp",
                     {"subject": subject}).status == 409
    assert alice.ask("PUT", f"/api/v1/people/{alice.id}/identities/corp",
                     {"subject": "x"}).status == 400  # nobody would be left without a directory
    alice.json("DELETE", path, status=204)
    assert alice.ask("DELETE", path).status == 404


@once
def test_without_being_made(server, alice, people):
    alice.json("PUT", PROVIDER, people.settings(makes_people=False))
    answer = log_in(server)
    assert answer.status == 403 and "link you" in detail(answer)
    assert alice.json("GET", "/api/v1/people")["total"] == 1


@once
def test_ways_to_ask(server, alice, people):
    for change in ({}, {"start_tls": True, "address": f"ldap://127.0.0.1:{people.plain}"},
                   {"bind_as": f"uid={{login}},ou=people,{BASE}", "account": None, "secret": ""}):
        alice.json("PUT", PROVIDER, people.settings(**change))
        for login, password, status in (("erika", RIGHT, 200), ("erika", "wrong", 401),
                                        ("nobody", RIGHT, 401), ("erika,ou=people", RIGHT, 401)):
            assert log_in(server, login, password).status == status, (change, login)


@once
def test_who_answers_must_prove_it(server, alice, people):
    """And whoever has a password here comes in all the same."""
    other = str(people.folder / "other.crt")
    for change in ({"ca_file": other}, {"ca_file": None}, {"ca_file": "/nonexistent"},
                   {"ca_file": other, "start_tls": True,
                    "address": f"ldap://127.0.0.1:{people.plain}"}, {"secret": "wrong"}):
        alice.json("PUT", PROVIDER, people.settings(**change))
        answer = log_in(server)
        assert answer.status == 503 and "'corp' cannot be asked now" in detail(answer), answer.text
        assert answer.headers["Retry-After"]
        assert log_in(server, "alice", PASSWORD).status == 200


@once
def test_old_tls(server, alice, people):
    """Nothing is said to who speaks no TLS of today."""
    [port] = free_ports(1)
    alice.json("PUT", PROVIDER, people.settings(address=f"ldaps://127.0.0.1:{port}"))
    with subprocess.Popen(
            ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", "directory.crt", "-key",
             "directory.key", "-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0"], cwd=people.folder,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as old:
        while b"ACCEPT" not in old.stdout.readline():
            assert old.poll() is None
        answer = log_in(server)
        old.terminate()
        heard = old.stdout.read()
    assert answer.status == 503 and "speaks TLS1.1" in detail(answer), answer.text
    assert b"ECDHE" in heard and b"cn=salve" not in heard


@once
def test_when_the_directory_is_down(server, alice, corp):
    erika = Client(server)
    erika.login("erika", RIGHT)
    corp.stop()
    try:
        answer = log_in(server)
        assert answer.status == 503, answer.text
        assert "directory 'corp' cannot be asked now" in detail(answer)
        assert log_in(server, "alice", PASSWORD).status == 200
        assert log_in(server, "alice", RIGHT).status == 401
        assert erika.ask("GET", "/api/v1/session").status == 200
    finally:
        corp.start()
    assert log_in(server).status == 200


@once
def test_one_that_hangs_keeps_nobody_else(server, alice, people):
    """It takes connections and says nothing: those who have a password here come in all the same."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        alice.json("PUT", PROVIDER, people.settings(address=f"ldaps://127.0.0.1:{port}"))
        waiting = []
        for number in range(5):
            connection = server.http()
            connection.request("POST", "/api/v1/session", headers={"Content-Type": "application/json"},
                               body=json.dumps({"login": f"p{number}", "password": RIGHT}))
            waiting.append(connection)
        begun = time.monotonic()
        assert log_in(server, "alice", PASSWORD).status == 200
        assert server.get("/healthz").status == 200
        assert time.monotonic() - begun < 3
        answer = waiting[0].getresponse()
        assert answer.status == 503 and time.monotonic() - begun < 15, answer.read()
        assert "in time" in answer.read().decode()


def test_proof(server, store, alice, corp):
    """What is dangerous: the directory looks at the password again."""
    alice.json("POST", PROVIDER + "/mappings",
               {"group_name": f"cn=auditors,ou=groups,{BASE}", "role": "administrator"}, 201)
    erika = Client(server)
    erika.login("erika", RIGHT)
    body = {"login": "bob", "name": "Bob", "password": PASSWORD}
    execute(store, "UPDATE session SET proved_at_us = proved_at_us - 600000000")
    assert erika.ask("POST", "/api/v1/people", body).status == 403
    assert erika.ask("POST", "/api/v1/session/proof", {"password": "wrong"}).status == 403
    assert erika.ask("POST", "/api/v1/session/proof", {"password": ""}).status == 403
    erika.prove(password=RIGHT)
    erika.json("POST", "/api/v1/people", body, 201)
    # she does not give roles to herself by a group of hers
    answer = erika.ask("POST", PROVIDER + "/mappings",
                       {"group_name": f"cn=auditors,ou=groups,{BASE}", "role": "auditor"})
    assert answer.status == 403 and "own roles" in detail(answer)


def test_the_last_administrator_stays(server, alice, corp):
    """Somebody always keeps the people, whatever the directory says of them."""
    login = f"m{time.monotonic_ns()}"
    corp.add(login, RIGHT)
    corp.member("add", "auditors", login)
    alice.json("POST", PROVIDER + "/mappings",
               {"group_name": f"cn=auditors,ou=groups,{BASE}", "role": "administrator"}, 201)
    person = Client(server)
    person.login(login, RIGHT)
    person.json("PATCH", f"/api/v1/people/{alice.id}", {"disabled": True})
    corp.member("delete", "auditors", login)
    person.login(login, RIGHT)
    person.json("PATCH", f"/api/v1/people/{alice.id}", {"disabled": False})
    person.login(login, RIGHT)
    assert person.ask("GET", "/api/v1/people").status == 403


@once
def test_guessing_ends(server, corp):
    answers = [log_in(server, password=f"wrong {n}").status for n in range(12)]
    assert answers[:9] == [401] * 9 and answers[-1] == 429


def test_settings(server, alice, people):
    good = people.settings()
    for change in ({"address": f"ldap://{'dc.example'}"}, {"address": "http://dc.example"},
                   {"address": "ldaps://user@dc.example"}, {"address": "ldaps://dc.example/x"},
                   {"start_tls": True}, {"base": None}, {"filter": "(uid=x)"},
                   {"bind_as": "uid=x"}, {"group_filter": "(member=x)"}, {"kind": "oidc"}):
        assert alice.ask("PUT", PROVIDER, {**good, **change}).status == 400, change
    assert alice.ask("PUT", PROVIDER.replace("corp", "Corp"), good).status == 400
    made = alice.json("PUT", PROVIDER, good)
    assert made["has_secret"] and made["filter"] == "(uid={login})" and "secret" not in made
    moved = {**good, "address": "ldaps://elsewhere.example", "secret": None}
    answer = alice.ask("PUT", PROVIDER, moved)  # the secret is not sent to another place
    assert answer.status == 400 and "give 'secret' again" in detail(answer)
    seen = server.log + alice.ask("GET", PROVIDER).text + alice.ask("GET", "/api/v1/audit").text
    seen += alice.ask("GET", "/api/v1/identity-providers").text
    assert SECRET not in seen and RIGHT not in seen
    erika = Client(server)
    erika.login("erika", RIGHT)
    alice.json("PUT", PROVIDER, {**good, "disabled": True})
    assert erika.ask("GET", "/api/v1/session").status == 401
    assert log_in(server).status == 401
    alice.json("PUT", PROVIDER, good)
    erika.login("erika", RIGHT)
    alice.json("DELETE", PROVIDER, status=204)
    assert erika.ask("GET", "/api/v1/session").status == 401
    assert alice.ask("GET", PROVIDER).status == 404
