"""A review with a form of its own: its tables are filled, and nothing it asks is lost."""

import csv
from io import StringIO

import pytest
from django.core.management import call_command

from extraction.choices import CopySeat
from extraction.models import Alignment, FormVersion
from extraction.services import (
    assign_extractors,
    confirm_alignment,
    propose_alignment,
    submit_extraction,
)
from reporting.reports import REPORTS
from reporting.snapshot import take_snapshot
from reviews.services import update_settings
from tests.extraction.factories import add, make_studies
from tests.extraction.test_form_pages import MIGRAINE, hidden, page_of, url
from tests.factories import make_member

pytestmark = pytest.mark.django_db

SHEET = """\
Ito 2031|cohort|A||label|Drug
Ito 2031|cohort|A||kind|arm
Ito 2031|cohort|A||counts|yes
Ito 2031|cohort|A||patients.treated|120
Ito 2031|cohort|A||age.centre|mean
Ito 2031|cohort|A||age.value|41.2
Ito 2031|cohort|B||label|Placebo
Ito 2031|cohort|B||kind|arm
Ito 2031|cohort|B||counts|yes
Ito 2031|cohort|B||patients.treated|118
Ito 2031|cohort|B||age.centre|median
Ito 2031|cohort|B||age.value|40
Ito 2031|intervention|I||label|Drug 70 mg
Ito 2031|intervention|I||category|antibody
Ito 2031|intervention|I||cohorts|A
Ito 2031|intervention|J||label|Placebo
Ito 2031|intervention|J||category|placebo
Ito 2031|intervention|J||cohorts|B
Ito 2031|event|e|A|class|complication
Ito 2031|event|e|A|events|14
Ito 2031|event|e|A|affected|9
Ito 2031|event|e|A|of|120
Ito 2031|event|e|A|of.unit|patients
Ito 2031|event|f|B|class|complication
Ito 2031|event|f|B|events|0
Ito 2031|event|f|B|of|118
Ito 2031|event|f|B|of.unit|patients
Ito 2031|outcome|R||label|Response
Ito 2031|outcome|R||instrument|Monthly migraine days
Ito 2031|outcome|R||definition_of_response|At least half as many days
Ito 2031|result|r||cohort|A
Ito 2031|result|r||outcome|R
Ito 2031|result|r||time.kind|final_follow_up
Ito 2031|result|r||n|115
Ito 2031|result|r||estimate.centre|mean
Ito 2031|result|r||estimate.value|4.1
Ito 2031|result|r||estimate.spread|se
Ito 2031|result|r||estimate.spread_value|0.3
Ito 2031|headache_diary|d|A|days_with_migraine_a_month.centre|mean
Ito 2031|headache_diary|d|A|days_with_migraine_a_month.value|8.2
Ito 2031|headache_diary|d|A|kind_of_diary|Telephone
"""


@pytest.fixture
def form(lead, as_member):
    """Publish the form for drugs against migraine, made on the page."""
    client, build = as_member(lead), url(lead, "form-build")
    shown = client.post(build, page_of(lead, "empty") | MIGRAINE | {"act": "preview"})
    client.post(build, hidden(shown) | {"act": "publish"})
    return FormVersion.objects.get()


@pytest.fixture
def tables(lead, form, tmp_path):
    """Import a sheet as final, and return a function that gives a table's rows as texts."""
    update_settings(lead=lead, changes={"single_extraction": True})
    path = tmp_path / "migraine.csv"
    with path.open("w", newline="", encoding="utf-8") as handle:
        out = csv.writer(handle)
        out.writerow(["study", "group", "element", "parent", "question", "value"])
        out.writerows(line.split("|") for line in SHEET.splitlines())
    call_command(
        "import_extraction",
        lead.review.slug,
        str(path),
        form=form.form.slug,
        final=True,
        create_studies=True,
        stdout=StringIO(),
    )
    snapshot = take_snapshot(lead.review)

    def rows(slug, *keys):
        made = REPORTS[slug].table(snapshot).rows
        return [[row.cell(key).text for key in keys] for row in made]

    return rows


def test_a_form_of_its_own_fills_the_tables(tables):
    totals = {tuple(row[:2]): row[2:] for row in tables(
        "totals", "quantity", "category", "value", "numerator", "denominator"
    )}  # fmt: skip
    # 120 + 118 people; each arm under its treatment.
    assert totals["patients", ""][0] == "238"
    assert totals["patients", "antibody"][0] == "120"
    assert totals["patients", "placebo"][0] == "118"
    # 9 of 120 is 7.5 %; none of 118.
    assert totals["affected.complication", "antibody"] == ["7.5", "9", "120"]
    assert totals["affected.complication", "placebo"] == ["0.0", "0", "118"]
    assert totals["events.complication", "antibody"][0] == "14"
    summary = dict(tables("summary", "quantity", "value"))
    assert summary["patients"] == "238"
    # One arm gives a mean; a median is none.
    assert summary["age_mean_lowest"] == summary["age_mean_highest"] == "41.2"
    outcomes = [
        row for row in tables("outcomes", "study", "instrument", "after", "statistic") if row[1]
    ]
    assert outcomes == [["Ito 2031", "Monthly migraine days", "4.1 (0.3)", "mean (SE)"]]
    assert ["Ito 2031", "Drug", "120"] in tables("demographics", "study", "cohort", "patients")


def test_every_answer_stands_in_the_long_table_and_own_questions_in_further_data(tables):
    long = tables("values-long", "group", "element", "question", "value")
    asked = [line.split("|") for line in SHEET.splitlines()]
    assert len(long) >= len(asked)
    said = {(row[0], row[3]) for row in long}
    for _, group, _, _, question, value in asked:
        if not question.startswith(("cohort", "outcome", "kind_of")):
            assert (group, value) in said, (group, question)

    further = tables("further-data", "group", "question", "value")
    assert "At least half as many days" in [row[2] for row in further]
    values = [row[2] for row in further]
    assert any("8.2" in value for value in values)
    assert any("Telephone" in value for value in values)
    assert "41.2" not in values


def test_outcomes_without_a_name_are_paired_with_nothing(lead, form):
    first, second = (make_member(lead, full_name=f"Extractor {n}") for n in ("One", "Two"))
    judge = make_member(lead, "adjudicator")
    study = make_studies(lead)[0]
    a, b = assign_extractors(lead=lead, study=study, first=first, second=second)
    for member, copy in ((first, a), (second, b)):
        add(member, copy, "cohort", label="Drug", cohort_kind="arm", counts_towards_totals="yes",
            patients_treated="120")  # fmt: skip
        add(member, copy, "outcome")
        add(member, copy, "outcome")
        submit_extraction(extractor=member, extraction=copy)

    propose_alignment(adjudicator=judge, study=study)

    rows = Alignment.objects.current().filter(study=study, group="outcome")
    assert rows.count() == 4
    assert not any(row.element_a and row.element_b for row in rows)
    copy = confirm_alignment(adjudicator=judge, study=study)
    assert copy.seat == CopySeat.CONSENSUS
