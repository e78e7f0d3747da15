"""Hosts that report as fast as they can, and write down what was acknowledged."""

import http.client
import os
import threading
import time
import uuid

from test_agent import Wire, make_debian, make_package, make_report

KILLS = int(os.environ.get("SALVE_FAULT_KILLS", 0))


def make_agents(fleet, n, name="h"):
    return [fleet.agent(make_debian(fleet.folder / f"{name}{i}", bash="1")) for i in range(n)]


class Load:
    """A host's version of its one package is the number of its report: kept is the acknowledged one
    or a later one. Of several fleets, which are servers over one store, each try goes to another."""

    def __init__(self, agents, *fleets):
        self.fleets, self.acknowledged, self.statuses = fleets, {}, {}
        self.problems = []
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self.work, args=(a,), daemon=True) for a in agents]
        for thread in self.threads:
            thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join(60)

    def work(self, agent):
        host, identity, counter, version = agent.host, agent.state / "identity.pem", 1, 0
        while not self.stopping.is_set():
            version += 1
            report = make_report([make_package("p", str(version))], counter, uuid.uuid4().hex)
            if self.send(identity, report):
                self.acknowledged[host] = version
                counter += 1

    def send(self, identity, report):
        """Until it is acknowledged, as the same report."""
        wire = None
        for turn in range(1 << 30):
            if self.stopping.is_set():
                return False
            try:
                wire = wire or Wire(self.fleets[turn % len(self.fleets)], identity)
                status, answer = wire.post("/api/v1/agent/report", report)
            except (OSError, http.client.HTTPException):
                wire = None
                time.sleep(0.02)
                continue
            self.statuses[status] = self.statuses.get(status, 0) + 1
            if status == 200:
                return True
            self.problems.append(answer)
            wire = None
            time.sleep(0.05)

    def wait_for_more(self, seconds=30):
        """Each host is acknowledged again: what was broken goes on."""
        before, end = dict(self.acknowledged), time.monotonic() + seconds
        while not all(self.acknowledged.get(h, 0) > before.get(h, 0) for h in before) or not before:
            assert time.monotonic() < end, (self.statuses, self.problems[-3:])
            time.sleep(0.02)
            before = before or dict(self.acknowledged)


def assert_kept(fleet, acknowledged):
    """Nothing that was acknowledged is lost (S26)."""
    for host, version in acknowledged.items():
        kept = int(fleet.packages(host)["p"])
        assert kept >= version, f"{host}: {version} was acknowledged, {kept} is kept"
