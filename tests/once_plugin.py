"""Tell the tests that ask for a database from those that do not, and keep these from one."""

from collections.abc import Generator

import pytest

# Whatever else gives a database asks for the first; a server asks only once the test runs.
FIXTURES = {"django_db_setup", "live_server"}


def asks_for_database(item: pytest.Item) -> bool:
    """Say whether a test asks for a database: by its marker, its fixtures or its class."""
    return bool(
        item.get_closest_marker("django_db")
        or FIXTURES.intersection(getattr(item, "fixturenames", ()))
        or getattr(getattr(item, "cls", None), "databases", ())
    )


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
