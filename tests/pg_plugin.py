"""Choose the database of a test run before anything reads the settings.

``IFI_TEST_DB=postgres`` starts a PostgreSQL server of the run's own, which ends with it. Loaded
with ``-p``: a ``conftest.py`` comes too late, since pytest-django has read the settings by then.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

NO_SERVER = 3


def _programs() -> Path:
    """Return the folder with the newest server's programs."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3])
    )
    if debian:
        return debian[-1].parent
    found = shutil.which("initdb")
    if found is None:
        pytest.exit("PostgreSQL is not installed: initdb was not found.", returncode=NO_SERVER)
    return Path(found).parent


def _unprivileged(base: Path) -> dict[str, object]:
    """Return how to start a program that refuses root, with ``base`` handed to its user."""
    if os.geteuid() != 0:
        return {}
    try:
        user = pwd.getpwnam("postgres")
    except KeyError:
        user = pwd.getpwnam("nobody")
    os.chown(base, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _start() -> tuple[str, Callable[[], None]]:
    """Start a server; return its address and what stops it."""
    programs = _programs()
    base = Path(tempfile.mkdtemp(prefix="ifi-pg-", dir="/tmp"))
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
    # The data lives as long as the run: nothing waits for the disk.
    options = (
        f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={base} "
        "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=200"
    )
    run("pg_ctl", "-l", str(base / "log"), "-w", "-o", options, "start")
    return f"postgres://postgres@127.0.0.1:{port}/postgres", stop


_running: list[Callable[[], None]] = []

# Workers of pytest-xdist inherit the address that the run has set.
if not os.environ.get("PYTEST_XDIST_WORKER"):
    if os.environ.get("DATABASE_URL"):
        pytest.exit(
            "DATABASE_URL is set. Tests use databases of their own; unset it.", returncode=4
        )
    wanted = os.environ.get("IFI_TEST_DB", "sqlite")
    if wanted not in {"sqlite", "postgres"}:
        pytest.exit(f"IFI_TEST_DB is {wanted!r}; write sqlite or postgres.", returncode=4)
    if wanted == "postgres":
        os.environ["DATABASE_URL"], _stop = _start()
        _running.append(_stop)


def pytest_report_header() -> str:
    """Name the database above the results."""
    return f"database: {os.environ.get('IFI_TEST_DB', 'sqlite')}"


def pytest_unconfigure() -> None:
    """Stop the server with the run."""
    while _running:
        _running.pop()()
