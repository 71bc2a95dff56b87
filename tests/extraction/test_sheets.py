"""An extraction sheet becomes one copy of each study: all of it, or nothing."""

from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from extraction.choices import CopySeat, CopyStanding
from extraction.copies import consensus_copies, read_copy
from extraction.models import (
    CopyState,
    Element,
    ElementRemoval,
    Extraction,
    Form,
    Report,
    Study,
    StudyDetails,
    Value,
)
from extraction.services import (
    RefusedSheet,
    assign_extractors,
    import_sheet,
    open_studies,
    preview_sheet,
    publish_form,
    rename_study,
    reopen_study,
    submit_extraction,
)
from extraction.services.elements import MOST_ELEMENTS
from records import uploads
from records.models import ImportBatch, Record, SourceDetails
from reviews.models import AuditEvent
from reviews.services import update_settings
from reviews.verification import verify_review
from screening.models import Resolution, Seat
from screening.services import open_stage
from tests.extraction.factories import SMALL_FORM, fill, include, make_studies, make_world
from tests.extraction.sheet_data import (
    CASE_SERIES,
    HEADER,
    ONDA,
    changed,
    enter_sheet,
    given,
    make_single_lead,
    sheet,
)
from tests.factories import make_lead, make_member, make_records

pytestmark = pytest.mark.django_db


def rows(*said, study="Onda 2014"):
    """Return rows of one study: group, element, parent, question, value."""
    return [(study, *row) for row in said]


COHORT = (("cohort", "S", "", "label", "All"), ("cohort", "S", "", "patients.treated", "12"))


def refusal(lead, said, **more) -> str:
    """Return why a sheet is refused; nothing of it may be there afterwards."""
    before = counts()
    with pytest.raises(ValidationError) as refused:
        enter_sheet(lead, said, **more)
    assert counts() == before
    return " ".join(refused.value.messages)


def counts() -> list[int]:
    models = (Study, Extraction, Element, Value, Record, Form, AuditEvent, ImportBatch)
    return [model.objects.count() for model in models]


def copy_of(lead, label="Onda 2014"):
    return next(c for c in consensus_copies(lead.review) if c.label == label)


def texts(element) -> dict[str, str]:
    return {means: cell.text or cell.missing for means, cell in element.meant.items()}


# What becomes of a sheet


def test_a_sheet_becomes_the_final_copy_of_a_study_it_makes():
    lead = make_single_lead()

    outcome = enter_sheet(lead, ONDA)

    assert (outcome.studies, outcome.elements, outcome.values) == (1, 6, len(ONDA) - 1)
    copy = copy_of(lead)
    (cohort,), (event,) = copy.cohorts, copy.in_group("event")
    assert texts(cohort)["patients.treated"] == "12"
    assert cohort.meant["age.value"].number == "41.5"
    assert (event.parent, texts(event)["affected"]) == (cohort.uid, "not_reported")
    assert copy.interventions[0].meant["cohorts"].text == str(cohort.uid)
    (outcome_element,) = copy.outcomes
    assert [(r.parent, r.across) for r in copy.results] == [(cohort.uid, outcome_element.uid)] * 2
    assert copy.results[1].meant["p"].text == "<0.001"
    assert copy.extraction.member is None


def test_the_form_that_ships_is_published_with_the_sheet_that_answers_it():
    lead = make_single_lead()
    enter_sheet(lead, ONDA)

    assert Form.objects.get(review=lead.review).slug == CASE_SERIES
    events = AuditEvent.objects.filter(review=lead.review).order_by("position")
    assert [event.verb for event in events][-2:] == [
        "extraction.form_published",
        "extraction.sheet_imported",
    ]


def test_an_import_is_one_act_with_one_event_and_verifies():
    lead = make_single_lead()
    enter_sheet(lead, [*ONDA, *rows(*COHORT, study="Pardo 2016")])

    event = AuditEvent.objects.get(verb="extraction.sheet_imported")
    assert {value.recorded_at for value in Value.objects.all()} == {event.at}
    assert event.facts_read()["studies"] == 2
    assert list(verify_review(lead.review).problems) == []


def test_rows_may_come_in_any_order_and_two_names_of_a_study_are_one():
    lead = make_single_lead()
    (study,) = make_studies(lead)
    record = Report.objects.get(study=study).record
    rename_study(lead=lead, study=study, label="Onda 2014")
    said = [(str(record.number), *row[1:]) if n % 2 else row for n, row in enumerate(ONDA)]

    outcome = enter_sheet(lead, reversed(said), create_studies=False)

    assert outcome.studies == 1
    assert texts(copy_of(lead).cohorts[0])["units.treated"] == "14"
    assert not outcome.created


@pytest.mark.parametrize(
    "name", ["ONDA  2014", "10.1000/ONDA", "https://doi.org/10.1000/onda", "{}"]
)
def test_a_study_is_named_by_its_label_number_doi_or_pmid(name):
    lead = make_single_lead()
    enter_sheet(lead, rows(*COHORT, study="10.1000/onda"))
    (study,) = Study.objects.filter(review=lead.review)
    rename_study(lead=lead, study=study, label="Onda 2014")
    number = Report.objects.get(study=study).record.number
    said = rows(*COHORT, study=name.format(number))

    assert not enter_sheet(lead, said, create_studies=False).changed


def test_an_element_with_nothing_but_what_it_belongs_to_is_an_element():
    lead = make_single_lead()
    enter_sheet(lead, rows(*COHORT, ("event", "e", "", "cohort", "S"), ("flow", "f", "S", "", "")))

    copy = copy_of(lead)
    assert [len(copy.in_group(group)) for group in ("event", "flow")] == [1, 1]


def test_what_is_about_the_study_itself_has_one_element_however_it_is_called():
    lead = make_single_lead()
    enter_sheet(
        lead,
        rows(
            ("study", "Onda 2014", "", "design", "Case series"),
            ("study", "", "", "country", "Spain"),
            ("cohort", "S", "", "label", "All"),
        ),
    )
    copy = consensus_copies(lead.review)[0]
    assert {key: cell.text for key, cell in copy.cells.items()} == {
        "design": "Case series",
        "country": "Spain",
    }


def test_references_name_elements_by_name_or_label_and_several_are_parted_by_semicolons():
    lead = make_single_lead()
    enter_sheet(
        lead,
        rows(
            ("cohort", "1", "", "label", "First"),
            ("cohort", "2", "", "label", "Second"),
            ("intervention", "I", "", "cohorts", "2; first"),
            ("cohort", "2", "", "part_of", "First"),
        ),
    )

    copy = copy_of(lead)
    first, second = copy.cohorts
    assert set(copy.interventions[0].meant["cohorts"].text.split("; ")) == {
        str(first.uid),
        str(second.uid),
    }
    assert second.meant["part_of"].text == str(first.uid)


@pytest.mark.parametrize(
    "said",
    [
        (("result", "r", "2", "outcome", "O"),),
        (("result", "r", "", "cohort", "2"), ("result", "r", "", "outcome", "O")),
        (("result", "r", "2", "cohort", "2"),),
        (("result", "r", "Second", "time", "6"),),
        (("result", "r", "", "cohort", "Second"), ("result", "r", "O", "time", "6")),
    ],
)
def test_what_an_element_belongs_to_is_said_beside_it_or_in_rows_of_their_own(said):
    lead = make_single_lead()
    enter_sheet(
        lead,
        rows(
            ("cohort", "1", "", "label", "First"),
            ("cohort", "2", "", "label", "Second"),
            ("outcome", "O", "", "instrument", "mHHS"),
            *said,
        ),
    )

    copy = copy_of(lead)
    (result,) = copy.results
    assert (result.parent, result.across) == (copy.cohorts[1].uid, copy.outcomes[0].uid)


def test_a_question_is_named_by_key_or_meaning_and_the_columns_of_the_long_table_are_read():
    lead = make_single_lead()
    header = (*HEADER, "meaning", "unit", "missing", "obtained", "formula", "page", "quote", "note")
    said = [
        ("A", "cohort", "S", "", "patients_treated", "12", "patients.treated", "", "", "", "", "4",
         "twelve patients", "as printed"),
        ("A", "cohort", "S", "", "units.treated", "", "", "", "nr", "", "", "", "", ""),
        ("A", "cohort", "S", "", "unknown_key", "8", "women", "patients", "", "Calculated",
         "12 - 4", "", "", ""),
    ]  # fmt: skip
    enter_sheet(lead, sheet(said, header))

    (cohort,) = copy_of(lead, "A").cohorts
    treated, women = cohort.meant["patients.treated"], cohort.meant["women"]
    assert (treated.page, treated.quote, treated.note) == ("4", "twelve patients", "as printed")
    assert cohort.meant["units.treated"].missing == "not_reported"
    assert (women.obtained, women.formula, women.unit) == ("calculated", "12 - 4", "patients")


def test_the_bare_question_of_a_summary_takes_a_missing_code():
    lead = make_single_lead()
    enter_sheet(lead, rows(*COHORT, ("cohort", "S", "", "age", "nr")))

    assert copy_of(lead).cohorts[0].meant["age.value"].missing == "not_reported"


def test_a_value_names_the_report_it_was_read_in():
    lead = make_single_lead()
    (study,) = make_studies(lead)
    record = Report.objects.get(study=study).record
    said = [(str(record.number), *COHORT[0], str(record.number))]
    enter_sheet(lead, sheet(said, (*HEADER, "report")), create_studies=False)

    assert Value.objects.get(key="label").report.record == record


def test_reports_that_a_sheet_names_become_those_of_a_study_it_makes():
    lead = make_single_lead()
    said = [
        ("A", *COHORT[0], "10.1000/A"),
        ("A", *COHORT[1], "17"),
    ]
    enter_sheet(lead, sheet(said, (*HEADER, "report")))

    study = Study.objects.get(review=lead.review)
    first, second = Record.objects.filter(reports__study=study).order_by("number")
    assert (first.doi, second.source_record_id) == ("10.1000/a", "17")
    assert Value.objects.get(key="label").report.record == first
    assert Value.objects.get(key="patients_treated").report.record == second


# Studies that a sheet makes


def test_studies_a_sheet_makes_come_from_a_source_that_says_so():
    lead = make_single_lead()
    data = sheet(ONDA)
    import_sheet(member=lead, given=given(data, file_name="our series.csv"))

    batch = ImportBatch.objects.get(review=lead.review)
    source = SourceDetails.objects.current().get(source=batch.source)
    assert (batch.source.name, source.kind) == ("Extraction sheet: our series.csv", "other")
    assert uploads.is_whole(batch.file_sha256, len(data))
    (study,) = Study.objects.filter(review=lead.review)
    assert StudyDetails.objects.get(study=study).label == "Onda 2014"
    notes = set(Resolution.objects.values_list("how", "note"))
    assert notes == {
        ("adjudication", "Named in the extraction sheet “our series.csv”; not screened.")
    }


def test_nobody_is_dealt_what_a_sheet_named():
    lead = make_single_lead()
    (record,) = make_records(lead)
    enter_sheet(lead, ONDA)

    people = [make_member(lead), make_member(lead)]
    open_stage(lead=lead, stage="title-abstract", screeners=people)
    open_stage(lead=lead, stage="full-text", screeners=people)

    assert {seat.record for seat in Seat.objects.all()} == {record}
    assert open_studies(lead=lead) == []


def test_a_record_that_belongs_to_no_study_is_no_new_study():
    lead = make_single_lead()
    (record,) = make_records(lead)

    said = refusal(lead, rows(*COHORT, study=str(record.number)))
    assert f"is record {record.number} of this review" in said
    include(lead, [record])
    assert "belongs to no study yet" in refusal(lead, rows(*COHORT, study=str(record.number)))


def test_unknown_studies_are_refused_by_name_with_their_line():
    lead = make_single_lead()
    said = refusal(lead, ONDA, create_studies=False)

    assert "Line 2, study: there is no study “Onda 2014”" in said


@pytest.mark.parametrize("name", ["x" * 201, "a\x01b"])
def test_a_name_that_cannot_be_stored_is_none(name):
    assert "study" in refusal(make_single_lead(), rows(*COHORT, study=name))


# The same sheet again, and another


def test_the_very_same_sheet_again_changes_nothing():
    lead = make_single_lead()
    enter_sheet(lead, ONDA)
    before, head = counts(), lead.review.__class__.objects.get(pk=lead.review_id).chain_head

    outcome = enter_sheet(lead, ONDA, create_studies=False)

    assert (outcome.changed, outcome.values) == (0, len(ONDA) - 1)
    assert counts() == before
    lead.review.refresh_from_db()
    assert lead.review.chain_head == head


def test_another_value_is_a_new_version_and_what_is_left_out_becomes_blank():
    lead = make_single_lead()
    enter_sheet(lead, ONDA)
    said = [row for row in changed(ONDA, "S", "patients.treated", "13") if row[4] != "age.value"]

    enter_sheet(lead, said)

    (cohort,) = copy_of(lead).cohorts
    assert texts(cohort)["patients.treated"] == "13"
    assert "age.value" not in cohort.meant
    assert Value.objects.filter(key="patients_treated").count() == 2
    assert Value.objects.current().get(key="age.value").text == ""
    assert Element.objects.count() == 6


def test_elements_that_a_sheet_names_no_more_are_removed_with_what_belongs_to_them():
    lead = make_single_lead()
    enter_sheet(lead, ONDA)
    kept = [row for row in ONDA if row[1] not in {"outcome", "result"}]

    enter_sheet(lead, kept)

    removed = ElementRemoval.objects.current().values_list("element__group", flat=True)
    assert sorted(removed) == ["outcome", "result", "result"]
    assert not copy_of(lead).results


def test_an_element_amid_others_leaves_those_as_they_are():
    lead = make_single_lead()
    events = [("event", f"e{n}", "", "events", str(n)) for n in range(4)]
    enter_sheet(lead, rows(*COHORT, *events[:1], *events[2:]))
    before = {value.uid for value in Value.objects.all()}

    enter_sheet(lead, rows(*COHORT, *events))

    assert before <= set(Value.objects.current().values_list("uid", flat=True))
    assert [texts(event)["events"] for event in copy_of(lead).in_group("event")] == list("0231")


def test_a_copy_of_an_earlier_version_ends_when_a_sheet_answers_the_next():
    lead = make_single_lead()
    publish_form(lead=lead, definition=SMALL_FORM)
    said = rows(("cohort", "S", "", "label", "All"), ("cohort", "S", "", "women", "4"))
    enter_sheet(lead, said, form="small")
    later = {**SMALL_FORM, "title": "Later"}
    version = publish_form(lead=lead, definition=later)

    enter_sheet(lead, said, form="small")

    (copy,) = consensus_copies(lead.review)
    assert copy.extraction.form_version == version
    assert texts(copy.cohorts[0])["women"] == "4"


def test_a_study_that_was_opened_again_becomes_final_by_its_sheet():
    lead = make_single_lead()
    enter_sheet(lead, ONDA)
    (study,) = Study.objects.all()
    reopen_study(lead=lead, study=study, reason="A misprint.")
    assert not consensus_copies(lead.review)

    assert enter_sheet(lead, ONDA).changed
    assert copy_of(lead)


def test_two_people_extract_anew_what_one_made_final_once_it_is_open_again():
    lead = make_single_lead()
    enter_sheet(lead, ONDA)
    (study,) = Study.objects.all()
    people = {"first": make_member(lead), "second": make_member(lead)}
    with pytest.raises(ValidationError) as refused:
        assign_extractors(lead=lead, study=study, **people)
    assert refused.value.code == "final"

    reopen_study(lead=lead, study=study, reason="To be sure.")
    copies = assign_extractors(lead=lead, study=study, **people)

    assert [copy.seat for copy in copies] == ["A", "B"]
    assert not Extraction.objects.current().filter(seat=CopySeat.CONSENSUS).exists()


# Who may, and as what


def test_final_data_need_a_review_that_declares_extraction_by_one_person():
    lead = make_lead()
    assert "does not declare" in refusal(lead, ONDA)

    update_settings(lead=lead, changes={"single_extraction": True})
    lead.review = lead.review.__class__.objects.get(pk=lead.review_id)
    assert enter_sheet(lead, ONDA).studies == 1


def test_only_a_lead_makes_studies_final():
    lead = make_single_lead()

    assert "Only a lead" in refusal(make_member(lead), ONDA)


def test_studies_that_two_people_extract_become_final_by_comparison():
    world = make_world(single_extraction=True)
    label = StudyDetails.objects.get(study=world.study).label

    said = refusal(world.lead, rows(("cohort", "S", "", "label", "x"), study=label), form="small")
    assert "two people extract" in said


def test_a_study_is_not_entered_with_a_second_form():
    lead = make_single_lead()
    enter_sheet(lead, ONDA)
    publish_form(lead=lead, definition=SMALL_FORM)

    said = refusal(lead, rows(("cohort", "S", "", "label", "x")), form="small")
    assert "is extracted with another form" in said


def test_a_sheet_becomes_the_draft_of_whose_seat_it_is():
    world = make_world()
    fill(world.first, world.a)
    label = StudyDetails.objects.get(study=world.study).label
    said = rows(
        ("study", "", "", "design", "Case series"),
        ("cohort", "S", "", "label", "All patients"),
        ("cohort", "S", "", "women", "17"),
        study=label,
    )
    seat = {"form": "small", "way": "A", "create_studies": False}

    outcome = enter_sheet(world.first, said, **seat)

    copy = read_copy(world.a)
    assert (outcome.studies, len(copy.cohorts), len(copy.results)) == (1, 1, 0)
    assert texts(copy.cohorts[0]) == {"label": "All patients", "women": "17"}
    assert CopyState.objects.current().get(extraction=world.a).standing == CopyStanding.DRAFT
    assert AuditEvent.objects.latest("position").verb == "extraction.sheet_entered"
    assert not enter_sheet(world.first, said, **seat).changed


def test_a_seat_is_entered_by_nobody_else():
    world = make_world()
    label = StudyDetails.objects.get(study=world.study).label
    said = rows(("cohort", "S", "", "label", "x"), study=label)

    for member, way in ((world.first, "B"), (world.second, "A"), (world.lead, "A")):
        why = refusal(member, said, form="small", way=way, create_studies=False)
        assert f"does not hold seat {way}" in why


def test_a_reviewer_does_not_learn_of_a_study_that_is_not_theirs():
    world = make_world()
    other = make_member(world.lead)
    label = StudyDetails.objects.get(study=world.study).label
    seat = {"form": "small", "way": "A", "create_studies": False}

    said = [
        refusal(other, rows(("cohort", "S", "", "label", "x"), study=name), **seat)
        for name in (label, "No such study")
    ]
    assert said[0].replace(label, "…") == said[1].replace("No such study", "…")


def test_a_submitted_copy_is_entered_no_more():
    world = make_world()
    fill(world.first, world.a)
    submit_extraction(extractor=world.first, extraction=world.a)
    label = StudyDetails.objects.get(study=world.study).label

    said = refusal(
        world.first,
        rows(("cohort", "S", "", "label", "x"), study=label),
        form="small",
        way="A",
        create_studies=False,
    )
    assert "was submitted" in said


def test_studies_are_made_only_together_with_their_data():
    lead = make_lead()

    assert "no extractors yet" in refusal(lead, ONDA, way="A")


def test_a_form_that_neither_ships_nor_is_there_is_refused():
    assert "There is no form “small”" in refusal(make_single_lead(), ONDA, form="small")


# What cannot be stored


BAD_ROWS = {
    "1e309": (("cohort", "S", "", "patients.treated", "1e309"), "value", "exponent"),
    "words": (("cohort", "S", "", "patients.treated", "twelve"), "value", ""),
    "choice": (("cohort", "S", "", "kind", "several"), "value", "not among the options"),
    "missing not allowed": (("cohort", "S", "", "label", "nr"), "value", "cannot be left"),
    "group": (("cohorts", "S", "", "label", "x"), "group", "there is no group “cohorts”"),
    "blank group": (("", "S", "", "label", "x"), "group", "it is blank"),
    "question": (("cohort", "S", "", "wimmen", "x"), "question", "has no question “wimmen”"),
    "elsewhere": (("outcome", "O", "", "women", "1"), "question", "it is asked in cohort"),
    "part": (("cohort", "S", "", "age.mean", "41"), "question", "“age” has the parts age.centre"),
    "summary": (("cohort", "S", "", "age", "41.5"), "question", "write age.centre, age.value"),
    "no question": (("cohort", "S", "", "", "41"), "question", "blank beside an answer"),
    "element": (("cohort", "", "", "label", "x"), "element", "name the cohort"),
    "parent of a cohort": (("cohort", "S", "X", "label", "x"), "parent", "leave it blank"),
    "reference": (("intervention", "I", "", "cohorts", "Nobody"), "value", "no cohort “Nobody”"),
    "parent": (("event", "e", "Nobody", "events", "1"), "parent", "no cohort “Nobody”"),
    "stated": (("event", "e", "", "cohort", "Nobody"), "value", "no cohort “Nobody”"),
    "unstated": (("event", "e", "", "cohort", "nr"), "value", "name the cohort"),
    "no parent": (("procedure", "p", "", "name", "x"), "parent", "this study has none"),
    "outcome": (("result", "r", "", "time", "6"), "parent", "belongs to a outcome"),
    "itself": (("cohort", "S", "", "part_of", "S"), "value", "part of itself"),
}


@pytest.mark.parametrize(("row", "column", "why"), BAD_ROWS.values(), ids=BAD_ROWS)
def test_what_cannot_be_stored_is_refused_with_line_and_field(row, column, why):
    lead = make_single_lead()
    said = rows(("cohort", "S", "", "counts", "yes"), row)

    with pytest.raises(RefusedSheet) as refused:
        enter_sheet(lead, said)
    (problem,) = refused.value.problems
    assert (problem.line, problem.field) == (3, column)
    assert why in problem.message
    assert not Study.objects.exists()


@pytest.mark.parametrize(
    ("column", "text", "value", "why"),
    [
        ("number", "13", "12", "the value reads 12"),
        ("qualifier", "<", "12", "has another or none"),
        ("missing", "nr", "12", "a value stands beside it"),
        ("missing", "lost", "", "none of nr, na, uc and ca"),
        ("meaning", "men", "12", "does not mean “men”"),
        ("obtained", "guessed", "12", "how the value was obtained"),
        ("obtained", "calculated", "12", "formula"),
        ("page", "x" * 41, "12", "at most 40"),
        ("unit", "x" * 41, "12", "at most 40"),
        ("quote", "a\x01b", "12", "cannot be stored"),
        ("report", "99", "12", "no report “99”"),
    ],
)
def test_what_stands_beside_a_value_is_refused_with_its_field(column, text, value, why):
    lead = make_single_lead()
    enter_sheet(lead, rows(*COHORT))
    said = [("Onda 2014", "cohort", "S", "", "women", value, text)]

    with pytest.raises(RefusedSheet) as refused:
        enter_sheet(lead, sheet(said, (*HEADER, column)))
    (problem,) = refused.value.problems
    assert problem.line == 2
    assert problem.field == ("formula" if (text, column) == ("calculated", "obtained") else column)
    assert why in problem.message


def test_two_answers_to_one_cell_are_refused_whatever_they_call_it():
    lead = make_single_lead()
    said = rows(*COHORT, ("cohort", "S", "", "patients_treated", "12"))

    assert "Line 4, question" in refusal(lead, said)
    assert "is answered on line 3 already" in refusal(lead, said)


def test_what_an_element_belongs_to_is_not_said_twice_differently():
    lead = make_single_lead()
    two = [("cohort", name, "", "label", name) for name in ("S", "T")]
    said = rows(*two, ("event", "e", "S", "cohort", "T"))

    assert "belongs to another cohort by another row" in refusal(lead, said)
    assert "name the cohort" in refusal(lead, rows(*two, ("event", "e", "", "events", "1")))


def test_a_circle_through_others_is_refused():
    lead = make_single_lead()
    said = rows(
        *(("cohort", name, "", "label", name) for name in "ST"),
        ("cohort", "S", "", "part_of", "T"),
        ("cohort", "T", "", "part_of", "S"),
    )

    assert "part of itself" in refusal(lead, said)


def test_a_copy_holds_so_many_elements_and_no_more():
    lead = make_single_lead()
    said = rows(*(("cohort", str(n), "", "label", str(n)) for n in range(MOST_ELEMENTS + 2)))

    why = refusal(lead, said)
    assert f"Line {MOST_ELEMENTS + 2}, element" in why
    assert why.count("at most") == 1


def test_every_problem_of_a_sheet_is_named_at_once():
    lead = make_single_lead()
    bad = [BAD_ROWS[name][0] for name in ("words", "group", "question")]

    why = refusal(lead, rows(*bad))
    assert [f"Line {line}," in why for line in (2, 3, 4)] == [True] * 3


# Warnings


def test_warnings_name_check_study_element_and_question():
    lead = make_single_lead()
    outcome = enter_sheet(lead, rows(*COHORT, ("cohort", "S", "", "women", "13")))

    found = {(w.check, w.study, w.element, w.question) for w in outcome.warnings}
    assert ("more_than_possible", "Onda 2014", "S", "women") in found
    assert ("required", "Onda 2014", "S", "kind") in found


# Looking before


def test_looking_at_a_sheet_keeps_nothing():
    lead = make_single_lead()
    before, sheet_given = counts(), given(sheet(ONDA) + b"\n" * 7)

    outcome = preview_sheet(member=lead, given=sheet_given)

    assert (outcome.studies, outcome.values, list(outcome.created)) == (
        1,
        len(ONDA) - 1,
        ["Onda 2014"],
    )
    assert counts() == before
    # Other tests may keep files at the same moment; none has this content.
    kept = Path(uploads.default_storage.location).rglob(f"*{sheet_given.sha256}*")
    assert list(kept) == []
    with pytest.raises(RefusedSheet):
        preview_sheet(member=lead, given=given(sheet(rows(BAD_ROWS["words"][0]))))


# How much it takes


def test_queries_do_not_grow_with_a_sheet():
    def taken(studies: int) -> int:
        lead = make_single_lead()
        publish_form(lead=lead)
        said = [(f"{row[0]} {n}", *row[1:]) for n in range(studies) for row in ONDA]
        with CaptureQueriesContext(connection) as queries:
            enter_sheet(lead, said)
        # Rows are written by batches; how many fit into one depends on the database.
        return len([q for q in queries.captured_queries if not q["sql"].startswith("INSERT")])

    assert taken(2) == taken(12)
