"""Saving and removing tables: what is refused, what is kept, as of when, and two at once."""

import io
import json
from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from reporting import saved
from reporting.catalogue import report_named
from reporting.models import SavedTable
from reporting.renderers import RENDERERS
from reporting.reports import REPORTS
from reporting.services import remove_table, save_table
from reporting.snapshot import take_snapshot
from reviews.models import AuditEvent, Review
from reviews.roles import Role
from reviews.verification import verify_review
from tests.factories import make_lead, make_member
from tests.racing import at_once, fresh
from tests.reporting.factories import make_form
from tests.reporting.saving import (
    STUDY,
    WINDOWS,
    keys,
    notes,
    people,
    save,
    texts,
    visit,
    visits,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"slug": "outcomes"}, "“outcomes” is a table that ships"),
        ({"slug": "submission-tables"}, "is a table that ships"),
        ({"slug": "Table 1"}, "small letters, digits and hyphens"),
        ({"slug": "a" * 61}, "at most 60"),
        ({"table": "outcome"}, "there is no table “outcome”; there are summary"),
        ({"table": "records"}, "may have any number of rows"),
        ({"name": "  "}, "name: it is missing"),
        ({"name": "x" * 201}, "name: at most 200"),
        ({"label": "x" * 41}, "label: at most 40"),
        ({"layout": "wide"}, "layout: it is one of journal, full"),
        ({"layout": "journal", "table": "codebook"}, "has no journal layout"),
        ({"position": -1}, "greater than or equal to 0"),
        ({"spec": []}, "must be an object"),
        ({"spec": {"columns": keys("study", "hips")}}, "number 2: the table “demographics”"),
        ({"spec": {"columns": keys("window")}}, "has no column “window”"),
        (
            {"spec": {"columns": keys("study"), "sorted_by": keys("hips")}},
            "sorted_by, number 1: the table “demographics” has no column “hips”",
        ),
        (
            {"spec": {"columns": keys("study"), "rows": {"hips": ["x"]}}},
            "rows: the table “demographics” has no column “hips”; it has",
        ),
        (
            {"spec": {"columns": keys("study"), "grouped_by": "outcome"}},
            "grouped_by: the table “demographics” has no outcome to group by",
        ),
    ],
)
def test_what_cannot_be_saved_is_refused_and_nothing_is_written(lead, said, words):
    given = {"slug": "own", "name": "T", "table": "demographics"}
    given |= {"spec": {"columns": keys("study")}, **said}

    with pytest.raises(ValidationError) as refusal:
        save_table(lead=lead, **given)

    assert words in " ".join(refusal.value.messages)
    assert not SavedTable.objects.exists()
    assert not AuditEvent.objects.filter(verb="reporting.table_saved").exists()


def test_a_label_is_one_tables_alone_until_that_is_removed(lead):
    save(lead, slug="one", label="Table 1")
    save(lead, slug="blank")
    save(lead, slug="blank-too")

    with pytest.raises(ValidationError, match="“Table 1” is the table “one” already"):
        save(lead, slug="two", label="table 1")
    remove_table(lead=lead, slug="one")

    assert save(lead, slug="two", label="Table 1").number == "Table 1"
    with pytest.raises(ValidationError, match="“Table 1” is the table “two” already"):
        save(lead, slug="one", label="Table 1")


def test_who_may_not_manage_saves_and_removes_nothing(lead):
    save(lead)
    for role in (Role.REVIEWER, Role.ADJUDICATOR, Role.OBSERVER):
        member = make_member(lead, role)
        with pytest.raises(ValidationError):
            save(member, slug="other")
        with pytest.raises(ValidationError):
            remove_table(lead=member, slug="own")

    assert SavedTable.objects.count() == 1


def test_a_snapshot_before_the_save_has_no_such_table_and_prints_the_same(lead):
    people(lead, 12)
    before = take_snapshot(lead.review)
    summary = RENDERERS["json"].whole(REPORTS["summary"], before)
    save(lead)
    first = take_snapshot(lead.review)
    said = RENDERERS["csv"].whole(report_named(first, "own"), first)
    save(lead, columns=("units",), label="Table 3")
    remove_table(lead=lead, slug="own")

    assert report_named(take_snapshot(lead.review), "own") is None
    assert report_named(take_snapshot(lead.review, before.instant), "own") is None
    again = take_snapshot(lead.review, first.instant)
    assert (again.instant, again.event_hash) == (first.instant, first.event_hash)
    assert RENDERERS["csv"].whole(report_named(again, "own"), again) == said
    then = take_snapshot(lead.review, before.instant)
    assert RENDERERS["json"].whole(REPORTS["summary"], then) == summary


def test_saving_writes_a_version_and_the_same_again_none(lead):
    save(lead)
    save(lead, columns=({"key": "study", "heading": ""}, "patients"), grouped_by="")
    assert SavedTable.objects.count() == 1
    save(lead, columns=("study",))
    assert (SavedTable.objects.count(), SavedTable.objects.current().count()) == (2, 1)
    verbs = AuditEvent.objects.filter(verb="reporting.table_saved")
    assert [event.facts_read()["table"] for event in verbs] == ["own", "own"]


def test_a_removed_table_comes_back_by_saving_it(lead):
    save(lead)
    remove_table(lead=lead, slug="own")
    with pytest.raises(ValidationError) as refusal:
        remove_table(lead=lead, slug="own")
    assert refusal.value.code == "removed"

    assert save(lead) is not None
    current = SavedTable.objects.current().get()
    assert (SavedTable.objects.count(), current.removed, current.position) == (3, False, 1)
    assert verify_review(lead.review).problems == []


def test_a_table_is_its_own_reviews(lead):
    save(lead, label="Table 1")
    other = make_lead()

    assert report_named(take_snapshot(other.review), "own") is None
    assert save(other, label="Table 1").number == "Table 1"


def test_what_the_product_no_longer_has_stays_empty_and_says_so(lead, monkeypatch):
    people(lead, 12)
    save(lead, columns=("study", "bmi"))
    fewer = REPORTS["demographics"]
    columns = tuple(column for column in fewer.columns if column.key != "bmi")
    monkeypatch.setattr(saved, "REPORTS", {"demographics": replace(fewer, columns=columns)})
    now = take_snapshot(lead.review)
    report = report_named(now, "own")
    assert "The table “demographics” has no column “bmi” any more." in notes(lead, report)
    assert [column.heading for column in report.columns] == ["Study", "bmi"]

    monkeypatch.setattr(saved, "REPORTS", {})
    report = report_named(now, "own")
    assert texts(lead, report) == []
    assert "There is no table “demographics” any more" in notes(lead, report)


def run(lead, tmp_path, data):
    path = tmp_path / "table.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    out = io.StringIO()
    call_command("save_table", lead.review.slug, str(path), stdout=out)
    return json.loads(out.getvalue())


def a_table(**said):
    spec = {"columns": keys("study"), "windows": WINDOWS}
    return {"slug": "table-2", "name": "Scores", "table": "outcomes", "spec": spec, **said}


def test_a_table_is_saved_and_its_version_and_gaps_printed(lead, tmp_path):
    first = run(lead, tmp_path, a_table(label="Table 2"))
    second = run(lead, tmp_path, a_table(label="Table 2", name="Scores of the hip"))
    same = run(lead, tmp_path, a_table(label="Table 2", name="Scores of the hip"))

    remark = "No window holds 3 to 6 months; results at such times are not shown."
    assert first == {"slug": "table-2", "version": 1, "remarks": [remark]}
    assert (second["version"], same["version"]) == (2, 2)
    assert report_named(take_snapshot(lead.review), "table-2").title == "Scores of the hip"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("{", "is not JSON"),
        ("[]", "one object with slug"),
        ({"slug": "a", "name": "b", "table": "c", "colour": "red"}, "not understood: colour"),
        ({"slug": "a", "name": "b"}, "table is missing"),
        ({"slug": "a", "name": "b", "table": "outcomes"}, "columns: the table has none"),
        ({"slug": "a", "name": "b", "table": "outcomes", "spec": 3}, "must be an object"),
        (
            {"slug": "a", "name": "b", "table": "outcomes", "layout": [1], "spec": STUDY},
            "layout: it is one of",
        ),
        ({"slug": "a", "name": "b", "table": "c", "position": "1"}, "position"),
    ],
)
def test_a_refusal_names_the_place(lead, tmp_path, data, words):
    with pytest.raises(CommandError, match=words):
        run(lead, tmp_path, data)

    assert not SavedTable.objects.exists()


def test_a_file_that_is_not_there_is_named(lead):
    with pytest.raises(CommandError, match=r"nothing\.json cannot be read"):
        call_command("save_table", lead.review.slug, "nothing.json")


def test_a_saved_table_is_exported_by_its_slug(lead, tmp_path):
    visits(lead, visit(0, 3, "70"))
    run(lead, tmp_path, a_table())
    out = io.StringIO()

    call_command("export", lead.review.slug, "table-2", stdout=out)

    assert out.getvalue().splitlines() == [
        "study,note", "Ali 2020,", '"Reporting, arthroscopic",',
    ]  # fmt: skip


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", ["same", "other"])
def test_two_leads_who_save_one_table_at_once_leave_one_current(change):
    lead = make_lead()
    other = make_member(lead, Role.LEAD)
    make_form(lead)
    columns = {"same": ("study",), "other": ("cohort",)}[change]

    for turn in range(3):
        slug = f"table-{turn}"
        raised = at_once(
            lambda slug=slug: save(fresh(lead), slug=slug, columns=("study",), label=slug),
            lambda slug=slug: save(fresh(other), slug=slug, columns=columns, label=slug),
        )

        assert raised == [None, None]
        rows = SavedTable.objects.filter(slug=slug)
        assert rows.current().count() == 1
        assert rows.count() == (1 if change == "same" else 2)

    assert verify_review(Review.objects.get(pk=lead.review_id)).problems == []


@pytest.mark.django_db(transaction=True)
def test_of_two_tables_that_take_one_label_at_once_one_has_it():
    lead = make_lead()
    other = make_member(lead, Role.LEAD)

    for turn in range(3):
        raised = at_once(
            lambda turn=turn: save(fresh(lead), slug=f"a-{turn}", label=f"Table {turn}"),
            lambda turn=turn: save(fresh(other), slug=f"b-{turn}", label=f"Table {turn}"),
        )

        assert sorted(problem is None for problem in raised) == [False, True]
        assert SavedTable.objects.current().filter(label=f"Table {turn}").count() == 1

    assert verify_review(Review.objects.get(pk=lead.review_id)).problems == []
