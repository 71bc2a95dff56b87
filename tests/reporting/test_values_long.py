"""Every value of the final copies, and the same sheet read back."""

import csv
import io
import os
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from extraction.models import Study
from extraction.schema import FieldType, FormSpec, shipped_form
from extraction.services import publish_form, rename_study
from reporting.renderers import RENDERERS
from reporting.reports import REPORTS
from reporting.snapshot import take_snapshot
from reviews.services import update_settings
from tests.extraction.factories import SMALL_FORM
from tests.extraction.sheet_data import HEADER, ONDA, enter_sheet, make_single_lead, sheet

pytestmark = pytest.mark.django_db

# Made of records, votes and files: another review has its own.
OF_OTHER_ROWS = {
    "prisma", "excluded-at-full-text", "screening-agreement", "duplicates", "import-ledger",
    "records", "decisions-long",
}  # fmt: skip
LONG = REPORTS["values-long"]
UID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SOAK = os.environ.get("IFI_SOAK") == "1"
EXAMPLES = 100 if SOAK else 6
COMPARED = tuple(REPORTS) if SOAK else ("values-long", "totals", "events", "further-data")


def exported(lead, slug="values-long", *, spreadsheet=False) -> bytes:
    snapshot = take_snapshot(lead.review)
    rendered = RENDERERS["csv"].render(REPORTS[slug], snapshot, spreadsheet=spreadsheet)
    return b"".join(rendered)


def rows(lead) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(exported(lead).decode(), newline="")))


def tables(lead, slugs=tuple(REPORTS)) -> dict[str, str]:
    """Return the tables made of what was extracted, with the n-th uid of each in its place."""
    return {slug: placed(exported(lead, slug)) for slug in slugs if slug not in OF_OTHER_ROWS}


def placed(data: bytes) -> str:
    places: dict[str, str] = {}
    return UID.sub(lambda uid: places.setdefault(uid[0], f"uid {len(places)}"), data.decode())


FULL = [
    *ONDA,
    ("Onda 2014", "cohort", "T", "", "label", "All patients"),
    ("Onda 2014", "cohort", "T", "", "part_of", "S"),
    ("Onda 2014", "cohort", "U", "", "label", "Later patients"),
    ("Onda 2014", "cohort", "T", "", "follow_up.value", "2"),
    ("Onda 2014", "cohort", "T", "", "follow_up.unit", "years"),
    ("Onda 2014", "intervention", "J", "", "label", "Resection; osteotomy"),
    ("Onda 2014", "intervention", "J", "", "category", "derotation osteotomy"),
    ("Onda 2014", "intervention", "J", "", "cohorts", "U; T; S"),
    ("Onda 2014", "procedure", "p", "J", "name", "Bursectomy"),
    ("Onda 2014", "event", "e", "", "after", "J"),
    ("Onda 2014", "event", "empty", "T", "", ""),
    ("Onda 2014", "result", "before", "", "cohort", "S"),
    ("Onda 2014", "result", "after", "S", "", ""),
    ("Onda 2014", "satisfaction", "after", "S", "satisfied", "10"),
    # Both a result and an answer on satisfaction are called so.
    ("Onda 2014", "level", "l", "", "result", "after"),
    ("Onda 2014", "level", "l", "", "label", "Excellent"),
    ("Onda 2014", "level", "m", "", "satisfaction", "after"),
    ("Onda 2014", "level", "m", "", "label", "Satisfied"),
    ("Onda 2014", "contrast", "c", "", "cohort_a", "S"),
    ("Onda 2014", "contrast", "c", "", "cohort_b", "T"),
    ("Onda 2014", "contrast", "c", "", "measure", "MD"),
    ("Onda 2014", "contrast", "c", "", "estimate", "-1·5"),
    ("Pardo 2016", "cohort", "S", "", "label", "S"),
    ("Pardo 2016", "study", "", "", "design", "=Cohort"),
]


def test_every_value_is_a_row_with_what_stands_beside_it():
    lead = make_single_lead()
    header = (*HEADER, "obtained", "formula", "page", "quote", "note")
    said = [
        ("A", "cohort", "x", "", "label", "All", "", "", "", "", ""),
        ("A", "cohort", "x", "", "patients.treated", "12", "calculated", "6 + 6", "4", "all", "ok"),
        ("A", "cohort", "x", "", "women", "nr", "", "", "", "", ""),
        ("A", "outcome", "o", "", "instrument", "mHHS", "", "", "", "", ""),
        ("A", "result", "r", "x", "p", "<0.001", "", "", "", "", ""),
    ]
    enter_sheet(lead, sheet(said, header))

    found = {row["question"]: row for row in rows(lead)}
    treated, women = found["patients_treated"], found["women"]
    assert {key: treated[key] for key in treated if treated[key]} == {
        "study": "A",
        "group": "cohort",
        "element": "All",
        "question": "patients_treated",
        "meaning": "patients.treated",
        "value": "12",
        "number": "12",
        "unit": "patients",
        "obtained": "calculated",
        "formula": "6 + 6",
        "page": "4",
        "quote": "all",
        "note": "ok; extraction by one person",
    }
    assert (women["value"], women["missing"], women["obtained"]) == ("", "nr", "")
    assert (found["cohort"]["value"], found["outcome"]["value"]) == ("All", "mHHS")
    assert found["cohort"]["parent"] == found["p_value"]["parent"] == "All"


def test_elements_go_by_unique_names_and_references_name_them_in_their_order():
    lead = make_single_lead()
    enter_sheet(lead, FULL)

    found = rows(lead)
    cohorts = dict.fromkeys(row["element"] for row in found if row["group"] == "cohort")
    assert list(cohorts)[:2] == ["All patients", "All patients 2"]
    (named,) = (r["value"] for r in found if r["question"] == "cohorts" and "2" in r["value"])
    assert named == "All patients; All patients 2; Later patients"
    interventions = {row["element"] for row in found if row["group"] == "intervention"}
    assert "Resection, osteotomy" in interventions
    assert {row["element"] for row in found if row["group"] == "event"} == {"event 1", "event 2"}


def test_every_table_says_that_one_person_extracted_while_the_review_declares_it():
    lead = make_single_lead()
    enter_sheet(lead, ONDA)

    for slug, definition in REPORTS.items():
        table = csv.DictReader(io.StringIO(exported(lead, slug).decode(), newline=""))
        assert all("extraction by one person" in row["note"] for row in table), slug
        if "html" in definition.formats:
            page = b"".join(RENDERERS["html"].render(definition, take_snapshot(lead.review)))
            assert b"Extraction by one person." in page, slug

    update_settings(lead=lead, changes={"single_extraction": False})
    assert b"one person" not in exported(lead)


def test_prisma_counts_what_a_sheet_named_under_other_methods_and_says_so():
    lead = make_single_lead()
    enter_sheet(lead, FULL)

    found = csv.DictReader(io.StringIO(exported(lead, "prisma").decode(), newline=""))
    by_field = {row["field"]: row for row in found}
    assert by_field["other_results"]["value"] == "2"
    assert "Extraction sheet: sheet.csv, 2" in by_field["other_results"]["detail"]
    assert (by_field["other_assessed"]["value"], by_field["new_studies"]["value"]) == ("2", "2")
    assert by_field["database_results"]["value"] == by_field["records_screened"]["value"] == "0"
    identities = {k: row for k, row in by_field.items() if k.startswith("identity_")}
    assert {row["value"] for row in identities.values()} == {"0"}
    named = [k for k, row in identities.items() if "named in an extraction sheet" in row["detail"]]
    assert named == ["identity_2_others", "identity_4_others"]


def test_a_row_is_found_by_its_key_and_opens_its_value():
    lead = make_single_lead()
    enter_sheet(lead, ONDA)
    snapshot = take_snapshot(lead.review)

    for row in LONG.table(snapshot).rows:
        assert LONG.row(snapshot, row.key) == row
        assert bool(row.cell("value").sources) == (row.cell("question").text not in STATED)


STATED = {"cohort", "outcome"}


def test_queries_do_not_grow_with_the_studies():
    def taken(studies: int) -> int:
        lead = make_single_lead()
        enter_sheet(lead, [(f"{row[0]} {n}", *row[1:]) for n in range(studies) for row in ONDA])
        snapshot = take_snapshot(lead.review)
        with CaptureQueriesContext(connection) as queries:
            list(LONG.table(snapshot).rows)
        return len(queries)

    assert taken(2) == taken(9)


@pytest.mark.parametrize("spreadsheet", [False, True])
def test_what_is_exported_and_imported_into_another_review_gives_equal_tables(spreadsheet):
    lead, other = make_single_lead(), make_single_lead()
    enter_sheet(lead, FULL)
    data = exported(lead, spreadsheet=spreadsheet)

    outcome = enter_sheet(other, data)

    assert outcome.studies == 2
    assert tables(other) == tables(lead)
    assert not enter_sheet(other, data).changed
    assert not enter_sheet(lead, data).changed


def test_values_keep_the_reports_they_were_read_in():
    lead, other = make_single_lead(), make_single_lead()
    header = (*HEADER, "report")
    said = [
        ("A", "cohort", "x", "", "label", "All", "10.1000/a"),
        ("A", "cohort", "x", "", "women", "4", "10.1000/b"),
        ("A", "cohort", "x", "", "men", "5", "7"),
    ]
    enter_sheet(lead, sheet(said, header))

    data = exported(lead)
    found = [row["report"] for row in rows(lead)]
    assert found[:2] == ["10.1000/a", "10.1000/b"]
    assert not enter_sheet(lead, data).changed
    enter_sheet(other, data)
    assert exported(other) == data


def test_what_the_review_says_of_every_row_is_no_note_of_a_value():
    lead = make_single_lead()
    update_settings(lead=lead, changes={"table_note": "illustrative"})
    enter_sheet(
        lead, sheet([("A", "cohort", "x", "", "label", "All", "as printed")], (*HEADER, "note"))
    )
    data = exported(lead)
    assert b"as printed; illustrative; extraction by one person" in data

    assert not enter_sheet(lead, data).changed


def test_two_studies_whose_names_differ_in_capitals_only_stay_two():
    lead = make_single_lead()
    enter_sheet(lead, [(name, *row[1:]) for name in ("Onda 2014", "Other") for row in ONDA])
    study = Study.objects.filter(review=lead.review).last()
    rename_study(lead=lead, study=study, label="Onda 2014b")

    assert not enter_sheet(lead, exported(lead), create_studies=False).changed


# Random copies

TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=12
)


def answers(form: FormSpec, group: str) -> st.SearchStrategy:
    """Return a strategy of answers by key, references left out."""
    kinds = {
        FieldType.TEXT: TEXTS.filter(lambda text: not text.startswith("'")),
        FieldType.INTEGER: st.integers(0, 90).map(str),
        FieldType.DECIMAL: st.sampled_from(["0", "1.50", "0.03", "40", "nr", "uc"]),
        FieldType.YESNO: st.sampled_from(["yes", "no"]),
        FieldType.DATE: st.sampled_from(["2015", "2015-03", "2015-03-02"]),
    }
    cells = [cell for spec in form.in_group(group) for cell in spec.cells]
    optional = {}
    for cell in cells:
        if cell.type in kinds:
            optional[cell.key] = kinds[cell.type]
        elif cell.type.is_choice:
            optional[cell.key] = st.sampled_from([choice.key for choice in cell.choices])
    return st.fixed_dictionaries({}, optional=optional)


@st.composite
def sheets(draw, form: FormSpec) -> list[tuple[str, ...]]:
    """Return the rows of one study: some elements of every group, with some of their answers."""
    said: list[tuple[str, ...]] = [("A", sorted(form.study_groups)[0], "", "", "", "")]
    there: dict[str, list[str]] = {}
    for group in form.element_groups:
        whole = [name for above in group.of for name in there.get(above, [])]
        if (group.of and not whole) or (group.across and not there.get(group.across)):
            continue
        for n in range(draw(st.integers(0, 2))):
            name = f"{group.key}-{n}"
            there.setdefault(group.key, []).append(name)
            parent = draw(st.sampled_from(whole)) if whole else ""
            said.append(("A", group.key, name, parent, "", ""))
            if group.across:
                across = draw(st.sampled_from(there[group.across]))
                said.append(("A", group.key, name, "", group.across, across))
            for key, text in draw(answers(form, group.key)).items():
                said.append(("A", group.key, name, "", key, text))
    for spec in form.fields:
        if not spec.type.is_reference or spec.refers_to == spec.group:
            continue
        for name in there.get(spec.group, []):
            named = draw(
                st.lists(st.sampled_from(there.get(spec.refers_to, [""])), unique=True, max_size=2)
            )
            if spec.type is FieldType.REFERENCE:
                named = named[:1]
            said.append(("A", spec.group, name, "", spec.key, "; ".join(named)))
    for group in form.study_groups:
        said += [
            ("A", group, "", "", key, text) for key, text in draw(answers(form, group)).items()
        ]
    return draw(st.permutations(said))


FORM = shipped_form()


@pytest.mark.soak
@settings(max_examples=EXAMPLES, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(said=sheets(FORM))
def test_random_copies_come_back_as_they_were(said):
    lead, other = make_single_lead(), make_single_lead()
    before = enter_sheet(lead, said, form=FORM.slug)

    after = enter_sheet(other, exported(lead), form=FORM.slug)

    assert (after.elements, after.values) == (before.elements, before.values)
    assert tables(other, COMPARED) == tables(lead, COMPARED)
    assert not enter_sheet(lead, exported(other)).changed


def test_a_form_with_own_questions_that_are_called_like_groups_comes_back():
    own = {
        "question": "Cohort, as the paper calls it",
        "group": "result",
        "section": "result",
        "type": "text",
    }
    fields = [*SMALL_FORM["fields"], {**own, "key": "cohort"}, {**own, "key": "outcome"}]
    definition = {**SMALL_FORM, "fields": fields}
    lead, other = make_single_lead(), make_single_lead()
    for each in (lead, other):
        publish_form(lead=each, definition=definition)
    header = (*HEADER, "meaning")
    said = [
        ("A", "cohort", "S", "", "label", "x", "label"),
        ("A", "cohort", "T", "", "label", "y", "label"),
        ("A", "outcome", "O", "", "instrument", "z", "instrument"),
        ("A", "result", "r", "", "cohort", "T", "cohort"),
        ("A", "result", "r", "", "cohort", "the second", ""),
    ]
    enter_sheet(lead, sheet(said, header), form="small")

    enter_sheet(other, exported(lead), form="small")

    assert exported(other) == exported(lead)
    assert b"the second" in exported(other)
