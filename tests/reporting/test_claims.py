"""Verdicts on published claims, and how claims are kept."""

import pytest
from django.core.exceptions import ValidationError

from reporting.models import PublishedClaim
from reporting.services import Claim, set_claims
from reviews.models import AuditEvent, Membership
from reviews.services import update_settings
from tests.reporting.factories import hip_series, make_study
from tests.reporting.test_summary import rows_of

FOLLOW_UP = Claim(
    key="follow-up",
    text="follow-up ranging 18-48 months",
    quantity="follow_up_mean",
    expected=[18, 48],
    reading="lowest and highest study mean follow-up",
)


def judged(lead: Membership, *claims: Claim, comparable: bool = True) -> list[dict[str, str]]:
    """Return the printed rows of the claims, judged in this review."""
    update_settings(lead=lead, changes={"claims_comparable": comparable})
    set_claims(lead=lead, claims=claims)
    return list(rows_of(lead, "published-claims").values())


def claim(quantity: str, *expected: str | int, **said: str) -> Claim:
    return Claim(key="one", text="A claim", quantity=quantity, expected=expected, **said)


def two_studies(lead: Membership, **second: object) -> None:
    level = {"level_of_evidence": "IV"}
    make_study(lead, study=level, cohorts=[hip_series(follow_up_mean="18.0")])
    make_study(lead, study=level, cohorts=[hip_series(follow_up_mean="48", **second)])


@pytest.mark.parametrize(
    ("given", "verdict", "found"),
    [
        (claim("patients", 20), "equal", "20"),
        (claim("patients", 21), "different", "20"),
        (claim("studies", 2), "equal", "2"),
        (claim("level_of_evidence", "IV"), "equal", "IV"),
        (claim("level_of_evidence", "III"), "different", "IV"),
        (claim("age_mean", "40.5", "41"), "equal after rounding", "40.5–40.9"),
        (claim("age_mean", 40, 41), "different", "40.5–40.9"),
        (claim("satisfied_patients", 9), "not derivable", ""),
        (claim("nothing_of_the_kind", 9), "not derivable", ""),
    ],
)
def test_the_verdict_on_a_claim(lead, given, verdict, found):
    two_studies(lead, age_mean="40.9")

    (row,) = judged(lead, given)

    assert (row["verdict"], row["found"]) == (verdict, found)


@pytest.mark.parametrize(
    ("expected", "verdict"),
    [("91", "equal after rounding"), ("91.1", "equal after rounding"), ("92", "different")],
)
def test_a_percentage_is_compared_with_the_decimals_that_the_paper_prints(lead, expected, verdict):
    make_study(lead, cohorts=[hip_series(patients_treated=101, units_treated=107, women=92)])

    (row,) = judged(lead, claim("female_percent", expected))

    assert (row["found"], row["verdict"]) == ("91.09", verdict)


def test_a_claim_about_follow_up_states_its_reading_and_shows_the_other(lead):
    two_studies(lead, follow_up_max=72)

    (row,) = judged(lead, FOLLOW_UP)

    assert row["verdict"] == "equal under stated reading"
    assert row["reading"] == "lowest and highest study mean follow-up"
    assert row["found"] == "18.0–48"
    assert row["other_reading"] == "12–72 (shortest to longest individual)"


def test_a_total_that_a_study_does_not_report_is_not_derivable(lead):
    two_studies(lead, patients_treated="nr")

    (row,) = judged(lead, claim("patients", 10))

    assert (row["verdict"], row["found"]) == ("not derivable", "10")


def test_without_the_leads_declaration_figures_stand_side_by_side_without_a_verdict(lead):
    two_studies(lead)

    rows = judged(lead, claim("patients", 20), comparable=False)

    assert [(r["verdict"], r["expected"], r["found"]) for r in rows] == [
        ("not comparable", "20", "20")
    ]


def test_a_narrative_claim_is_for_a_person_with_the_figures_beside_it(lead):
    two_studies(lead, complications_affected=1, complications_total=12, complications_unit="units")
    said = Claim(
        key="few",
        text="minimal complications",
        kind="narrative",
        quantity="complications_patients; complications_hips",
    )

    (row,) = judged(lead, said)

    assert (row["verdict"], row["found"]) == ("for a person", "complications hips: 1/12")


def test_claims_are_versioned_and_unchanged_ones_keep_their_row(lead):
    first = set_claims(lead=lead, claims=[claim("patients", 20), FOLLOW_UP])
    second = set_claims(lead=lead, claims=[claim("patients", 21), FOLLOW_UP])

    assert second[1].pk == first[1].pk
    assert PublishedClaim.objects.current().count() == 2
    assert PublishedClaim.objects.count() == 3
    assert AuditEvent.objects.filter(verb="reporting.claims_set").count() == 2


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ([claim("patients", 20), claim("hips", 3)], "repeated"),
        ([claim("patients")], "no_figure"),
        ([claim("patients", 1, 2, 3)], "no_figure"),
    ],
)
def test_claims_that_cannot_be_judged_are_refused_and_nothing_changes(lead, claims, code):
    events = AuditEvent.objects.count()

    with pytest.raises(ValidationError) as refusal:
        set_claims(lead=lead, claims=claims)

    assert refusal.value.code == code
    assert not PublishedClaim.objects.exists()
    assert AuditEvent.objects.count() == events
