"""Agreement: which votes it is from, and that only released ones count."""

import pytest

from reporting.reports.screening_agreement import FIRST, STANDING
from reviews.models import Membership
from reviews.services import update_settings
from screening.choices import Stage, Verdict
from tests.factories import make_member
from tests.reporting.factories import make_records, release, vote
from tests.reporting.tables import journal_rows_of
from tests.reporting.test_summary import rows_of

IN, OUT, UNSURE, WITHDRAWN = (
    Verdict.INCLUDE, Verdict.EXCLUDE, Verdict.UNSURE, Verdict.WITHDRAWN,
)  # fmt: skip


def figures(lead: Membership, votes_from: str = STANDING) -> list[dict[str, str]]:
    """Return the printed rows made from these votes."""
    rows = rows_of(lead, "screening-agreement").values()
    return [row for row in rows if row["votes"] == votes_from]


def both(lead, a, b, pairs, stage=Stage.TITLE_ABSTRACT):
    """Let both vote on a record a pair, and release them."""
    records = make_records(lead, len(pairs))
    votes = []
    for record, (one, two) in zip(records, pairs, strict=True):
        votes += [(a, record, one), (b, record, two)]
    vote(lead, votes, stage)
    release(lead, records, stage)
    return records


def test_kappa_of_a_published_table(lead, reviewer_a, reviewer_b):
    # 20 both include, 5 and 10 apart, 15 both exclude: kappa 0.4, a textbook example.
    table = [(IN, IN)] * 20 + [(IN, OUT)] * 5 + [(OUT, IN)] * 10 + [(OUT, OUT)] * 15
    both(lead, reviewer_a, reviewer_b, table)

    row = figures(lead)[1]

    assert (row["records"], row["raw_agreement"], row["kappa"]) == ("50", "0.700", "0.400")
    assert row["pabak"] == "0.400"
    assert (row["prevalence_index"], row["bias_index"]) == ("0.100", "-0.100")
    assert row["pair"] == "Reviewer A / Reviewer B"


def test_unsure_goes_on_with_include_in_the_second_comparison_only(lead, reviewer_a, reviewer_b):
    both(lead, reviewer_a, reviewer_b, [(IN, UNSURE), (IN, IN), (OUT, OUT), (OUT, IN)])

    as_voted, goes_on = figures(lead)

    assert (as_voted["raw_agreement"], goes_on["raw_agreement"]) == ("0.500", "0.750")
    assert as_voted["prevalence_index"] == ""


@pytest.mark.parametrize("stage", Stage)
def test_an_undefined_kappa_is_empty_and_says_why(lead, reviewer_a, reviewer_b, stage):
    both(lead, reviewer_a, reviewer_b, [(IN, IN), (IN, IN)], stage)

    from reporting.reports import REPORTS
    from reporting.snapshot import take_snapshot

    row = next(iter(REPORTS["screening-agreement"].table(take_snapshot(lead.review)).rows))

    assert row.cell("kappa").text == ""
    assert "kappa undefined: both raters used a single category" in row.note
    assert row.cell("raw_agreement").text == "1.000"


@pytest.mark.catalogue("B12", "B21")
def test_votes_that_are_not_released_are_in_no_figure(lead, reviewer_a, reviewer_b):
    both(lead, reviewer_a, reviewer_b, [(IN, IN), (OUT, IN)])
    before = rows_of(lead, "screening-agreement")

    hidden = make_records(lead, 3)
    for record in hidden:
        vote(lead, [(reviewer_a, record, IN), (reviewer_b, record, OUT)])

    assert rows_of(lead, "screening-agreement") == before


def test_a_vote_changed_before_the_other_voted_counts_as_changed_and_first_apart(
    lead, reviewer_a, reviewer_b
):
    (record,) = make_records(lead, 1)
    vote(lead, [(reviewer_a, record, OUT), (reviewer_a, record, IN), (reviewer_b, record, IN)])
    release(lead, [record])

    assert figures(lead)[0]["raw_agreement"] == "1.000"
    assert figures(lead, FIRST)[0]["raw_agreement"] == "0.000"


def test_a_vote_changed_after_both_stood_no_longer_counts(lead, reviewer_a, reviewer_b):
    (record,) = make_records(lead, 1)
    vote(lead, [(reviewer_a, record, OUT), (reviewer_b, record, IN), (reviewer_a, record, IN)])
    release(lead, [record])

    assert figures(lead)[0]["raw_agreement"] == "0.000"


def test_a_withdrawn_vote_does_not_stand(lead, reviewer_a, reviewer_b):
    (record,) = make_records(lead, 1)
    vote(
        lead,
        [
            (reviewer_a, record, OUT),
            (reviewer_a, record, WITHDRAWN),
            (reviewer_b, record, IN),
            (reviewer_a, record, IN),
        ],
    )
    release(lead, [record])

    assert figures(lead)[0]["raw_agreement"] == "1.000"


def test_rotating_pairs_stand_one_by_one_and_together(lead, reviewer_a, reviewer_b):
    third = make_member(lead, full_name="Reviewer C")
    both(lead, reviewer_a, reviewer_b, [(IN, IN), (OUT, OUT)])
    both(lead, third, reviewer_a, [(IN, OUT)])

    rows = [row for row in figures(lead) if row["categories"].startswith("include or")]

    assert [(row["pair"], row["records"]) for row in rows] == [
        ("Reviewer A / Reviewer B", "2"),
        ("Reviewer A / Reviewer C", "1"),
        ("All pairs", "3"),
    ]


def test_figures_from_demonstration_votes_say_so(lead, reviewer_a, reviewer_b):
    from reporting.renderers import RENDERERS
    from reporting.reports import REPORTS
    from reporting.snapshot import take_snapshot

    update_settings(lead=lead, changes={"votes_note": "demonstration votes"})
    both(lead, reviewer_a, reviewer_b, [(IN, IN), (OUT, OUT)])
    snapshot = take_snapshot(lead.review)

    for slug, said in (("screening-agreement", True), ("prisma", True), ("summary", False)):
        data = RENDERERS["csv"].whole(REPORTS[slug], snapshot).decode()
        assert ("demonstration votes" in data) is said


def test_no_two_rows_read_alike(lead, reviewer_a, reviewer_b):
    from reporting.reports import REPORTS
    from reporting.snapshot import take_snapshot

    both(lead, reviewer_a, reviewer_b, [(IN, UNSURE), (OUT, OUT)])
    both(lead, reviewer_a, reviewer_b, [(IN, IN)], Stage.FULL_TEXT)
    definition = REPORTS["screening-agreement"]
    rows = list(definition.table(take_snapshot(lead.review)).rows)
    assert len({definition.row_name(row) for row in rows}) == len(rows) == 6


def test_a_journal_prints_kappa_with_its_interval(lead, reviewer_a, reviewer_b):
    table = [(IN, IN)] * 20 + [(IN, OUT)] * 5 + [(OUT, IN)] * 10 + [(OUT, OUT)] * 15
    both(lead, reviewer_a, reviewer_b, table)

    as_voted, goes_on, *_ = journal_rows_of(lead, "screening-agreement")

    full = figures(lead)[1]
    interval = f"{full['kappa_lower']} to {full['kappa_upper']}"
    assert goes_on["kappa_interval"] == f"0.400 ({interval})"
    assert (as_voted["prevalence_bias"], goes_on["prevalence_bias"]) == ("", "0.100; −0.100")
