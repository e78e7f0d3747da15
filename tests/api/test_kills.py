"""kill -9 at any moment. SALVE_FAULT_KILLS: how many of each kind."""

import random
import signal
import sqlite3
import time

import pytest

from load import KILLS, Load, assert_kept, make_agents
from test_agent import Fleet, Proxy, make_debian

SANITY_S = 10  # promised are two seconds; sanitizers and a crowded machine have their share


@pytest.fixture
def fleet(launch, store, tmp_path):
    return Fleet(launch, store, tmp_path)


def restart(fleet):
    """Seconds until it answers from its store."""
    begun = time.monotonic()
    fleet.start()
    fleet.call("GET", "/api/v1/agents?limit=1")
    return time.monotonic() - begun


def assert_whole(fleet):
    if "://" in fleet.store:
        return  # the engine was not killed
    with sqlite3.connect(fleet.store, timeout=20) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []


def test_server_under_load(fleet, capsys):
    """Every acknowledged report is there afterwards, the store is whole, and it starts at once."""
    kills, took = KILLS or (25 if "://" not in fleet.store else 10), []
    with Load(make_agents(fleet, 6), fleet) as load:
        for _ in range(kills):
            time.sleep(random.uniform(0.05, 0.3))
            fleet.server.process.kill()
            known = dict(load.acknowledged)  # acknowledged before it could start again
            fleet.server.stop(signal.SIGKILL)
            took.append(restart(fleet))
            assert_kept(fleet, known)
            assert_whole(fleet)
        load.wait_for_more()
    assert set(load.statuses) <= {200, 503}, load.problems
    assert {a["state"] for a in fleet.agents().values()} == {"active"}
    took.sort()
    with capsys.disabled():
        print(f"\n{kills} kills, {load.statuses[200]} reports acknowledged, ready again after "
              f"{took[len(took) // 2]:.2f} s, at most {took[-1]:.2f} s")
    assert took[-1] < SANITY_S


def test_agent(launch, tmp_path):
    """Killed while it reports, is refused, or waits for its answer: what it sends next is the newest
    state, once, and it is not taken for two machines."""
    fleet = Fleet(launch, str(tmp_path / "store.db"), tmp_path)
    agent = fleet.agent(make_debian(tmp_path / "web", bash="0"))
    kills = KILLS or 25
    with Proxy(fleet.port) as direct, Proxy(fleet.port, delay_s=0.3) as slow:
        ports = [direct.port, slow.port, 1]  # at the last nobody listens
        for round in range(1, kills + 1):
            make_debian(agent.root, bash=f"{round}")
            agent.port = random.choice(ports)
            running = agent.spawn("report")
            time.sleep(random.uniform(0, 0.5))
            running.kill()
            running.communicate()
            if round % 25 == 0:
                assert_newest(fleet, agent, round)
    agent.port = None
    assert_newest(fleet, agent, kills)


def assert_newest(fleet, agent, version):
    agent.port = None
    agent.report()
    shown = fleet.agents()
    assert list(shown) == [agent.host] and shown[agent.host]["state"] == "active"
    assert fleet.packages(agent.host) == {"bash": f"{version}"}
    assert shown[agent.host]["counter"] == agent.memory["counter"]
    assert fleet.call("GET", "/api/v1/hosts")["total"] == 1
