"""The program itself: settings, the service manager, its unit."""

import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys

import pytest

from conftest import ROOT, program

UNITS = ROOT / "packaging/systemd"


def run(*args, **kwargs):
    return subprocess.run([program("salved"), *map(str, args)], capture_output=True, text=True,
                          timeout=60, **kwargs)


def test_help_and_version():
    assert run("--version").stdout.startswith("salved ")
    shown = run("--help").stdout
    assert all(f"--{name}" in shown for name in ("store", "listen", "tls-cert", "config"))


@pytest.mark.parametrize("args, code, part", [
    (["--nonsense"], 2, "nonsense"),
    (["argument"], 2, "unexpected argument"),
    (["--listen", "localhost:80"], 2, "no address"),
    (["--listen", "127.0.0.1"], 2, "no address"),
    (["--listen", "127.0.0.1:99999"], 2, "no address"),
    (["--config", "/nonexistent/salved.conf"], 3, "salved.conf"),
    (["--store", "/nonexistent/dir/store.db"], 3, "store.db"),
    (["--store", "mysql://x/y"], 2, "a store is"),
    (["--tls", "maybe"], 2, "--tls"),
    (["--tls", "auto", "--tls-cert", "x", "--tls-key", "x"], 2, "--tls"),
    (["--report-every", "-1"], 2, "--report-every"),
    (["--agent-life", "999999999999"], 2, "--agent-life"),
    (["--new-enrol-token", "0"], 2, "1 to"),
    (["--new-enrol-token", "many"], 2, "many"),
    (["--tls-cert", "/nonexistent/x.crt", "--tls-key", "/nonexistent/x.key"], 3, "x.crt"),
])
def test_bad_settings(tmp_path, args, code, part):
    done = run(*args, env={"HOME": str(tmp_path), "PATH": os.environ["PATH"]})
    assert done.returncode == code and part in done.stderr, done.stderr


@pytest.mark.parametrize("text, part", [
    ("[salved]\nport=1\n", "unknown key 'port'"), ("[other]\nx=1\n", "unknown group [other]"),
    ("[salved]\nconfig=x\n", "unknown key 'config'"), ("[salved]\ndebug=maybe\n", "debug"),
    ("no group\n", "salved.conf"), ("[salved]\nstore=\\q\n", "salved.conf")])
def test_bad_file(tmp_path, text, part):
    path = tmp_path / "salved.conf"
    path.write_text(text)
    done = run("--config", path)
    assert done.returncode == 1 and part in done.stderr, done.stderr


def test_file_and_flags(launch, tmp_path):
    path = tmp_path / "salved.conf"
    path.write_text(f"[salved]\nstore={tmp_path}/file.db\nlisten=127.0.0.1:0\n"
                    "insecure-no-login=true\n")
    server = launch("--config", path)
    assert server.get("/api/v1/feeds").status == 200 and (tmp_path / "file.db").exists()
    server.stop()
    other = launch("--config", path, "--store", tmp_path / "flag.db")
    assert other.get("/api/v1/feeds").status == 200 and (tmp_path / "flag.db").exists()


def test_no_configuration_is_needed(launch, tmp_path):
    server = launch()
    assert server.get("/readyz").status == 200
    assert (tmp_path / "data/salve/store.db").exists()
    server.stop()
    managed = launch(env_more={"STATE_DIRECTORY": str(tmp_path / "state")})
    assert managed.get("/readyz").status == 200
    assert (tmp_path / "state/store.db").exists()


def test_port_that_is_taken(launch, tmp_path):
    server = launch("--store", tmp_path / "s.db")
    second = launch("--store", tmp_path / "s.db", "--listen", f"127.0.0.1:{server.address[1]}",
                    wait=False)
    assert second.stop(0) == 1 and "cannot listen" in second.log


# Hands on a socket as descriptor 3, and names the process that it is for.
AS_MANAGER = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ["LISTEN_PID"] = os.environ["WATCHDOG_PID"] = str(os.getpid())
os.execv(sys.argv[2], sys.argv[2:])
"""


def receive(manager):
    return dict(line.split("=", 1) for line in manager.recv(4096).decode().splitlines())


def test_service_manager(launch, tmp_path):
    """Readiness, signs of life, the end; and a socket that somebody else holds."""
    manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    manager.bind(str(tmp_path / "notify"))
    manager.settimeout(20)
    listener = socket.create_server(("127.0.0.1", 0))
    os.set_inheritable(listener.fileno(), True)
    fd = listener.fileno()
    server = launch("--store", tmp_path / "s.db", pass_fds=[fd],
                    before=[sys.executable, "-c", AS_MANAGER, str(fd)],
                    env_more={"NOTIFY_SOCKET": str(tmp_path / "notify"),
                              "WATCHDOG_USEC": "900000", "LISTEN_FDS": "1"})
    assert server.address[1] == listener.getsockname()[1]
    assert receive(manager)["READY"] == "1"
    assert receive(manager) == receive(manager) == {"WATCHDOG": "1"}
    assert server.get("/healthz").status == 200
    assert server.stop() == 0
    said = {}
    while "STOPPING" not in said:
        said = receive(manager)
    # the port is still there: the next process takes the clients that wait
    waiting = socket.create_connection(listener.getsockname(), timeout=5)
    waiting.close()


@pytest.mark.parametrize("unit", ["salved.service", "salve-agent.service"])
def test_unit_is_hardened(unit):
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=20",
                           UNITS / unit], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-500:] + done.stderr
    assert "Overall exposure level" in done.stdout


@pytest.mark.parametrize("unit", ["salved.service", "salve-agent.service"])
def test_unit_lets_addresses_be_listed(unit):
    """getifaddrs() asks the kernel by netlink: the server for its certificate, the agent for its
    host's interfaces."""
    line = re.search(r"^RestrictAddressFamilies=(.*)$", (UNITS / unit).read_text(), re.M)
    assert {"AF_INET", "AF_INET6", "AF_NETLINK"} <= set(line.group(1).split())


def test_units_are_well_formed(tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    units = ("salved.service", "salved.socket", "salve-agent.service")
    for unit in units:
        text = (UNITS / unit).read_text().replace("/usr/libexec/salve/salved", program("salved"))
        text = text.replace("/usr/bin/salve-agent", program("salve-agent"))
        (tmp_path / unit).write_text(text)
    done = subprocess.run(["systemd-analyze", "verify", "--man=no",
                           *(tmp_path / unit for unit in units)], capture_output=True, text=True)
    complaints = [line for line in done.stderr.splitlines() if "salve" in line]
    assert not complaints, complaints


def test_settings_of_the_file_are_documented():
    text = pathlib.Path(ROOT / "docs/operator.md").read_text()
    assert "--insecure-no-login" in text and "salved.conf" in text
    shown = run("--help").stdout
    for name in ("tls-name", "report-every", "agent-life", "print-ca", "new-enrol-token"):
        assert f"--{name}" in text and f"--{name}" in shown
    agent = subprocess.run([program("salve-agent"), "--help"], capture_output=True, text=True)
    for name in ("server", "ca", "token-file", "force"):
        assert f"--{name}" in text and f"--{name}" in agent.stdout


@pytest.mark.parametrize("more, plain", [("", False), ("?sslmode=prefer", True)])
def test_the_store_over_a_network_needs_tls(launch, tmp_path, more, plain):
    """A PostgreSQL that has no TLS is told nothing, unless the URL says so."""
    with socket.create_server(("127.0.0.1", 0)) as fake:
        url = f"postgresql://salve:secret@127.0.0.1:{fake.getsockname()[1]}/salve{more}"
        server = launch("--store", url, wait=False)
        client, _ = fake.accept()
        client.settimeout(20)
        assert client.recv(8) == bytes.fromhex("0000000804d2162f")  # may we speak TLS?
        client.sendall(b"N")
        assert (b"salve" in client.recv(1024)) == plain
        client.close()
        server.stop()
