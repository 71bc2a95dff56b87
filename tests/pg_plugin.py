"""Choose the database of a test run before anything reads the settings.

``IFI_TEST_DB=postgres`` starts a PostgreSQL server of the run's own, which ends with it. Loaded
with ``-p``: a ``conftest.py`` comes too late, since pytest-django has read the settings by then.
"""

import os
from collections.abc import Callable

import pytest

from ifi_review.benchmarks import server

NO_SERVER = 3

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
        try:
            os.environ["DATABASE_URL"], _stop = server.start()
        except server.NotInstalled as absent:
            pytest.exit(str(absent), returncode=NO_SERVER)
        _running.append(_stop)


def pytest_report_header() -> str:
    """Name the database above the results."""
    return f"database: {os.environ.get('IFI_TEST_DB', 'sqlite')}"


def pytest_unconfigure() -> None:
    """Stop the server with the run."""
    while _running:
        _running.pop()()
