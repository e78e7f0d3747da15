"""Private PostgreSQL servers, for those who stop them."""

import os
import pathlib
import shutil
import subprocess
import tempfile

import pytest


def bin_folder():
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"),
                   key=lambda path: int(path.parts[-3]))
    if not found:
        pytest.skip("no PostgreSQL server is installed")
    return found[-1].parent


class Cluster:
    """One server, on a socket in a folder of its own."""

    def __init__(self, *options):
        self.bin = bin_folder()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="salve-pg-"))
        self.data, self.options = self.folder / "data", list(options)
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")

    def run(self, program, *args, check=True):
        as_owner = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]
        return subprocess.run([*(as_owner if os.geteuid() == 0 else []), self.bin / program,
                               *map(str, args)], cwd=self.folder, check=check, timeout=120,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def make(self):
        self.run("initdb", "-D", self.data, "-U", "salve", "-A", "trust", "-E", "UTF8",
                 "--no-locale", "--no-sync")
        return self

    def follow(self, primary):
        self.run("pg_basebackup", "-D", self.data, "-h", primary.folder, "-U", "salve", "-R",
                 "--no-sync", "-c", "fast", "-X", "stream")
        return self

    def start(self, *more):
        options = ["listen_addresses=", f"unix_socket_directories={self.folder}", "fsync=off",
                   "max_connections=200", *self.options, *more]
        self.run("pg_ctl", "-D", self.data, "-l", self.folder / "log", "-w", "-t", 60, "start", "-o",
                 " ".join(f"-c '{option}'" for option in options))
        return self

    def stop(self):
        """As a crash is."""
        self.run("pg_ctl", "-D", self.data, "-m", "immediate", "stop", check=False)

    def promote(self):
        self.run("pg_ctl", "-D", self.data, "-w", "-t", 60, "promote")

    def ask(self, sql):
        done = subprocess.run(["psql", "-h", self.folder, "-U", "salve", "-d", "postgres", "-Atc",
                               sql], capture_output=True, text=True, timeout=60)
        return done.stdout.strip()

    def close(self):
        self.stop()
        shutil.rmtree(self.folder)


def url_of(*clusters):
    hosts = ",".join(str(cluster.folder) for cluster in clusters)
    return f"postgresql:///postgres?user=salve&host={hosts}&target_session_attrs=read-write"
