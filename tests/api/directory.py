"""A real slapd on private ports of loopback, which takes passwords over TLS alone."""

import socket
import subprocess
import time

import pytest

from certificates import make_authority, make_certificate

BASE = "dc=corp,dc=example"
SECRET = "the password of the service"
CONFIG = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
pidfile {folder}/slapd.pid
TLSCACertificateFile {folder}/ca.crt
TLSCertificateFile {folder}/directory.crt
TLSCertificateKeyFile {folder}/directory.key
TLSVerifyClient never
security simple_bind=128
database mdb
suffix "{base}"
directory {folder}/data
rootdn "cn=admin,{base}"
rootpw "{secret}"
overlay memberof
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="cn=salve,{base}" read by self read by users search by * none
"""
TREE = """
dn: {base}
objectClass: dcObject
objectClass: organization
o: corp
dc: corp

dn: ou=people,{base}
objectClass: organizationalUnit
ou: people

dn: ou=groups,{base}
objectClass: organizationalUnit
ou: groups

dn: cn=salve,{base}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: salve
userPassword: {secret}
"""


def free_ports(n):
    taken = [socket.socket() for _ in range(n)]
    for one in taken:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in taken]
    for one in taken:
        one.close()
    return ports


class Directory:
    def __init__(self, folder):
        self.folder = folder
        (folder / "data").mkdir()
        for name in ("ca", "other"):
            make_authority(folder, name)
        make_certificate(folder, "directory", "serverAuth", "ca")
        names = {"folder": folder, "base": BASE, "secret": SECRET}
        (folder / "slapd.conf").write_text(CONFIG.format(**names))
        self.run("slapadd", "-f", folder / "slapd.conf", text=TREE.format(**names))
        self.plain, self.tls = free_ports(2)
        self.process = None
        self.start()

    def run(self, *command, text):
        done = subprocess.run([*map(str, command)], input=text, text=True, capture_output=True,
                              env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
                                   "LDAPTLS_CACERT": str(self.folder / "ca.crt")})
        assert done.returncode == 0, done.stderr

    def start(self):
        self.process = subprocess.Popen(
            ["/usr/sbin/slapd", "-f", self.folder / "slapd.conf", "-d", "0", "-h",
             f"ldap://127.0.0.1:{self.plain} ldaps://127.0.0.1:{self.tls}"])
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.tls)) == 0:
                    return
            assert self.process.poll() is None
            time.sleep(0.05)
        raise AssertionError("slapd does not come up")

    def stop(self):
        self.process.terminate()
        self.process.wait(20)

    def change(self, text):
        self.run("ldapmodify", "-x", "-H", f"ldaps://127.0.0.1:{self.tls}", "-D", f"cn=admin,{BASE}",
                 "-w", SECRET, text=text.format(base=BASE))

    def add(self, login, password, name=None):
        self.change(f"""
dn: uid={login},ou=people,{{base}}
changetype: add
objectClass: inetOrgPerson
uid: {login}
cn: {name or login}
sn: {login}
mail: {login}@corp.example
userPassword: {password}
""")

    def add_group(self, name, *members):
        lines = "\n".join(f"member: uid={login},ou=people,{{base}}" for login in members)
        self.change(f"""
dn: cn={name},ou=groups,{{base}}
changetype: add
objectClass: groupOfNames
cn: {name}
member: cn=nobody
{lines}
""")

    def member(self, change, group, login):
        """@change: add, delete"""
        self.change(f"""
dn: cn={group},ou=groups,{{base}}
changetype: modify
{change}: member
member: uid={login},ou=people,{{base}}
""")

    def settings(self, **more):
        return {"kind": "ldap", "name": "Corp", "address": f"ldaps://127.0.0.1:{self.tls}",
                "ca_file": str(self.folder / "ca.crt"), "account": f"cn=salve,{BASE}",
                "secret": SECRET, "base": f"ou=people,{BASE}", "makes_people": True, **more}


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    if subprocess.run(["sh", "-c", "test -x /usr/sbin/slapd && command -v ldapmodify openssl"],
                      capture_output=True).returncode != 0:
        pytest.skip("slapd, ldapmodify and openssl are not installed")
    made = Directory(tmp_path_factory.mktemp("directory"))
    yield made
    made.stop()
