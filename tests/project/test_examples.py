"""The worked examples load through the services, whole, once, and are proved afterwards."""

import csv
import io
import json
from collections import Counter

import pytest
from django.core.management import call_command

from extraction.models import CellResolution
from ifi_review.examples import SAMPLE_ACCOUNTS, SAMPLE_PASSWORD, load_practice, sample_people
from ifi_review.examples.copies import read_json
from records.models import ImportProblem, Record, SourceDetails
from reviews.models import AuditEvent, Membership, Review
from reviews.verification import verify_review
from reviews.work import items_for
from screening.models import Resolution, ScreeningDecision

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]
AGREEING = {"equal", "equal after rounding", "equal under stated reading"}


def printed(*command: str) -> str:
    out = io.StringIO()
    call_command(*command, stdout=out)
    return out.getvalue()


def table(review: str, slug: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(printed("export", review, slug))))


def shares(review: str) -> dict[tuple[str, str, str], str]:
    """Return the numerator and the denominator of every subtotal that has both."""
    return {
        (row["quantity"], row["category"], row["unit"]): f"{row['numerator']}/{row['denominator']}"
        for row in table(review, "totals")
        if row["denominator"]
    }


def elements(label: str, group: str) -> list[dict[str, str]]:
    """Return the answers of the elements of one group of a study of the examples, as text."""
    files = ("illustration.json", "public_evidence.json")
    studies = [study for name in files for study in read_json(name)["studies"]]
    found = next(study for study in studies if study["label"] == label)
    return [
        {
            key: answer["text"] if isinstance(answer, dict) else answer
            for key, answer in element["cells"].items()
        }
        for element in found["elements"]
        if element["group"] == group
    ]


def test_the_examples_load_once_and_say_what_they_should(settings, capsys):
    settings.DEMO = True
    assert json.loads(printed("load_examples"))["loaded"] == [
        "ifi",
        "ifi-public-evidence",
        "practice",
    ]
    assert SAMPLE_PASSWORD in capsys.readouterr().err
    events = AuditEvent.objects.count()
    assert json.loads(printed("load_examples"))["loaded"] == []
    assert AuditEvent.objects.count() == events

    of_all = [row for row in table("ifi", "summary") if not row["category"]]
    summary = {row["quantity"]: row for row in of_all}
    for quantity, value in {"studies": 7, "patients": 101, "hips": 107, "female": 92}.items():
        assert int(summary[quantity]["value"]) == value
        assert summary[quantity]["studies_reporting"] == "7"
        assert summary[quantity]["note"] == "illustrative"
    assert {row["quantity"]: row["value"] for row in of_all if ":" in row["quantity"]} == {
        "category:injection": "2",
        "category:arthroscopic": "4",
        "category:derotation osteotomy": "1",
    }
    totals = shares("ifi")
    for quantity, shared in {
        ("affected.complication", "injection", "patients"): "0/26",
        ("affected.complication", "arthroscopic", "units"): "2/58",
        ("affected.complication", "derotation osteotomy", "units"): "2/23",
        ("affected.revision", "arthroscopic", "units"): "1/58",
        ("affected.any_reoperation", "derotation osteotomy", "units"): "1/23",
        ("affected.planned_removal", "derotation osteotomy", "units"): "9/23",
        ("affected.crossover", "injection", "patients"): "6/15",
        ("activity.sport.any", "arthroscopic", "patients"): "48/55",
    }.items():
        assert totals[quantity] == shared
    totals = shares("ifi-public-evidence")
    assert totals["women", "", "patients"] == "33/36"
    assert totals["affected.conversion", "derotation osteotomy", "units"] == "0/25"
    assert totals["affected.complication", "injection", "patients"] == "0/14"
    sums = {row["quantity"]: row for row in table("ifi-public-evidence", "totals")[::-1]}
    assert sums["patients"]["value"] == "96"
    assert (sums["units"]["value"], sums["units"]["studies_reporting"]) == ("72", "3")
    claims = table("ifi", "published-claims")
    assert sum(row["verdict"] in AGREEING for row in claims) == 8
    assert sum(row["verdict"] == "for a person" for row in claims) == 6
    assert {row["verdict"] for row in table("ifi-public-evidence", "published-claims")} == {
        "not comparable",
        "for a person",
    }

    sources = SourceDetails.objects.current().filter(review__slug="ifi-public-evidence")
    kinds = dict(sources.values_list("source__name", "kind"))
    assert kinds == {"Web search": "website", "PubMed": "database"}

    planted = read_json("illustration_differences.json")
    assert len(planted) >= 12
    settled = CellResolution.objects.current().filter(review__slug="ifi").exclude(choice="agreed")
    assert settled.count() == len(planted)
    kim = Resolution.objects.current().filter(how="adjudication", verdict="include")
    assert kim.get().record.short_name.startswith("Kim")

    for review in Review.objects.all():
        assert verify_review(review).problems == []
    waiting = Membership.objects.filter(review__slug="ifi-public-evidence").select_related(
        "review", "user"
    )
    busy = {member.user.email for member in waiting if items_for(member)}
    assert busy == set(SAMPLE_ACCOUNTS) - {"observer@example.org"}


def test_the_low_back_pain_series_treated_thirty_of_whom_twenty_four_were_seen_again():
    [series] = elements("Low back pain series (authors not seen)", "cohort")
    [event] = elements("Low back pain series (authors not seen)", "event")

    assert (series["patients_treated"], series["units_treated"]) == ("30", "31")
    assert (series["patients_analysed"], series["patients_lost"]) == ("24", "4")
    assert (event["event_class"], event["affected"], event["event_of"]) == ("conversion", "2", "nr")


def test_the_examples_say_no_more_than_the_papers_do():
    hip_value = elements("Bern series 2022", "result")[-1]
    assert (hip_value["estimate.value"], hip_value["estimate.centre"]) == ("84", "none")
    [bern] = elements("Bern series 2022", "cohort")
    assert (bern["follow_up_at_least"], bern["follow_up.min"]) == ("24", "nr")
    assert elements("Wilson & Keene 2016", "event") == []
    order = [row["intervention_order"] for row in elements("Wilson & Keene 2016", "intervention")]
    assert order == ["1", "2"]
    any_of = [e for e in elements("Illustrative study G", "event") if "reop" in e["event_class"]]
    assert [e["affected"] for e in any_of] == ["0", "1"]
    [osteotomy] = elements("Illustrative study G", "cohort")
    assert osteotomy["includes_planned_removal"] == "no"


def test_a_spread_is_named_in_the_examples_only_where_its_number_is_given():
    names = [study["label"] for study in read_json("illustration.json")["studies"]]
    names += [study["label"] for study in read_json("public_evidence.json")["studies"]]
    rows = [row for name in names for row in elements(name, "result") + elements(name, "cohort")]
    spreads = [(key, row) for row in rows for key in row if key.endswith(".spread")]

    assert spreads
    for key, row in spreads:
        needed = {"sd": ["_value"], "iqr": ["_low", "_high"], "none": []}[row[key]]
        assert {name.removeprefix(key) for name in row if name.startswith(f"{key}_")} == {*needed}


@pytest.fixture
def practice():
    """Return the review to try, loaded alone."""
    assert load_practice(sample_people(with_passwords=False))
    return Review.objects.get(slug="practice")


def test_the_review_to_try_has_a_hundred_and_fifty_abstracts_of_a_readable_length(practice):
    rows = list(
        Record.objects.filter(review=practice).values_list("title", "abstract", "source_record_id")
    )
    titles = {title for title, *_ in rows}
    abstracts = {abstract for _, abstract, _ in rows if abstract}
    answers = read_json("practice_answers.json")

    assert len(rows) == 156
    assert len(titles) == 153
    assert len(abstracts) == 149
    assert all(80 <= len(text.split()) <= 200 for text in abstracts)
    assert {name for *_, name in rows if name.startswith("P")} == set(answers)


def test_the_answers_include_about_twenty_records_and_say_why_others_stay_out():
    answers = read_json("practice_answers.json").values()

    said = Counter(answer["verdict"] for answer in answers)
    assert said == {"include": 22, "unsure": 4, "exclude": 125}
    assert all(answer["why"] for answer in answers if answer["verdict"] != "include")


def test_every_record_and_page_of_the_review_to_try_says_that_it_is_invented(practice):
    made_up = ("invented", "imaginary", "imaginaria", "fictitious", "pretend")
    for record in Record.objects.filter(review=practice):
        assert record.keywords == "invented record"
        assert any(word in record.journal.lower() for word in made_up)
        assert not record.abstract or record.abstract.endswith("[Invented record.]")
        assert not record.doi or record.doi.startswith("10.5555/")
        assert not record.pmid

    assert "invented" in practice.settings.notice
    assert "invented" in practice.settings.table_note
    assert "invented" in practice.settings.votes_note


def test_both_reviewers_can_screen_the_review_to_try_at_once(practice):
    team = {member.user.email: member for member in practice.memberships.select_related("user")}
    work = {email: [item.label for item in items_for(member)] for email, member in team.items()}

    assert set(work) == set(SAMPLE_ACCOUNTS)
    assert work["reviewer1@example.org"] == work["reviewer2@example.org"] == ["Screen 152 titles"]
    assert work["lead@example.org"] == ["1 duplicate group needs a look"]
    assert not ScreeningDecision.objects.filter(review=practice).exists()
    assert {criterion.kind for criterion in practice.criteria()} == {"inclusion", "exclusion"}
    assert practice.exclusion_reasons().count() == 7


def test_the_files_of_the_review_to_try_are_read_without_a_problem(practice):
    ledger = table("practice", "import-ledger")

    assert {row["file"] for row in ledger} == {"practice.ris", "practice_index.csv"}
    assert all(row["imported"] == row["found"] for row in ledger)
    assert not ImportProblem.objects.filter(review=practice).exists()


def test_the_review_to_try_is_proved_and_loads_once(practice):
    events = AuditEvent.objects.count()

    assert not load_practice(sample_people(with_passwords=False))
    assert AuditEvent.objects.count() == events
    assert verify_review(practice).problems == []
