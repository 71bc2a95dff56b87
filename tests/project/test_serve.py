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
from urllib.parse import urlencode

import pytest
from django.test import Client

from ifi_review.jobs.models import WorkerBeat
from tests.factories import make_screening
from tests.pages import address
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


def processes_of(pid: int) -> list[str]:
    """Return the processes that one started, each with its number and its command."""
    asked = ["ps", "-o", "pid=,args=", "--ppid", str(pid)]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.splitlines()


def children_of(pid: int) -> dict[str, int]:
    """Return the supervisor's children by what they are."""
    found = {}
    for line in processes_of(pid):
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


def health(port: int) -> dict[str, str]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=30) as answer:
        return json.load(answer)


@pytest.mark.catalogue("F05", "F10")
def test_a_worker_that_dies_is_replaced_and_one_signal_ends_everything(served):
    supervisor, port = served
    until(WorkerBeat.objects.exists)
    assert health(port) == {"web": "ok", "worker": "ok"}

    # As the system ends the largest process where memory runs out.
    killed = children_of(supervisor.pid)["worker"]
    subprocess.run(["kill", "-9", str(killed)], check=True)
    assert health(port)["web"] == "ok"
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


@pytest.mark.catalogue("F23")
def test_a_vote_that_is_being_sent_when_everything_is_to_end_is_taken_and_answered(served):
    supervisor, port = served
    _, (a, _), [record] = make_screening()
    client = Client()
    client.force_login(a.user)
    session, token = client.cookies["sessionid"].value, "t" * 32
    note = "long " * 900
    body = urlencode({"csrfmiddlewaretoken": token, "verdict": "include", "note": note})
    head = (
        f"POST {address(a, 'screening/title-abstract/records', record.uid)} HTTP/1.1\r\n"
        f"Host: 127.0.0.1:{port}\r\n"
        f"Cookie: sessionid={session}; csrftoken={token}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n"
        "Expect: 100-continue\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port), timeout=60) as sending:
        sending.sendall(head.encode())
        assert sending.recv(100).startswith(b"HTTP/1.1 100 ")
        web = children_of(supervisor.pid)["web"]
        until(lambda: len(processes_of(web)) == 2)
        sending.sendall(body[:100].encode())
        supervisor.terminate()
        # The process that has nothing to do ends at once.
        until(lambda: len(processes_of(web)) == 1)
        sending.sendall(body[100:].encode())
        answer = sending.recv(1000).decode()

    supervisor.communicate(timeout=60)
    assert answer.startswith("HTTP/1.1 302 ")
    assert "/accounts/login/" not in answer
    assert supervisor.returncode == 0
    assert record.decisions.get().note == note.strip()


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
