"""Hand the database of a test on to another process."""

import os
from pathlib import Path

from django.db import connection

ROOT = Path(__file__).resolve().parents[2]


def environment_of_another_process(**variables: str) -> dict[str, str]:
    """Return the environment in which a command works on this test's database, for real."""
    place = connection.settings_dict
    address = (
        f"sqlite:///{place['NAME']}"
        if connection.vendor == "sqlite"
        else f"postgres://{place['USER']}@{place['HOST']}:{place['PORT']}/{place['NAME']}"
    )
    inherited = {key: text for key, text in os.environ.items() if key != "PYTEST_VERSION"}
    return {**inherited, "DEMO": "1", "DATABASE_URL": address, **variables}
