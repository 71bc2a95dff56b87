"""Verdicts on published claims, and how claims are kept."""

import pytest
from django.core.exceptions import ValidationError

from extraction.schema import library_question
from reporting.choices import ClaimCohort, ClaimTime
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


def narrative(quantity: str, **said: str) -> Claim:
    return Claim(key="few", text="A sentence", kind="narrative", quantity=quantity, **said)


def two_studies(lead: Membership, **second: object) -> None:
    level = {"level_of_evidence": "IV"}
    make_study(lead, study=level, cohorts=[hip_series(follow_up__value="18.0")])
    make_study(lead, study=level, cohorts=[hip_series(follow_up__value="48", **second)])


def after(lead: Membership, category: str, affected: int, of: int, unit: str = "units") -> None:
    """Make a study of one treatment with so many complications and as many revisions."""
    said = {"affected": affected, "of": of, "of.unit": unit}
    make_study(
        lead,
        cohorts=[hip_series()],
        interventions=[{"category": category}],
        events=[{"class": "complication", **said}, {"class": "revision", **said}],
    )


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
        (claim("satisfied", 9), "not derivable", ""),
        (claim("nothing_of_the_kind", 9), "not derivable", ""),
    ],
)
def test_the_verdict_on_a_claim(lead, given, verdict, found):
    two_studies(lead, age__value="40.9")

    (row,) = judged(lead, given)

    assert (row["verdict"], row["found"]) == (verdict, found)


@pytest.mark.parametrize(
    ("expected", "verdict"),
    [("91", "equal after rounding"), ("91.1", "equal after rounding"), ("92", "different")],
)
def test_a_percentage_is_compared_with_the_decimals_that_the_paper_prints(lead, expected, verdict):
    make_study(lead, cohorts=[hip_series(patients__treated=101, units__treated=107, women=92)])

    (row,) = judged(lead, claim("female_percent", expected))

    assert (row["found"], row["verdict"]) == ("91.09", verdict)


def test_a_claim_about_follow_up_states_its_reading_and_shows_the_other(lead):
    two_studies(lead, follow_up__max=72)

    (row,) = judged(lead, FOLLOW_UP)

    assert row["verdict"] == "equal under stated reading"
    assert row["reading"] == "lowest and highest study mean follow-up"
    assert row["found"] == "18.0–48"
    assert row["other_reading"] == "12–72 (shortest to longest individual)"


def test_a_total_that_a_study_does_not_report_is_not_derivable(lead):
    two_studies(lead, patients__treated="nr")

    (row,) = judged(lead, claim("patients", 10))

    assert (row["verdict"], row["found"]) == ("not derivable", "10")


def test_without_the_leads_declaration_figures_stand_side_by_side_without_a_verdict(lead):
    two_studies(lead)

    rows = judged(lead, claim("patients", 20), comparable=False)

    assert [(r["verdict"], r["expected"], r["found"]) for r in rows] == [
        ("not comparable", "20", "20")
    ]


def test_a_narrative_claim_is_for_a_person_with_the_figures_beside_it(lead):
    after(lead, "arthroscopic", 1, 12)

    (row,) = judged(lead, narrative("complications; revisions", category="arthroscopic"))

    assert row["verdict"] == "for a person"
    assert row["found"] == (
        "complications: 1/12 hips (1 of 1 studies); revisions: 1/12 hips (1 of 1 studies)"
    )


def test_a_claim_about_one_treatment_is_bound_to_that_treatment(lead):
    # After arthroscopic resection 1/18 + 1/13 + 0/27 = 2/58 hips; with the osteotomy's 2/23 it
    # would be 4/81, which is of another population.
    for affected, of in ((1, 18), (1, 13), (0, 27)):
        after(lead, "arthroscopic", affected, of)
    after(lead, "derotation osteotomy", 2, 23)

    rows = judged(
        lead,
        narrative("complications", category="arthroscopic"),
        claim("complications", 2, category="derotation osteotomy"),
    )

    assert rows[0]["found"] == "complications: 2/58 hips (3 of 3 studies)"
    assert rows[0]["population"] == "after arthroscopic"
    assert rows[1]["found"] == "2/23"


def test_a_claim_about_satisfaction_after_osteotomy_has_nothing_of_injections(lead):
    asked = {"satisfied": 10, "of": 14, "of.unit": "patients"}
    make_study(
        lead,
        cohorts=[hip_series()],
        interventions=[{"category": "injection"}],
        satisfactions=[asked],
    )
    after(lead, "osteotomy", 0, 25)

    (row,) = judged(lead, narrative("satisfied", category="osteotomy"))

    assert row["found"] == "satisfied: not reported (0 of 1 studies)"


def test_without_a_category_what_is_summed_by_treatment_has_no_figure(lead):
    after(lead, "arthroscopic", 1, 12)
    after(lead, "osteotomy", 2, 23)

    (row,) = judged(lead, claim("complications", 3))

    assert (row["verdict"], row["found"]) == ("not derivable", "")


def test_patients_after_one_treatment_are_those_of_its_cohorts(lead):
    after(lead, "arthroscopic", 1, 12)
    after(lead, "osteotomy", 2, 23)

    rows = judged(
        lead,
        claim("patients", 10, category="Arthroscopic"),
        Claim(key="two", text="T", quantity="hips", expected=[12], category="osteotomy"),
    )

    assert [(row["verdict"], row["found"]) for row in rows] == [("equal", "10"), ("equal", "12")]


def test_a_quantity_counted_in_two_units_is_compared_once_one_is_named(lead):
    after(lead, "arthroscopic", 1, 12)
    after(lead, "arthroscopic", 1, 10, "patients")

    rows = judged(
        lead,
        claim("complications", "1/12", category="arthroscopic"),
        Claim(
            key="two",
            text="T",
            quantity="complications_hips",
            expected=["1/12"],
            category="arthroscopic",
        ),
    )

    assert [row["verdict"] for row in rows] == ["not derivable", "not derivable"]
    assert (rows[0]["found"], rows[1]["found"]) == ("1/10–1/12", "1/12")
    assert rows[1]["reporting"] == "1 of 2 studies"


def test_a_claim_about_arms_takes_the_figures_of_arms(lead):
    whole = hip_series(patients__treated=30)
    arms = [hip_series(kind="arm", counts="no", part_of=0) for _ in range(2)]
    make_study(lead, cohorts=[whole, *arms], interventions=[{"category": "injection"}])

    said = {"category": "injection", "cohort_kind": "arm"}
    (row,) = judged(lead, claim("patients", 20, **said))

    assert (row["verdict"], row["found"]) == ("equal", "20")
    assert row["population"] == "after injection; arms"


def test_a_claim_about_an_outcome_takes_its_treatment_and_time_point(lead):
    scores = {"estimate.centre": "mean", "estimate.spread": "sd", "estimate.spread_value": 9}
    for category, value in (("arthroscopic", 80), ("injection", 60)):
        make_study(
            lead,
            cohorts=[hip_series()],
            interventions=[{"category": category}],
            outcomes=[{"instrument": "mHHS"}],
            results=[
                {"time.kind": "baseline", "estimate.value": 50, **scores},
                {"time.kind": "scheduled_visit", "estimate.value": 70, **scores},
                {"time.kind": "final_follow_up", "estimate.value": value, **scores},
            ],
        )

    rows = judged(
        lead,
        narrative("outcome:mHHS", category="arthroscopic", time_point="final_follow_up"),
    )

    assert rows[0]["found"] == "mHHS: Study 1 50 (9) → 80 (9) (final follow-up, mean (SD))"
    assert rows[0]["population"] == "after arthroscopic; at final follow-up"


def test_a_range_over_the_studies_that_report_can_be_equal_and_says_how_many_do(lead):
    for age in ("26", "47", "30"):
        make_study(lead, cohorts=[hip_series(age__value=age)])
    make_study(lead, cohorts=[hip_series(age__value="nr")])

    (row,) = judged(lead, claim("age_mean", 26, 47))

    assert (row["verdict"], row["reporting"]) == ("equal", "3 of 4 studies")


def test_a_bound_equals_no_number(lead):
    bound = {"follow_up.min": None, "follow_up.at_least": 24}
    make_study(lead, cohorts=[hip_series(bound)])

    (row,) = judged(lead, claim("follow_up", 24, 36))

    assert (row["verdict"], row["found"]) == ("not derivable", "≥ 24–36")


@pytest.mark.parametrize(
    ("expected", "verdict"), [("90", "equal after rounding"), ("91", "different")]
)
def test_a_claim_is_compared_with_the_exact_value_not_with_the_printed_one(lead, expected, verdict):
    # 200 of 221 are 90.4977 %, printed as 90.50: that rounded again would be 91.
    make_study(lead, cohorts=[hip_series(patients__treated=221, women=200)])

    (row,) = judged(lead, claim("female_percent", expected))

    assert (row["found"], row["verdict"]) == ("90.50", verdict)


def test_the_kinds_and_times_a_claim_can_name_are_those_of_extraction():
    kinds = library_question("cohort", "kind", "")["choices"]
    times = library_question("result", "time.kind", "")["choices"]

    assert ClaimCohort.values == [choice["key"] for choice in kinds]
    assert ClaimTime.values == [choice["key"] for choice in times]


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
        ([claim("age_mean", 1, 2, category="injection")], "population"),
        ([claim("category:injection", 1, cohort_kind="arm")], "population"),
        ([claim("complications", 1, time_point="final_follow_up")], "population"),
        ([claim("patients", 1, cohort_kind="crowd")], "cohort_kind"),
    ],
)
def test_claims_that_cannot_be_judged_are_refused_and_nothing_changes(lead, claims, code):
    events = AuditEvent.objects.count()

    with pytest.raises(ValidationError) as refusal:
        set_claims(lead=lead, claims=claims)

    refused = refusal.value
    assert code in ({refused.code} if hasattr(refused, "code") else refused.error_dict)
    assert not PublishedClaim.objects.exists()
    assert AuditEvent.objects.count() == events
