import json
import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from ifi_review.env import database_url
from tests import both
from tests.project.database import ROOT
from tests.results_plugin import LEFT, proved

REPORT = {
    "outcomes": {"a": "passed", "b": "skipped"},
    "skipped": {"b": "no Chromium on this machine"},
    "catalogue": {"a": ["A01"]},
}
NOTHING = {"outcomes": {}, "skipped": {}, "catalogue": {}}
WAYS_TO_ASK = """
import pytest
from django.test import SimpleTestCase, TestCase

pytestmark = pytest.mark.skip(reason="chosen or left out, which is all there is to see")


@pytest.fixture
def lead(db): ...


@pytest.fixture
def reviewer(lead): ...


@pytest.mark.django_db
def test_marked(): ...


@pytest.mark.django_db
class TestMarked:
    def test_of_a_marked_class(self): ...


def test_fixture(transactional_db): ...


def test_fixture_of_a_fixture(reviewer): ...


@pytest.mark.usefixtures("reviewer")
def test_used_fixture(): ...


def test_server(live_server): ...


def test_client_of_an_account(admin_client): ...


class Unittest(TestCase):
    def test_of_a_class(self): ...


class Simple(SimpleTestCase):
    def test_of_a_class_without(self): ...


@pytest.mark.parametrize("number", [1, 2])
def test_without(number, tmp_path, settings, client, rf): ...
"""


def report(**outcomes):
    """Return a report of tests that all bear the row named as their first letter."""
    return {
        "outcomes": outcomes,
        "skipped": {},
        "catalogue": {test: [test[0]] for test in outcomes},
    }


def test_one_summary_counts_both_halves_and_names_what_was_skipped(capsys):
    other = {**REPORT, "outcomes": {"a": "failed", "b": "passed"}, "skipped": {}}
    status = both.summary({"sqlite": REPORT, "postgres": other}, {"sqlite": 0, "postgres": 1})
    said = capsys.readouterr().out.splitlines()
    assert status == 1
    assert "skipped    1  sqlite: no Chromium on this machine" in said
    assert "catalogue: 0 rows have passing tests on sqlite and postgres" in said
    assert said[-1] == "2 passed, 1 failed, 1 skipped"


@pytest.mark.parametrize(("require_all", "status"), [(False, 0), (True, 1)])
def test_a_missing_server_is_a_named_skip_or_with_require_all_a_failure(
    capsys, monkeypatch, require_all, status
):
    monkeypatch.setattr(both, "REQUIRE_ALL", require_all)
    assert both.summary({"sqlite": REPORT}, {"sqlite": 0}) == status
    said = capsys.readouterr().out
    assert "PostgreSQL is not installed" in said
    assert said.splitlines()[-1] == "1 passed, 0 failed, 2 skipped"


def test_a_half_that_broke_off_is_a_failure(capsys):
    assert both.summary({"sqlite": NOTHING, "postgres": REPORT}, {"sqlite": 3, "postgres": 0}) == 1
    said = capsys.readouterr().out
    assert "the run on sqlite broke off with status 3" in said
    assert said.splitlines()[-1] == "1 passed, 1 failed, 1 skipped"


def test_what_asks_for_no_database_counts_once_and_is_no_skip(capsys):
    whole, part = report(a="passed", b="passed"), report(a="passed", b=LEFT)
    assert both.summary({"sqlite": whole, "postgres": part}, {"sqlite": 0, "postgres": 0}) == 0
    said = capsys.readouterr().out.splitlines()
    assert "1 tests ask for no database and ran on one only" in said
    assert "catalogue: 2 rows have passing tests on sqlite and postgres" in said
    assert said[-1] == "3 passed, 0 failed, 0 skipped"


def test_a_half_that_has_nothing_but_what_the_other_runs_is_no_failure(capsys):
    whole, part = report(a="passed"), report(a=LEFT)
    assert both.summary({"sqlite": whole, "postgres": part}, {"sqlite": 0, "postgres": 5}) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "1 passed, 0 failed, 0 skipped"
    assert both.summary({"sqlite": NOTHING, "postgres": NOTHING}, {"sqlite": 5, "postgres": 5}) == 1


@pytest.mark.parametrize(
    ("sqlite", "postgres", "sentence"),
    [
        ({"a": "passed"}, {"a": "passed", "b": LEFT}, "the run on sqlite did not come to 1 tests"),
        ({"a": "passed"}, {"b": "passed"}, "the run on postgres did not come to 1 tests"),
        ({"a": "passed", "b": LEFT}, {"a": "passed", "b": LEFT}, "1 tests ran on no database"),
    ],
)
def test_a_test_that_did_not_run_where_it_had_to_is_a_failure(capsys, sqlite, postgres, sentence):
    reports = {"sqlite": report(**sqlite), "postgres": report(**postgres)}
    assert both.summary(reports, {"sqlite": 0, "postgres": 0}) == 1
    assert sentence in capsys.readouterr().out.splitlines()


@pytest.mark.parametrize(
    ("sqlite", "postgres", "rows"),
    [
        (report(a1="passed", a2="passed"), report(a1="passed", a2="passed"), ["a"]),
        (report(a1="passed", a2="passed"), report(a1="passed", a2="failed"), []),
        (report(a1="passed", a2="passed"), report(a1="passed", a2="skipped"), []),
        (report(a1="passed", a2="passed"), report(a1="passed", a2=LEFT), ["a"]),
        (report(a1="passed", a2="failed"), report(a1="passed", a2=LEFT), []),
        (report(a1="passed", b1="passed"), report(a1=LEFT, b1="failed"), ["a"]),
        (report(a1=LEFT), report(a1=LEFT), []),
        (NOTHING, report(a1=LEFT, b1="passed"), []),
    ],
)
def test_a_row_is_proved_when_its_tests_passed_wherever_they_had_to_run(sqlite, postgres, rows):
    assert proved([sqlite, postgres]) == rows


def test_of_two_halves_the_faster_runs_all_and_one_alone_does_too(monkeypatch, tmp_path):
    environments = []
    monkeypatch.setattr(subprocess, "Popen", lambda *_, env, **__: environments.append(env))
    for database, wanted in [("sqlite", both.DATABASES), ("postgres", both.DATABASES),
                             ("sqlite", ["sqlite"])]:  # fmt: skip
        both.Half(database, wanted, tmp_path, [])
    assert [of["IFI_TEST_EACH_DATABASE"] for of in environments] == ["", "1", ""]


def test_a_test_asks_for_a_database_by_marker_fixture_or_class(tmp_path):
    (tmp_path / "test_ways.py").write_text(WAYS_TO_ASK, encoding="utf-8")
    environment = {key: text for key, text in os.environ.items() if key != "DATABASE_URL"}
    environment |= {"IFI_TEST_REPORT": str(tmp_path / "report"), "IFI_TEST_EACH_DATABASE": "1"}
    subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-c", "pyproject.toml",
         str(tmp_path / "test_ways.py")],
        cwd=ROOT, env=environment, capture_output=True, check=True,
    )  # fmt: skip
    outcomes = json.loads((tmp_path / "report").read_text(encoding="utf-8"))["outcomes"]
    left = {test.rpartition("::")[2] for test, outcome in outcomes.items() if outcome == LEFT}
    assert left == {"test_without[1]", "test_without[2]", "test_of_a_class_without"}
    assert len(outcomes) - len(left) == WAYS_TO_ASK.count("def test_") - 2


def test_a_test_that_asks_for_no_database_has_none_to_hand_on():
    with pytest.raises(ImproperlyConfigured, match="must begin"):
        database_url("DATABASE_URL", default="sqlite:///default")
    assert "IFI_TEST_DB" not in os.environ
