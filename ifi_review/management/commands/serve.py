"""Serve the application: the web server and the worker under one supervisor."""

import os
import signal
import socket
import subprocess
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from ifi_review.env import env_int

GRACE = 30.0
LOOK = 0.3
SLOWEST_RESTART = 30.0


def port_number(text: str) -> int:
    """Return the number of a port that can be listened on."""
    if text.isascii() and text.isdigit() and 0 < int(text) < 65536:
        return int(text)
    raise ArgumentTypeError("a port is a number from 1 to 65535")


class Command(BaseCommand):
    """One supervisor; gunicorn and the job worker are its children.

    A worker that dies is started again. When the web server dies or a person stops the
    supervisor, all of them end: first asked to, then made to.
    """

    help = "Serve the application and its background jobs until Ctrl-C or SIGTERM."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name where to listen and how many processes to use."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=port_number, help="default: PORT, or 8000")
        parser.add_argument("--web-workers", type=int, default=2)
        parser.add_argument("--threads", type=int, default=4)

    def handle(self, *args: Any, **options: Any) -> None:
        """Start both children, watch them, and stop them."""
        host = options["host"]
        port = options["port"] or env_int("PORT", default=8000, least=1, most=65535)
        self.refuse_busy_port(host, port)
        self.stopping = False
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signum, self.stop)

        web = self.start(
            "gunicorn", "ifi_review.wsgi:application",
            "--bind", f"{host}:{port}",
            "--worker-class", "gthread",
            "--workers", str(options["web_workers"]),
            "--threads", str(options["threads"]),
            "--graceful-timeout", str(int(GRACE) - 5),
            # Whether a forwarded header is believed is for the settings to say, not for gunicorn.
            "--forwarded-allow-ips", "",
            "--no-control-socket",
            "--log-level", "warning",
        )  # fmt: skip
        self.children = [web]
        try:
            self.watch(web, f"http://{host}:{port}/", (host, port))
        finally:
            self.end_children()

    def watch(self, web: subprocess.Popen[bytes], address: str, place: tuple[str, int]) -> None:
        """Keep a worker running while the web server runs."""
        announced = False
        worker: subprocess.Popen[bytes] | None = None
        pause, next_start = 1.0, 0.0
        while not self.stopping:
            if web.poll() is not None:
                raise CommandError(f"The web server ended with status {web.returncode}.")
            if not announced and self.answers(place):
                announced = True
                self.stdout.write(f"Serving on {address} (stop with Ctrl-C)")
                self.stdout.flush()
            if worker is not None and worker.poll() is not None:
                self.stderr.write(
                    f"The worker ended with status {worker.returncode}; "
                    f"the next starts in {pause:.0f} s."
                )
                self.children.remove(worker)
                worker, next_start = None, time.monotonic() + pause
                pause = min(pause * 2, SLOWEST_RESTART)
            if worker is None and time.monotonic() >= next_start:
                started = time.monotonic()
                worker = self.start("manage", "worker", "--no-reload", "--verbosity", "0")
                self.children.append(worker)
            elif worker is not None and time.monotonic() > started + 2 * SLOWEST_RESTART:
                pause = 1.0
            time.sleep(LOOK)

    def start(self, module: str, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a child in a session of its own: Ctrl-C is for the supervisor alone.

        It ends with the supervisor even where that is killed and cannot ask it to.
        """
        tied = ["-m", "ifi_review.jobs.tied", str(os.getpid())]
        return subprocess.Popen(
            [sys.executable, *tied, module, *arguments],
            cwd=settings.BASE_DIR,
            start_new_session=True,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "ifi_review.settings"},
        )

    def stop(self, signum: int, frame: FrameType | None) -> None:
        """Note that a person wants everything to end."""
        self.stopping = True

    def end_children(self) -> None:
        """Ask every child to end, and end those that have not after the time of grace."""
        for child in self.children:
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + GRACE
        for child in self.children:
            try:
                child.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    @staticmethod
    def answers(place: tuple[str, int]) -> bool:
        """Say whether something listens there."""
        try:
            with socket.create_connection(place, timeout=LOOK):
                return True
        except OSError:
            return False

    @staticmethod
    def refuse_busy_port(host: str, port: int) -> None:
        """Name a port that cannot be had, before anything is started."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as problem:
                raise CommandError(
                    f"Port {port} on {host} cannot be used ({problem.strerror}). "
                    f"Choose another: PORT={port + 1 if port < 65535 else 8000}."
                ) from problem
