"""Columns of saved tables out of questions of a form, whatever they mean."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from extraction.services import publish_form
from reporting.catalogue import report_named
from reporting.printed import printed
from reporting.renderers import RENDERERS
from reporting.snapshot import take_snapshot
from tests.reporting.factories import hip_series, make_form, make_study
from tests.reporting.saving import (
    asking,
    notes,
    people,
    save,
    texts,
    visit,
)

pytestmark = pytest.mark.django_db


def test_a_question_without_a_meaning_is_a_column_of_its_group(lead):
    asking(lead)
    series = hip_series({"smokers": "4"})
    make_study(lead, cohorts=[series, hip_series(kind="subgroup", smokers="0")])

    report = save(lead, columns=("cohort", {"meaning": "cohort.smokers"}))

    assert texts(lead, report)[:2] == [["Cohort 1", "4"], ["Cohort 2", "0"]]
    [column] = [one for one in report.columns_for(take_snapshot(lead.review)) if one.numeric]
    assert (column.key, column.heading) == ("cohort-smokers", "Smokers {n}")
    row = next(iter(report.table(take_snapshot(lead.review)).rows))
    assert row.cell("cohort-smokers").sources
    assert row.cell("cohort-smokers").value == Decimal(4)


def test_a_result_has_the_answers_of_its_cohort_its_outcome_and_its_study(lead):
    asking(lead)
    make_study(
        lead,
        study={"country": "Turkey"},
        cohorts=[hip_series(), hip_series({"smokers": "4"})],
        outcomes=[{"instrument": "mHHS", "mcid": "8"}],
        results=[visit(0, 3, "70", cohort=1)],
    )
    asked = ("result.estimate.value", "cohort.smokers", "outcome.mcid", "study.country")

    report = save(lead, "outcomes", columns=[{"meaning": one} for one in asked])

    assert texts(lead, report)[0] == ["70", "4", "8", "Turkey"]


def test_a_study_has_the_answers_of_its_cohorts_each_in_its_place(lead):
    asking(lead)
    arms = [hip_series(kind="arm", smokers="4"), hip_series(kind="arm")]
    make_study(lead, cohorts=arms)

    report = save(lead, "study-characteristics", columns=("study", {"meaning": "cohort.smokers"}))

    assert texts(lead, report)[0][1] == "4; –"


def test_a_summary_statistic_is_printed_whole_or_by_its_part(lead):
    people(lead, 12)

    report = save(lead, columns=[{"meaning": one} for one in ("cohort.age", "cohort.age.value")])

    assert texts(lead, report)[0] == ["mean 40.5 (SD 9.1)", "40.5"]


def test_a_question_that_no_row_is_about_stays_empty_and_says_so(lead):
    people(lead, 12)

    report = save(lead, columns=("study", {"meaning": "event.affected"}))

    assert texts(lead, report)[0][1] == ""
    assert "belongs to the group “event”: “event.affected” is empty." in notes(lead, report)


def test_a_question_no_form_asks_any_more_stays_empty_and_says_so(lead):
    asking(lead)
    people(lead, 12)
    save(lead, columns=("study", {"meaning": "cohort.smokers", "heading": "Smokers"}))
    before = take_snapshot(lead.review)
    said = RENDERERS["json"].whole(report_named(before, "own"), before)
    publish_form(lead=lead)

    now = take_snapshot(lead.review)
    report = report_named(now, "own")
    table = printed(report, now)

    assert "No form has a question of the meaning “cohort.smokers” any more." in table.notes
    assert [column.heading for column in table.columns] == ["Study", "Smokers"]
    assert table.rows[0].cells[1].cell.text == ""
    then = take_snapshot(lead.review, before.instant)
    assert "any more" not in said.decode()
    assert RENDERERS["json"].whole(report_named(then, "own"), then) == said


def test_a_question_that_no_form_ever_had_is_refused(lead):
    make_form(lead)

    with pytest.raises(ValidationError, match=r"number 2: no form .* “cohort.smokers”"):
        save(lead, columns=("study", {"meaning": "cohort.smokers"}))


def test_one_that_a_form_once_had_is_taken(lead):
    asking(lead)
    publish_form(lead=lead)

    report = save(lead, columns=("study", {"meaning": "cohort.smokers"}))

    assert "any more" in notes(lead, report)
