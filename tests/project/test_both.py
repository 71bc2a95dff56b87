import os

import pytest
from django.core.exceptions import ImproperlyConfigured

from ifi_review.env import database_url
from tests import both

REPORT = {
    "outcomes": {"a": "passed", "b": "skipped"},
    "skipped": {"b": "no Chromium on this machine"},
    "catalogue": ["A01"],
}


def test_one_summary_counts_both_halves_and_names_what_was_skipped(capsys):
    status = both.summary(
        {"sqlite": REPORT, "postgres": {**REPORT, "catalogue": []}}, {"sqlite": 0, "postgres": 0}
    )
    said = capsys.readouterr().out.splitlines()
    assert status == 0
    assert "skipped    1  sqlite: no Chromium on this machine" in said
    assert "catalogue: 0 rows have passing tests on sqlite and postgres" in said
    assert said[-1] == "2 passed, 0 failed, 2 skipped"


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
    nothing = {"outcomes": {}, "skipped": {}, "catalogue": []}
    assert both.summary({"sqlite": nothing, "postgres": REPORT}, {"sqlite": 3, "postgres": 0}) == 1
    said = capsys.readouterr().out
    assert "the run on sqlite broke off with status 3" in said
    assert said.splitlines()[-1] == "1 passed, 1 failed, 1 skipped"


def test_a_test_that_asks_for_no_database_has_none_to_hand_on():
    with pytest.raises(ImproperlyConfigured, match="must begin"):
        database_url("DATABASE_URL", default="sqlite:///default")
    assert "IFI_TEST_DB" not in os.environ
