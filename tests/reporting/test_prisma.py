"""The flow: boxes that add up, from released decisions only."""

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from records.choices import DuplicateStanding
from records.models import DuplicateGroup, DuplicateMember, Record
from reporting.prisma import Flow, FlowCounts, identities
from reporting.reports.prisma import prisma_table
from reporting.snapshot import take_snapshot
from reviews import audit
from reviews.models import Membership
from reviews.services import set_exclusion_reasons, update_settings
from screening.choices import Retrieval, Stage, Standing
from screening.models import FullText
from tests.reporting.factories import make_records, make_study, settle

FULL = Stage.FULL_TEXT


def fields(lead: Membership) -> dict[str, str]:
    """Return the printed values by field."""
    rows = prisma_table(take_snapshot(lead.review)).rows
    return {row.key: row.cell("value").text for row in rows}


def merge(lead: Membership, kept: Record, *merged: Record) -> None:
    """Merge records behind another."""
    with transaction.atomic():
        act = audit.begin_as(member=lead, capability="read")
        group = act.insert(DuplicateGroup())
        for record in (kept, *merged):
            act.insert(
                DuplicateMember(
                    group=group,
                    record=record,
                    kept=record == kept,
                    standing=DuplicateStanding.MERGED,
                    score="1.00",
                )
            )
        act.log("records.duplicates_merged", subject=group)


def full_text(lead: Membership, record: Record, standing: str, why: str = "") -> None:
    """Say what became of a full text."""
    with transaction.atomic():
        act = audit.begin_as(member=lead, capability="read")
        act.insert(FullText(record=record, standing=standing, why=why))
        act.log("screening.full_text_set", subject=record)


def every_identity_holds(printed: dict[str, str]) -> bool:
    found = {key: value for key, value in printed.items() if key.startswith("identity_")}
    return len(found) == 17 and set(found.values()) == {"0"}


@pytest.mark.catalogue("E10")
def test_a_whole_flow_adds_up(lead):
    wrong, other = set_exclusion_reasons(lead=lead, labels=["Wrong population", "Wrong design"])
    pubmed = make_records(lead, 10, source="PubMed")
    register = make_records(lead, 3, source="Register", kind="register")
    cited = make_records(lead, 4, source="Citations", kind="citation")
    merge(lead, pubmed[0], register[0])
    merge(lead, cited[0], pubmed[9])
    merge(lead, pubmed[1], cited[1])
    settle(lead, pubmed[:6] + cited[2:])
    settle(lead, [*pubmed[6:8], cited[0]], verdict=Standing.EXCLUDED)
    full_text(lead, pubmed[0], Retrieval.NOT_RETRIEVED, "no library holds it")
    full_text(lead, pubmed[1], Retrieval.RETRIEVED)
    settle(lead, [pubmed[1], cited[2]], FULL)
    settle(lead, [pubmed[2]], FULL, Standing.EXCLUDED, reason=other)
    settle(lead, [pubmed[3], pubmed[4]], FULL, Standing.EXCLUDED, reason=wrong)
    make_study(lead, record=pubmed[1])

    printed = fields(lead)

    assert printed["database_specific_results"] == "PubMed, 10"
    wanted = {
        "database_results": "10",
        "register_results": "3",
        "duplicates": "2",
        "kept_from_other_methods": "1",
        "records_screened": "9",
        "records_excluded": "3",
        "records_still_in_screening": "3",
        "dbr_sought_reports": "6",
        "dbr_notretrieved_reports": "1",
        "dbr_not_yet_assessed": "1",
        "dbr_assessed": "4",
        "dbr_excluded": "Wrong population, 2; Wrong design, 1",
        "dbr_excluded_reports": "3",
        "citations_results": "4",
        "other_already_found": "2",
        "other_sought_reports": "2",
        "other_assessed": "1",
        "other_not_yet_assessed": "1",
        "new_reports": "2",
        "new_studies": "1",
        "reports_without_study": "1",
    }
    assert {key: printed[key] for key in wanted} == wanted
    assert every_identity_holds(printed)
    for row in prisma_table(take_snapshot(lead.review)).rows:
        cell = row.cell("value")
        if cell.records is not None and row.key not in {"dbr_excluded", "other_excluded"}:
            assert cell.value == cell.records.count(), row.key


@pytest.mark.catalogue("B12")
def test_what_is_not_released_changes_no_box(lead):
    records = make_records(lead, 6)
    settle(lead, records[:2])
    before = fields(lead)

    settle(lead, records[2:4], released=False)
    settle(lead, records[4:], verdict=Standing.EXCLUDED, released=False)
    settle(lead, records[:1], FULL, released=False)

    assert fields(lead) == before
    assert before["records_still_in_screening"] == "4"


def test_a_reason_keeps_its_name_and_its_place_in_the_reviews_order(lead):
    first, _ = set_exclusion_reasons(lead=lead, labels=["One", "Two"])
    records = make_records(lead, 2)
    settle(lead, records)
    settle(lead, records, FULL, Standing.EXCLUDED, reason=first)
    set_exclusion_reasons(lead=lead, labels=["Two", "One"])

    assert fields(lead)["dbr_excluded"] == "One, 2"


def test_a_review_without_public_counts_prints_the_sentence_in_their_place(lead):
    notice = "not available: the paper's counts are not public"
    update_settings(lead=lead, changes={"identification_note": notice})
    (record,) = make_records(lead, 1)
    settle(lead, [record])
    settle(lead, [record], FULL)
    make_study(lead, record=record)

    printed = fields(lead)

    assert printed["database_results"] == printed["dbr_assessed"] == notice
    assert printed["new_studies"] == "1"
    assert [key for key in printed if key.startswith("identity")] == [
        "identity_8a_both",
        "identity_8b_both",
    ]


counts = st.integers(min_value=0, max_value=50)


@st.composite
def columns(draw: st.DrawFn) -> FlowCounts:
    """Return one column in which every paper is at exactly one place."""
    excluded, awaiting, lacking = draw(counts), draw(counts), draw(counts)
    included, waiting, duplicates = draw(counts), draw(counts), draw(counts)
    reasons = draw(st.lists(st.tuples(st.text(min_size=1), counts), max_size=4))
    out = sum(number for _, number in reasons)
    sought = lacking + awaiting + included + out
    return FlowCounts(
        found={1: duplicates + waiting + excluded + sought},
        duplicates=duplicates,
        screened=excluded + sought,
        waiting=waiting,
        excluded=excluded,
        sought=sought,
        not_retrieved=lacking,
        awaiting_assessment=awaiting,
        assessed=included + out,
        excluded_reports=out,
        reasons=reasons,
        included=included,
    )


@pytest.mark.catalogue("E10")
@given(columns(), columns())
def test_books_that_balance_fulfil_every_identity(databases, others):
    reports = databases.included + others.included
    flow = Flow(
        databases=databases, others=others, studies=reports // 2, reports_in_studies=reports
    )

    assert all(identity.holds for identity in identities(flow))


@pytest.mark.catalogue("E10")
@given(columns(), st.integers(min_value=1, max_value=5))
def test_a_record_that_got_lost_is_an_unexplained_residual(databases, lost):
    wrong = FlowCounts(**{**vars(databases), "screened": databases.screened + lost})

    broken = [i for i in identities(Flow(databases=wrong, others=FlowCounts())) if not i.holds]

    assert {identity.number for identity in broken} >= {2, 4}
    assert f"{lost} unexplained" in broken[0].sentence


def test_more_studies_than_reports_is_an_error():
    flow = Flow(databases=FlowCounts(), others=FlowCounts(), studies=1)

    assert [i.number for i in identities(flow) if not i.holds] == [8]
