"""Every total of random reviews, made again from the long table alone by code written apart."""

import os
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from reporting.reports import REPORTS
from reporting.snapshot import take_snapshot
from tests.factories import make_lead
from tests.reporting import oracle
from tests.reporting.factories import make_study
from tests.reporting.random_reviews import studies

SOAK = os.environ.get("IFI_SOAK") == "1"
EXAMPLES = 300 if SOAK else 12


def rows_of(snapshot, slug):
    report = REPORTS[slug]
    return [
        {column.key: row.cell(column.key).text for column in report.columns}
        for row in report.table(snapshot).rows
    ]


def as_number(text):
    return Fraction(text) if text else None


def check(lead):
    """Hold every row of the totals against the sums made anew."""
    snapshot = take_snapshot(lead.review)
    papers = oracle.read(rows_of(snapshot, "values-long"))
    rows = [row for row in rows_of(snapshot, "totals") if ".mean." not in row["quantity"]]
    found = {(r["quantity"], r["category"], r["unit"]): r for r in rows}
    assert len(found) == len(rows)
    for quantity in ("patients", "units"):
        total, reporting = oracle.once(papers, quantity)
        row = found.pop((quantity, "", quantity))
        assert as_number(row["value"]) == (total if reporting else None), row
        assert int(row["studies_reporting"]) == len(reporting)
        for label in papers.keys() - reporting:
            assert label in row["left_out"]
    n, of, reporting = oracle.women_once(papers)
    row = found.pop(("women", "", "patients"))
    assert as_number(row["numerator"]) == (n if reporting else None), row
    assert as_number(row["denominator"]) == (of if reporting else None), row
    assert int(row["studies_reporting"]) == len(reporting)
    for quantity in dict.fromkeys(row["quantity"] for row in rows):
        expected = oracle.by_treatment(papers, quantity)
        mine = {key[1:]: row for key, row in found.items() if key[0] == quantity}
        assert set(mine) == set(expected), quantity
        for place, (n, of, reporting, inside) in expected.items():
            row = mine[place]
            share = bool(row["numerator"])
            given = as_number(row["numerator"] if share else row["value"])
            assert given == (n if reporting else None), row
            if share:
                assert as_number(row["denominator"]) == of, row
            assert int(row["studies_reporting"]) == len(reporting), row
            assert int(row["studies"]) == len(inside), row
            for label in inside - reporting:
                assert label in row["left_out"], row


@pytest.mark.django_db
@pytest.mark.soak
@settings(
    max_examples=EXAMPLES,
    phases=[Phase.generate],
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(review=st.lists(studies(), min_size=1, max_size=3))
def test_every_total_is_what_the_long_table_adds_up_to(review):
    lead = make_lead()
    for place, lists in enumerate(review):
        make_study(lead, label=f"Paper {place}", **lists)

    check(lead)
