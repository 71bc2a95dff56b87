"""The supervisor, with its real children."""

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator

import pytest

from ifi_review.jobs.models import WorkerBeat
from tests.project.database import ROOT, environment_of_another_process

pytestmark = pytest.mark.django_db(transaction=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def serve(port: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "serve"],
        cwd=ROOT, env=environment_of_another_process(PORT=str(port)),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def children_of(pid: int) -> dict[str, int]:
    """Return the supervisor's children by what they are."""
    done = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    )
    found = {}
    for line in done.stdout.splitlines():
        number, command = line.split(None, 1)
        found["web" if "gunicorn" in command else "worker"] = int(number)
    return found


def until(what: Callable[[], object]) -> object:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if found := what():
            return found
        time.sleep(0.2)
    return pytest.fail("it did not come true within a minute")


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def served() -> Iterator[tuple[subprocess.Popen[str], int]]:
    port = free_port()
    supervisor = serve(port)
    until(lambda: is_listening(port) or supervisor.poll() is not None)
    yield supervisor, port
    if supervisor.poll() is None:
        supervisor.terminate()
    supervisor.communicate(timeout=60)


@pytest.mark.catalogue("F05")
def test_a_worker_that_dies_is_replaced_and_one_signal_ends_everything(served):
    supervisor, port = served
    until(WorkerBeat.objects.exists)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=30) as answer:
        assert json.load(answer) == {"web": "ok", "worker": "ok"}

    killed = children_of(supervisor.pid)["worker"]
    subprocess.run(["kill", "-9", str(killed)], check=True)
    until(lambda: children_of(supervisor.pid).get("worker", killed) != killed)
    until(lambda: WorkerBeat.objects.count() == 2)

    supervisor.send_signal(signal.SIGINT)
    said, complained = supervisor.communicate(timeout=60)
    assert supervisor.returncode == 0
    assert f"Serving on http://127.0.0.1:{port}/" in said
    assert "The worker ended with status -9" in complained
    assert "Traceback" not in complained
    assert not is_listening(port)
    # The one that was killed could not say goodbye; the other did.
    assert WorkerBeat.objects.count() == 1


def test_a_busy_port_is_named_and_nothing_is_started():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        supervisor = serve(port)
        said, complained = supervisor.communicate(timeout=60)
    assert supervisor.returncode == 1
    assert said == ""
    assert f"Port {port} on 127.0.0.1 cannot be used" in complained
    assert "PORT=" in complained


@pytest.mark.catalogue("F05")
def test_children_end_with_a_supervisor_that_is_killed_outright(served):
    supervisor, port = served
    children = until(lambda: (found := children_of(supervisor.pid)).get("worker") and found)
    until(WorkerBeat.objects.exists)

    supervisor.kill()
    supervisor.wait(timeout=60)

    until(lambda: not any(is_running(pid) for pid in children.values()))
    assert not is_listening(port)


def is_running(pid: int) -> bool:
    """Say whether a process is there and has not ended."""
    asked = ["ps", "-o", "stat=", "-p", str(pid)]
    state = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    return bool(state) and not state.startswith("Z")
