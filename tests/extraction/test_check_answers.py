"""What the checks see of other studies, and what becomes of the answer to a warning."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from extraction.copies import read_copy
from extraction.models import Extraction, Study, Value
from extraction.services import (
    answer_beside,
    assign_extractors,
    confirm_alignment,
    finalise_study,
    finding_name,
    findings_of,
    propose_alignment,
    reopen_extraction,
    reopen_study,
    set_vocabulary,
    submit_extraction,
    take_agreed,
)
from extraction.spreads import released_sds
from extraction.vocabularies import Term, Vocabularies
from reviews.models import Membership
from reviews.verification import verify_review
from tests.extraction.factories import World, add, make_studies, make_world

pytestmark = pytest.mark.django_db

ANSWER = "as printed in the paper"


@pytest.fixture
def world() -> World:
    """Return a study with the form that ships, not yet extracted."""
    return make_world(None)


def extract(member: Membership, copy: Extraction, *sds: str, **cohort: str) -> None:
    """Enter one series with the SDs of a VAS before and after."""
    texts = {"cohort_kind": "whole_series", "counts_towards_totals": "yes", **cohort}
    series = add(member, copy, "cohort", label="All", **{"patients_treated": "25", **texts})
    outcome = add(
        member, copy, "outcome", instrument="VAS pain", unit="points", range_min="0", range_max="10"
    )
    for kind, sd in zip(("baseline", "final_follow_up"), sds, strict=False):
        summary = {"centre": "mean", "value": "4.0", "spread": "sd", "spread_value": sd}
        add(
            member,
            copy,
            "result",
            of=(series, outcome),
            time_kind=kind,
            n="25",
            n_unit="patients",
            **{f"estimate.{part}": text for part, text in summary.items()},
        )


def release(world: World, *sds: str) -> Study:
    """Extract a second study twice and make it final."""
    study = make_studies(world.lead)[0]
    seats = assign_extractors(lead=world.lead, study=study, first=world.first, second=world.second)
    for member, copy in zip((world.first, world.second), seats, strict=True):
        extract(member, copy, *sds)
        submit_extraction(extractor=member, extraction=copy)
    propose_alignment(adjudicator=world.adjudicator, study=study)
    confirm_alignment(adjudicator=world.adjudicator, study=study)
    take_agreed(adjudicator=world.adjudicator, study=study)
    finalise_study(adjudicator=world.adjudicator, study=study)
    return study


def found(world: World, copy: Extraction) -> list[str]:
    return [finding.code for finding in findings_of(read_copy(copy), world.lead.review)]


def test_sds_are_compared_with_those_of_released_studies_alone(world):
    extract(world.second, world.b, "2.4", "2.2")
    extract(world.first, world.a, "0.4", "0.5")
    assert found(world, world.a) == []

    study = release(world, "2.4", "2.2")

    assert found(world, world.a) == ["sd_like_se", "sd_like_se"]
    assert found(world, world.b) == []
    reopen_study(lead=world.lead, study=study, reason="an erratum appeared")
    assert found(world, world.a) == []


def test_the_sds_of_the_study_itself_are_not_among_those_of_others(world):
    study = release(world, "2.4", "2.2")
    own = read_copy(study.extractions.get(seat="A"))

    assert released_sds(own, Vocabularies()) == {}


def test_the_sds_of_others_take_three_queries_and_none_where_there_is_none(
    world, django_assert_num_queries
):
    release(world, "2.4", "2.2")
    extract(world.first, world.a, "0.4")
    extract(world.second, world.b)

    first, second = read_copy(world.a), read_copy(world.b)
    assert first.study.review == second.study.review
    with django_assert_num_queries(3):
        assert len(released_sds(first, Vocabularies())) == 1
    with django_assert_num_queries(0):
        assert released_sds(second, Vocabularies()) == {}


def test_a_category_is_compared_with_the_list_of_the_review(world):
    extract(world.first, world.a)
    add(world.first, world.a, "intervention", intervention_label="X", category="shock waves")
    assert found(world, world.a) == []

    set_vocabulary(lead=world.lead, name="categories", terms=[Term("injection")])

    assert found(world, world.a) == ["unknown_category"]


def test_the_answer_to_a_warning_stays_with_the_value_and_with_the_submission(world):
    extract(world.first, world.a, women_percent="81")
    finding = findings_of(read_copy(world.a), world.lead.review)[0]
    assert (finding.severity, answer_beside(read_copy(world.a), finding)) == ("warning", "")

    state = submit_extraction(
        extractor=world.first, extraction=world.a, overrides={finding_name(finding): ANSWER}
    )

    assert state.note == f"{finding.message}: {ANSWER}"
    value = Value.objects.current().get(extraction=world.a, key="women_percent")
    assert (value.text, value.note, value.member) == ("81", ANSWER, world.first)
    assert answer_beside(read_copy(world.a), finding) == ANSWER
    assert verify_review(world.lead.review).problems == []


def test_an_answer_given_again_is_not_written_twice(world):
    extract(world.first, world.a, women_percent="81")
    name = finding_name(findings_of(read_copy(world.a), world.lead.review)[0])
    for reason in (ANSWER, ANSWER, "table 2"):
        submit_extraction(extractor=world.first, extraction=world.a, overrides={name: reason})
        reopen_extraction(lead=world.lead, extraction=world.a, reason="look again")

    values = Value.objects.filter(extraction=world.a, key="women_percent")
    assert values.count() == 3
    assert values.current().get().note == f"{ANSWER}; table 2"


def test_a_warning_needs_no_answer_and_an_error_still_needs_a_reason(world):
    extract(world.first, world.a, women_percent="81", women="26")
    findings = findings_of(read_copy(world.a), world.lead.review)
    warning = next(f for f in findings if f.severity == "warning")
    error = next(f for f in findings if f.severity == "error")

    with pytest.raises(ValidationError) as refusal:
        submit_extraction(
            extractor=world.first, extraction=world.a, overrides={finding_name(warning): ANSWER}
        )
    assert refusal.value.error_list[0].code == "reason_missing"
    assert not Value.objects.current().exclude(note="").exists()

    reasons = {finding_name(error): "so in table 1"}
    state = submit_extraction(extractor=world.first, extraction=world.a, overrides=reasons)
    assert "so in table 1" in state.note


def test_the_answer_beside_a_value_goes_into_the_consensus_with_it(world):
    for member, copy in ((world.first, world.a), (world.second, world.b)):
        extract(member, copy, women_percent="81")
    name = finding_name(findings_of(read_copy(world.a), world.lead.review)[0])
    submit_extraction(extractor=world.first, extraction=world.a, overrides={name: ANSWER})
    submit_extraction(extractor=world.second, extraction=world.b)
    propose_alignment(adjudicator=world.adjudicator, study=world.study)
    consensus = confirm_alignment(adjudicator=world.adjudicator, study=world.study)
    take_agreed(adjudicator=world.adjudicator, study=world.study)

    finding = findings_of(read_copy(consensus), world.lead.review)[0]
    assert answer_beside(read_copy(consensus), finding) == ANSWER
    overrides = {finding_name(finding): "both read table 1"}
    state = finalise_study(adjudicator=world.adjudicator, study=world.study, overrides=overrides)
    assert "both read table 1" in state.note


def test_the_submit_page_takes_the_answer_to_a_warning_and_shows_what_stands_beside(
    world, as_member
):
    extract(world.first, world.a, women_percent="81")
    name = finding_name(findings_of(read_copy(world.a), world.lead.review)[0])
    keys = {"slug": world.lead.review.slug, "uid": world.a.uid}
    page, client = reverse("extraction:extraction-submit", kwargs=keys), as_member(world.first)

    assert f'name="reason-{name}" value=""' in client.get(page).content.decode()
    assert client.post(page, {f"reason-{name}": ANSWER}).status_code == 302
    reopen_extraction(lead=world.lead, extraction=world.a, reason="look again")
    assert f'name="reason-{name}" value="{ANSWER}"' in client.get(page).content.decode()
