"""Databases made for one measurement, and processes that work in them."""

import importlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings

from ifi_review.benchmarks import server
from ifi_review.benchmarks.child import MARK

# What the caller's environment says of its own installation.
FOREIGN = ("DATABASE_URL", "MEDIA_ROOT", "DEBUG", "PGBOUNCER", "PYTEST_VERSION", "EMAIL_URL")


class PartFailed(Exception):
    """A part of the benchmark ended with an error; it says which and why."""


class Scratch:
    """One database, its folder of media, and what runs there."""

    def __init__(self, address: str, folder: Path) -> None:
        self.folder = folder
        inherited = {key: text for key, text in os.environ.items() if key not in FOREIGN}
        media = folder / "media"
        media.mkdir(parents=True, exist_ok=True)
        self.environment = {
            **inherited,
            "DEMO": "1",
            "DATABASE_URL": address,
            "MEDIA_ROOT": str(media),
        }

    def start(self, part: str, **arguments: Any) -> "Running":
        """Start a part of the benchmark here."""
        command = [sys.executable, "-m", "ifi_review.benchmarks.child", part]
        return Running(part, self._process([*command, json.dumps(arguments)]))

    def run(self, part: str, **arguments: Any) -> dict[str, Any]:
        """Run a part of the benchmark here and return what it measured."""
        return self.start(part, **arguments).result()

    def migrate(self) -> None:
        """Make the tables."""
        command = [sys.executable, "manage.py", "migrate", "-v0"]
        Running("migrate", self._process(command)).output()

    def _process(self, command: list[str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )


class Running:
    """A part that was started."""

    def __init__(self, part: str, process: subprocess.Popen[bytes]) -> None:
        self.part = part
        self.process = process

    def output(self) -> bytes:
        """Wait for its end and return what it printed.

        Raises:
            PartFailed: it ended with an error.
        """
        printed, complaints = self.process.communicate()
        if self.process.returncode:
            said = complaints.decode(errors="replace").strip()
            raise PartFailed(f"{self.part} ended with {self.process.returncode}: {said[-2_000:]}")
        return printed

    def result(self) -> dict[str, Any]:
        """Wait for its end and return what it measured."""
        measured: dict[str, Any] = json.loads(self.output())
        return measured


class Databases:
    """Makes scratch databases of one kind, all copies of one that was migrated once."""

    durability = ""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._made = 0
        self._template: Scratch | None = None

    def bare(self) -> Scratch:
        """Return a place for work that needs no database."""
        return Scratch(f"sqlite:///{self.folder / MARK}.sqlite3", self.folder / "bare")

    def new(self) -> Scratch:
        """Return an empty, migrated database."""
        if self._template is None:
            self._template = self._scratch(f"{MARK}_template", template="")
            self._template.migrate()
        self._made += 1
        return self._scratch(f"{MARK}_{self._made}", template=f"{MARK}_template")

    def _scratch(self, name: str, *, template: str) -> Scratch:
        raise NotImplementedError


class SqliteDatabases(Databases):
    """Files in the benchmark's folder; every commit waits for the disk."""

    durability = "synchronous=FULL, journal_mode=WAL"

    def _scratch(self, name: str, *, template: str) -> Scratch:
        folder = self.folder / name
        folder.mkdir()
        file = folder / f"{name}.sqlite3"
        if template:
            shutil.copyfile(self.folder / template / f"{template}.sqlite3", file)
        return Scratch(f"sqlite:///{file}", folder)


class PostgresDatabases(Databases):
    """Databases of a server of the benchmark's own; every commit waits for the disk."""

    durability = "fsync=on, synchronous_commit=on, otherwise as installed"

    def __init__(self, folder: Path, address: str) -> None:
        super().__init__(folder)
        self.address = address

    def _scratch(self, name: str, *, template: str) -> Scratch:
        folder = self.folder / f"{name}-postgres"
        folder.mkdir()
        psycopg2 = importlib.import_module("psycopg2")
        connection = psycopg2.connect(self.address.replace("postgres://", "postgresql://"))
        connection.autocommit = True
        with connection.cursor() as cursor:
            like = f' TEMPLATE "{template}"' if template else ""
            cursor.execute(f'CREATE DATABASE "{name}"{like}')
        connection.close()
        return Scratch(f"{self.address.rpartition('/')[0]}/{name}", folder)


@contextmanager
def databases(kind: str, folder: Path) -> Iterator[Databases]:
    """Give what makes scratch databases of a kind, ``sqlite`` or ``postgres``; all go at the end.

    Raises:
        NotInstalled: there is no server to start.
    """
    if kind == "sqlite":
        yield SqliteDatabases(folder)
        return
    stop: Callable[[], None]
    address, stop = server.start(durable=True, prefix="ifi-bench-pg-")
    try:
        yield PostgresDatabases(folder, address)
    finally:
        stop()
