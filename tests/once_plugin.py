"""Tell the tests that ask for a database from those that one run is enough for.

With ``IFI_TEST_EACH_DATABASE=1`` only the first kind runs: ``tests.both`` sets it for one half,
and the other half runs all. A test that asks for no database is kept from finding one.
"""

import os
from collections.abc import Generator

import pytest

LEFT_OUT = pytest.StashKey[list[str]]()

# Whatever else gives a database asks for the first; a server asks only once the test runs.
FIXTURES = {"django_db_setup", "live_server"}


def asks_for_database(item: pytest.Item) -> bool:
    """Say whether a test asks for a database: by its marker, its fixtures or its class."""
    return bool(
        item.get_closest_marker("django_db")
        or FIXTURES.intersection(getattr(item, "fixturenames", ()))
        or getattr(getattr(item, "cls", None), "databases", ())
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what asks for no database, if another half runs it."""
    if os.environ.get("IFI_TEST_EACH_DATABASE") == "1":
        left = [item for item in items if not asks_for_database(item)]
        items[:] = [item for item in items if asks_for_database(item)]
        config.hook.pytest_deselected(items=left)
        config.stash[LEFT_OUT] = [item.nodeid for item in left]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Hide the run's database from a test that asks for none, and from processes it starts.

    Inside the test's own process pytest-django refuses every connection.
    """
    if asks_for_database(item):
        return (yield)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATABASE_URL", "the test asks for no database")
        environment.delenv("IFI_TEST_DB", raising=False)
        return (yield)
