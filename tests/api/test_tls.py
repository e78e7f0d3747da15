"""TLS as promise S49 says, and who the client is."""

import hashlib
import json
import os
import shutil
import socket
import ssl
import subprocess
import time

import pytest

from certificates import make_authority, make_certificate
from conftest import program

HSTS = "Strict-Transport-Security: max-age=31536000; includeSubDomains"
pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    for ca in ("ca", "other"):
        make_authority(folder, ca)
    make_certificate(folder, "server", "serverAuth", "ca")
    make_certificate(folder, "agent-1", "clientAuth", "ca")
    make_certificate(folder, "wrong-purpose", "serverAuth", "ca")
    make_certificate(folder, "stranger", "clientAuth", "other")
    return folder


@pytest.fixture
def server(launch, keys, tmp_path):
    return launch("--store", tmp_path / "s.db", "--tls-cert", keys / "server.crt", "--tls-key",
                  keys / "server.key", "--client-ca", keys / "ca.crt", "--debug")


def context_of(keys, certificate=None):
    context = ssl.create_default_context(cafile=keys / "ca.crt")
    if certificate:
        context.load_cert_chain(keys / f"{certificate}.crt", keys / f"{certificate}.key")
    return context


def get(server, context, path="/healthz"):
    with socket.create_connection(server.address, timeout=20) as plain:
        with context.wrap_socket(plain, server_hostname="127.0.0.1") as client:
            client.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
            data = b""
            while piece := client.recv(65536):
                data += piece
            return client.version(), client.cipher()[0], data.decode()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_versions(server, keys, version):
    context = context_of(keys)
    context.minimum_version = context.maximum_version = version
    _, cipher, answer = get(server, context)
    assert answer.startswith("HTTP/1.1 200 OK") and HSTS in answer
    assert "GCM" in cipher or "CHACHA20" in cipher


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_old_versions_are_refused(server, keys, version):
    context = context_of(keys)
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    with pytest.raises((ssl.SSLError, ConnectionError)):
        get(server, context)


@pytest.mark.parametrize("cipher", ["ECDHE-ECDSA-AES128-SHA256", "ECDHE-ECDSA-AES128-SHA",
                                    "ECDHE-ECDSA-AES128-CCM", "AES128-GCM-SHA256",
                                    "DHE-RSA-AES128-GCM-SHA256"])
def test_other_ciphers_are_refused(server, keys, cipher):
    context = context_of(keys)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(f"{cipher}:@SECLEVEL=0")
    with pytest.raises((ssl.SSLError, ConnectionError)):
        get(server, context)


def test_no_renegotiation(server, keys):
    """A client that wants to begin anew on its connection is cut off: it costs one handshake."""
    address = "{}:{}".format(*server.address)
    client = subprocess.Popen(["openssl", "s_client", "-connect", address, "-tls1_2", "-CAfile",
                               keys / "ca.crt"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
    time.sleep(1)  # commands count on a connection that stands
    client.stdin.write("R\n")
    client.stdin.flush()
    try:
        client.wait(20)  # with its input open: it ends when it is cut off
    finally:
        client.kill()
    said = client.communicate()[0]
    assert "RENEGOTIATING\nclosed" in said, said
    assert get(server, context_of(keys))[2].startswith("HTTP/1.1 200 OK")


# What testssl.sh takes for renegotiating is a connection that is closed: see above.
MISTAKEN = {"secure_client_renego", "engine_problem"}


@pytest.mark.skipif(not shutil.which("testssl"), reason="testssl.sh is not installed")
def test_testssl(server, keys, tmp_path):
    """An independent judge finds nothing worse than LOW. SALVE_TESTSSL=full: all that it looks for."""
    looks = ["-p", "-s", "-f", "-U"] if os.environ.get("SALVE_TESTSSL") else ["-p", "-s"]
    subprocess.run(["testssl", "--quiet", "--color", "0", "--ip", "127.0.0.1", "--add-ca",
                    keys / "ca.crt", "--jsonfile", tmp_path / "found.json", *looks,
                    "https://{}:{}".format(*server.address)], capture_output=True, timeout=300)
    found = json.loads((tmp_path / "found.json").read_text())
    assert len(found) > 10
    bad = [f for f in found if f["severity"] not in ("OK", "INFO", "LOW") and
           f["id"] not in MISTAKEN]
    assert not bad, bad


def test_plain_http_is_no_answer(server):
    assert "200" not in server.ask("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")


def logged_certificate(server):
    return server.log.rsplit("certificate=", 1)[1].split()[0]


def test_client_certificate_is_handed_up(server, keys):
    der = ssl.PEM_cert_to_DER_cert((keys / "agent-1.crt").read_text())
    get(server, context_of(keys, "agent-1"))
    server.stop()
    assert logged_certificate(server) == hashlib.sha256(der).hexdigest()


@pytest.mark.parametrize("certificate", [None, "wrong-purpose", "stranger"])
def test_no_other_certificate_is(server, keys, certificate):
    """It is asked for, not required: what does not hold counts as none."""
    _, _, answer = get(server, context_of(keys, certificate))
    assert answer.startswith("HTTP/1.1 200 OK")
    server.stop()
    assert logged_certificate(server) == "-"


@pytest.mark.parametrize("listen", ["0.0.0.0:0", "[::]:0", "127.0.0.1:0"])
def test_its_own_certificate(launch, tmp_path, listen):
    """Where others can listen in it serves TLS by itself; on loopback if it is told to."""
    extra = ["--tls", "auto"] if listen.startswith("127") else []
    server = launch("--store", tmp_path / "s.db", "--listen", listen, *extra)
    server.address = ("127.0.0.1", server.address[1])
    shown = subprocess.run([program("salved"), "--store", tmp_path / "s.db", "--print-ca"],
                           check=True, capture_output=True, text=True).stdout
    (tmp_path / "own.pem").write_text(shown)
    context = ssl.create_default_context(cafile=tmp_path / "own.pem")
    for name in ("127.0.0.1", "localhost", socket.gethostname()):
        with server.connect() as plain, context.wrap_socket(plain, server_hostname=name) as client:
            assert client.version() == "TLSv1.3"
    with pytest.raises(ssl.SSLCertVerificationError):
        with server.connect() as plain:
            context.wrap_socket(plain, server_hostname="other.example")


def test_its_own_certificate_has_more_names(launch, tmp_path):
    server = launch("--store", tmp_path / "s.db", "--tls", "auto", "--tls-name",
                    "salve.example, 192.0.2.7")
    (tmp_path / "own.pem").write_text(subprocess.run(
        [program("salved"), "--store", tmp_path / "s.db", "--print-ca"], check=True,
        capture_output=True, text=True).stdout)
    context = ssl.create_default_context(cafile=tmp_path / "own.pem")
    for name in ("salve.example", "192.0.2.7"):
        with server.connect() as plain:
            context.wrap_socket(plain, server_hostname=name).close()


def test_a_proxy_in_front(launch, tmp_path):
    proxied = launch("--store", tmp_path / "s.db", "--listen", "0.0.0.0:0", "--behind-proxy",
                     "--debug")
    proxied.address = ("127.0.0.1", proxied.address[1])
    answer = proxied.get("/healthz", headers={"X-Forwarded-For": "192.0.2.1, 198.51.100.7"})
    assert answer.headers["Strict-Transport-Security"] in HSTS
    end = time.monotonic() + 10
    while "from=198.51.100.7 " not in proxied.log and time.monotonic() < end:
        time.sleep(0.05)  # it is logged behind the answer
    proxied.stop()
    assert "from=198.51.100.7 " in proxied.log


def test_no_login_needs_loopback(launch, keys, tmp_path):
    refused = launch("--store", tmp_path / "s.db", "--listen", "0.0.0.0:0", "--insecure-no-login",
                     "--tls-cert", keys / "server.crt", "--tls-key", keys / "server.key", wait=False)
    assert refused.stop(0) == 2 and "loopback" in refused.log
