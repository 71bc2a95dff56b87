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

SOAK = os.environ.get("IFI_SOAK") == "1"
EXAMPLES = 300 if SOAK else 12
small = st.integers(0, 40)
missing = st.sampled_from(["nr", "uc"])
number = st.one_of(small, small, missing)
unit = st.sampled_from(["patients", "units", "nr"])
RETURNS = ("assessed", "any", "higher", "same", "same_or_higher", "lower", "eligible")
TREATMENTS = ("injection", "arthroscopic", "open decompression")


def some(**fields):
    """Return a strategy of answers, each of which may be left out."""
    return st.fixed_dictionaries({}, optional=fields)


@st.composite
def studies(draw):
    """Return the lists of one study: any cohorts, treatments and events that a form takes."""
    size = draw(st.integers(1, 4))
    cohorts = []
    for place in range(size):
        cohort = draw(
            some(
                **{
                    "patients.treated": number,
                    "units.treated": number,
                    "women": number,
                    "women.of": number,
                }
            )
        )
        cohort["counts"] = draw(st.sampled_from(["yes", "no"]))
        cohort["kind"] = draw(
            st.sampled_from(
                [
                    "whole_series",
                    "arm",
                    "eligible_subset",
                    "subgroup",
                    "sequential_phase",
                    "paired_limb",
                ]
            )
        )
        cohort["label"] = f"Cohort {place}"
        if place and draw(st.booleans()):
            cohort["part_of"] = draw(st.integers(0, place - 1))
        cohorts.append(cohort)
    interventions = []
    for place in range(draw(st.integers(0, 3))):
        had = draw(st.lists(st.integers(0, size - 1), unique=True, max_size=size))
        category = draw(st.sampled_from([*TREATMENTS, None]))
        interventions.append(
            {"label": f"Treatment {place}", "category": category, "cohorts": had or None}
        )
    after = st.none()
    if interventions:
        after = st.one_of(st.none(), st.integers(0, len(interventions) - 1))
    below = {"cohort": st.integers(0, size - 1), "after": after}

    def listed(required, optional, most=4):
        rows = st.fixed_dictionaries({**below, **required}, optional=optional)
        return draw(st.lists(rows, max_size=most))

    return {
        "cohorts": cohorts,
        "interventions": interventions,
        "events": listed(
            {"class": st.sampled_from(oracle.CLASSES[:3])},
            {
                "type": st.sampled_from(["nerve", "clot", "infection"]),
                "grade": st.sampled_from(["I", "II"]),
                "major": st.sampled_from(["yes", "no"]),
                "events": number,
                "affected": number,
                "of": number,
                "of.unit": unit,
            },
            most=6,
        ),
        "activities": listed(
            {"kind": st.sampled_from(["sport", "work"])},
            dict.fromkeys(
                ("assessed", "any", "higher", "same", "same_or_higher", "lower", "eligible"), number
            ),
        ),
        "satisfactions": listed(
            {},
            {
                "satisfied": number,
                "of": number,
                "of.unit": unit,
                "again": number,
                "again.of": number,
                "again.unit": unit,
            },
            most=2,
        ),
    }


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
