"""A PostgreSQL that crashes, and one that another takes over from, under load and two servers."""

import threading

import pytest

from cluster import Cluster, url_of
from load import Load, assert_kept, make_agents
from test_agent import Fleet, make_debian, wait_for


class Looks:
    """Asks each server for lists, all the time; what statuses came."""

    def __init__(self, *fleets):
        self.statuses, self.stopping = {}, threading.Event()
        self.threads = [threading.Thread(target=self.look, args=(f,), daemon=True) for f in fleets]
        for thread in self.threads:
            thread.start()

    def look(self, fleet):
        while not self.stopping.wait(0.02):
            for path in ("/api/v1/hosts", "/api/v1/agents", "/readyz", "/api/v1/vulnerabilities"):
                connection = fleet.connect()
                connection.request("GET", path)
                status = connection.getresponse().status
                connection.close()
                self.statuses.setdefault(status, path)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join(60)


class Second(Fleet):
    """Another server over the store of the first; agents of either go to both."""

    def __init__(self, first):
        super().__init__(first.launch, first.store, first.folder)


@pytest.fixture
def clusters():
    made = []

    def make(*options):
        made.append(Cluster(*options))
        return made[-1]

    yield make
    for cluster in made:
        cluster.close()


def watched(fleets, agents, break_and_mend):
    """Runs it under load: nothing acknowledged is lost, no failure but 503, nothing is restarted."""
    with Looks(*fleets) as looks, Load(agents, *fleets) as load:
        load.wait_for_more()
        for step in break_and_mend:
            known = dict(load.acknowledged)
            step()
            load.wait_for_more(60)
            for fleet in fleets:
                assert_kept(fleet, known)
    assert set(load.statuses) <= {200, 503}, (load.statuses, load.problems[-3:])
    assert set(looks.statuses) <= {200, 503}, looks.statuses
    assert 503 in looks.statuses  # it was noticed
    for fleet in fleets:
        assert fleet.server.process.poll() is None
        wait_for(lambda: is_ready(fleet))


def is_ready(fleet):
    connection = fleet.connect()
    connection.request("GET", "/readyz")
    return connection.getresponse().status == 200


def test_crash(launch, tmp_path, clusters):
    """Three crashes of the database: two servers go on by themselves."""
    cluster = clusters().make().start()
    first = Fleet(launch, url_of(cluster), tmp_path)
    agents = make_agents(first, 4)

    def crash():
        cluster.stop()
        cluster.start()

    watched([first, Second(first)], agents, [crash] * 3)


def test_another_takes_over(launch, tmp_path, clusters):
    """What was acknowledged is where the standby is that was replicated to synchronously; the
    servers find it by the two hosts of their URL."""
    primary = clusters("synchronous_standby_names=*").make()
    primary.start("synchronous_standby_names=")
    standby = clusters("synchronous_standby_names=").follow(primary).start()
    primary.stop()
    primary.start()
    wait_for(lambda: primary.ask("SELECT sync_state FROM pg_stat_replication") == "sync")
    first = Fleet(launch, url_of(primary, standby), tmp_path)
    agents = make_agents(first, 4)

    def take_over():
        primary.stop()
        standby.promote()

    watched([first, Second(first)], agents, [take_over])
    assert standby.ask("SELECT pg_is_in_recovery ()") == "f"


def test_agents_catch_up(launch, tmp_path, clusters):
    """Agents that met a server without a store send the newest state, once."""
    cluster = clusters().make().start()
    fleet = Fleet(launch, url_of(cluster), tmp_path)
    agents = make_agents(fleet, 3)
    for agent in agents:
        agent.report()
    cluster.stop()
    for version in ("2", "3"):
        for agent in agents:
            make_debian(agent.root, bash=version)
            assert agent.report(code=None).returncode != 0
    cluster.start()
    wait_for(lambda: is_ready(fleet))
    for agent in agents:
        agent.report()
        assert fleet.packages(agent.host) == {"bash": "3"}
        assert fleet.agents()[agent.host]["counter"] == 2
