"""A PostgreSQL server of one's own, for a benchmark or a run of tests, which ends with it.

Nothing here reads the settings: tests choose their database before anything does.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

# The data lives as long as the run: nothing waits for the disk.
CARELESS = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off"
# What a server is without a word, said all the same, since a figure depends on it.
DURABLE = "-c fsync=on -c full_page_writes=on -c synchronous_commit=on"


class NotInstalled(Exception):
    """There is no PostgreSQL server on this machine."""


def is_installed() -> bool:
    """Say whether a server can be started here."""
    return bool(shutil.which("initdb") or _debian())


def start(*, durable: bool = False, prefix: str = "ifi-pg-") -> tuple[str, Callable[[], None]]:
    """Start a server; return its address and what stops it and removes its data.

    Args:
        durable: every commit waits for the disk, as in production.
        prefix: how the name of its folder begins.

    Raises:
        NotInstalled: there is none to start.
    """
    programs = _programs()
    base = Path(tempfile.mkdtemp(prefix=prefix, dir="/tmp"))
    identity = _unprivileged(base)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [str(programs / program), "-D", str(base / "data"), *arguments],
            check=True,
            cwd=base,
            stdout=subprocess.DEVNULL,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            **identity,
        )

    def stop() -> None:
        run("pg_ctl", "-m", "immediate", "-w", "stop")
        shutil.rmtree(base, ignore_errors=True)

    run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    options = (
        f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={base} "
        f"-c max_connections=200 {DURABLE if durable else CARELESS}"
    )
    run("pg_ctl", "-l", str(base / "log"), "-w", "-o", options, "start")
    return f"postgres://postgres@127.0.0.1:{port}/postgres", stop


def _debian() -> list[Path]:
    """Return the ``initdb`` of each server that Debian has put beside the others."""
    found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return sorted(found, key=lambda path: int(path.parts[-3]))


def _programs() -> Path:
    """Return the folder with the newest server's programs."""
    if debian := _debian():
        return debian[-1].parent
    found = shutil.which("initdb")
    if found is None:
        raise NotInstalled("PostgreSQL is not installed: initdb was not found.")
    return Path(found).parent


def _unprivileged(base: Path) -> dict[str, Any]:
    """Return how to start a program that refuses root, with ``base`` handed to its user."""
    if os.geteuid() != 0:
        return {}
    try:
        user = pwd.getpwnam("postgres")
    except KeyError:
        user = pwd.getpwnam("nobody")
    os.chown(base, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
