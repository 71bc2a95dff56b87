"""A report found ineligible at extraction: two people settle it, and all that follows follows."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from extraction.models import Value
from extraction.querysets.reports import included_reports
from extraction.services import CellInput, link_report, open_studies, save_cells
from records.services import merge_group, separate_group
from reporting.flow import flow_columns
from reporting.prisma import Flow, identities
from reporting.reports import REPORTS
from reporting.snapshot import take_snapshot
from reviews import guards
from reviews.models import AuditEvent
from reviews.roles import Role
from reviews.services import change_role, set_exclusion_reasons
from reviews.verification import verify_review
from screening.choices import DoubtStanding, Settled, Standing, Verdict
from screening.models import EligibilityDoubt, Release, Resolution, ScreeningDecision
from screening.querysets.late import late_exclusions
from screening.services import (
    raise_doubt,
    release_records,
    set_full_text,
    settle_doubt,
    submit_decision,
    withdraw_doubt,
)
from screening.services.seats import deal_in_turns
from tests.factories import make_member, make_records
from tests.records.grouping import make_group
from tests.reporting.factories import make_study, settle
from tests.screening.late import FULL, TITLES, make_extracted

pytestmark = pytest.mark.django_db


def stands(record):
    return Resolution.objects.current().get(record=record, stage=FULL)


def refusal(**said):
    """Return the code of what a settlement is refused with; nothing is written then."""
    before = AuditEvent.objects.count(), EligibilityDoubt.objects.count()
    with pytest.raises(ValidationError) as refused:
        settle_doubt(**said)
    assert (AuditEvent.objects.count(), EligibilityDoubt.objects.count()) == before
    return refused.value.code


def proved(lead):
    return verify_review(lead.review).problems == []


def notes(lead, table):
    return " ".join(REPORTS[table].table(take_snapshot(lead.review)).notes)


def test_a_doubt_alone_changes_nothing():
    it = make_extracted()
    before = take_snapshot(it.lead.review)

    doubt = it.doubt(it.a, note="  Half of them are children.  ")

    assert (doubt.standing, doubt.note) == (DoubtStanding.OPEN, "Half of them are children.")
    assert stands(it.record).verdict == Standing.INCLUDED
    assert take_snapshot(it.lead.review) == before
    assert proved(it.lead)


def test_a_second_person_excludes_it_and_the_settlement_names_both():
    it = make_extracted(settling_rule="discussion")
    release = Release.objects.current().get(record=it.record, stage=FULL)

    it.exclude(note="Children", reason=it.reason(1))

    now = stands(it.record)
    assert (now.verdict, now.how, now.note) == (
        Standing.EXCLUDED,
        Settled.DISCUSSION,
        "Children",
    )
    assert (now.reason.label, now.member, now.second_member) == ("Design", it.a, it.third)
    again = Release.objects.current().get(record=it.record, stage=FULL)
    assert (again.recorded_at, again.pk != release.pk) == (now.recorded_at, True)
    assert proved(it.lead)


def test_where_a_third_person_settles_it_is_theirs():
    it = make_extracted(settling_rule="third_person")

    it.exclude()

    now = stands(it.record)
    assert (now.how, now.member, now.second_member) == (Settled.ADJUDICATION, it.third, None)
    assert proved(it.lead)


def test_the_votes_and_the_extraction_stay():
    it = make_extracted()
    save_cells(
        extractor=it.a,
        extraction=it.copies[0][0],
        cells=[CellInput(key="design", text="Case series")],
    )
    kept = set(Value.objects.current().values_list("pk", flat=True))
    votes = set(ScreeningDecision.objects.current().values_list("pk", flat=True))

    it.exclude()

    assert set(Value.objects.current().values_list("pk", flat=True)) == kept
    assert set(ScreeningDecision.objects.current().values_list("pk", flat=True)) == votes
    assert [copy.superseded_at for copy in it.study.extractions.all()] == [None, None]


@pytest.mark.parametrize("known", [True, False])
def test_flow_and_tables_are_recomputed_and_say_so(known):
    it = make_extracted(2)
    for record in it.records:
        # The study of each as the tables print it.
        it.make_final(record)
    before = take_snapshot(it.lead.review)
    assert len(before.studies) == 2
    it.exclude(results_known=known)

    after = take_snapshot(it.lead.review)
    assert [copy.study for copy in after.studies] == [it.studies[1]]
    assert [len(take_snapshot(it.lead.review, before.instant).studies), len(before.studies)] == [
        2,
        2,
    ]
    columns = flow_columns(after)
    counts = columns[0].counts
    assert (counts.assessed, counts.excluded_reports, counts.included) == (2, 1, 1)
    assert list(counts.reasons) == [("Population", 1)]
    flow = Flow(databases=counts, others=columns[1].counts, studies=1, reports_in_studies=1)
    assert all(identity.holds for identity in identities(flow))
    words = "results were known" if known else "results were not known"
    for table in ("prisma", "study-characteristics"):
        assert f"(Population; settled by discussion; {words})" in notes(it.lead, table)
        assert "1 report was found ineligible at extraction" in notes(it.lead, table)
    [row] = REPORTS["excluded-at-full-text"].table(after).rows
    assert row.cell("reason").text == "Population"
    assert row.note == f"Found ineligible at extraction; {words}"
    assert "ineligible at extraction" not in " ".join(REPORTS["prisma"].table(before).notes)


def test_a_study_stays_while_another_report_of_it_is_eligible():
    it = make_extracted()
    [extra] = make_records(it.lead, 1)
    for stage in (TITLES, FULL):
        settle(it.lead, [extra], stage)
    link_report(lead=it.lead, study=it.study, record=extra)
    it.make_final(it.record)

    it.exclude()

    assert [c.study for c in take_snapshot(it.lead.review).studies] == [it.study]
    it.doubt(it.b, record=extra)
    settle_doubt(
        settler=it.third,
        doubt=EligibilityDoubt.objects.open().get(record=extra),
        uphold=True,
    )
    assert take_snapshot(it.lead.review).studies == []


def test_keeping_it_answers_the_doubt_and_changes_nothing_else():
    it = make_extracted()
    before = stands(it.record)
    doubt = it.doubt(it.a)

    kept = settle_doubt(settler=it.lead, doubt=doubt, uphold=False, note="They are adults.")

    assert (kept.standing, kept.settled_by, kept.answer) == (
        DoubtStanding.DISMISSED,
        it.lead,
        "They are adults.",
    )
    assert stands(it.record) == before
    assert proved(it.lead)
    # It may be raised again.
    assert it.doubt(it.a).standing == DoubtStanding.OPEN


def test_nobody_settles_their_own_doubt():
    it = make_extracted()
    doubt = it.doubt(it.lead)

    assert refusal(settler=it.lead, doubt=doubt, uphold=True) == "own_doubt"
    assert refusal(settler=it.lead, doubt=doubt, uphold=False) == "own_doubt"
    with guards.suspended(), pytest.raises(IntegrityError), transaction.atomic():
        EligibilityDoubt.objects.update(standing=DoubtStanding.UPHELD, settled_by=it.lead)


def test_who_neither_leads_nor_adjudicates_settles_nothing():
    it = make_extracted()

    assert refusal(settler=it.b, doubt=it.doubt(it.a), uphold=True) == "right_lost"


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"settling_rule": "third_person"}, "own_vote"),
        ({"settling_rule": "third_person", "adjudicator_may_have_voted": True}, None),
        ({"settling_rule": "discussion"}, None),
    ],
)
def test_who_held_a_seat_settles_only_where_the_review_says_so(settings, code):
    it = make_extracted(**settings)
    change_role(lead=it.lead, member=it.b, role=Role.ADJUDICATOR)
    doubt = it.doubt(it.a)
    it.b.refresh_from_db()

    if code:
        assert refusal(settler=it.b, doubt=doubt, uphold=True) == code
        assert stands(it.record).verdict == Standing.INCLUDED
    else:
        settle_doubt(settler=it.b, doubt=doubt, uphold=True)
        assert stands(it.record).verdict == Standing.EXCLUDED


def test_an_exclusion_needs_a_reason_and_an_inclusion_says_why():
    it = make_extracted()
    with pytest.raises(ValidationError, match="Choose a reason"):
        it.doubt(it.a, reason=None)
    it.exclude()

    with pytest.raises(ValidationError, match="Say why"):
        it.doubt(it.b, verdict=Verdict.INCLUDE, reason=None, note=" ")
    assert not EligibilityDoubt.objects.open().exists()


def test_only_an_included_report_can_be_reported_as_ineligible():
    it = make_extracted()
    [waiting] = make_records(it.lead, 1)
    with pytest.raises(ValidationError, match="not included"):
        it.doubt(it.a, record=waiting)
    it.exclude()
    with pytest.raises(ValidationError, match="not included"):
        it.doubt(it.b)
    assert not EligibilityDoubt.objects.open().exists()


def test_the_same_two_steps_include_it_again():
    it = make_extracted()
    it.make_final(it.record)
    it.exclude()
    assert not included_reports(it.lead.review).exists()

    doubt = it.doubt(it.lead, verdict=Verdict.INCLUDE, reason=None, note="The authors answered.")
    settle_doubt(settler=it.third, doubt=doubt, uphold=True)

    assert list(included_reports(it.lead.review)) == [it.record]
    assert [copy.study for copy in take_snapshot(it.lead.review).studies] == [it.study]
    assert not late_exclusions(it.lead.review).exists()
    assert "ineligible" not in notes(it.lead, "prisma")
    assert open_studies(lead=it.lead) == []
    assert proved(it.lead)
    # And it can be found ineligible once more.
    it.exclude()
    assert late_exclusions(it.lead.review).count() == 1


def test_what_screening_excluded_itself_is_not_included_again_here():
    it = make_extracted()
    reason = it.reason()
    [record] = make_records(it.lead, 1)
    settle(it.lead, [record], TITLES)
    settle(it.lead, [record], FULL, Standing.EXCLUDED, reason=reason)

    with pytest.raises(ValidationError, match="found ineligible at extraction"):
        it.doubt(it.a, record=record, verdict=Verdict.INCLUDE, reason=None, note="Why not?")


def test_the_second_person_may_hold_another_reason():
    it = make_extracted()
    doubt = it.doubt(it.a)

    settle_doubt(
        settler=it.third, doubt=doubt, uphold=True, reason=it.reason(1), note="Not a trial"
    )

    assert (stands(it.record).reason.label, stands(it.record).note) == ("Design", "Not a trial")


def test_a_reason_that_was_taken_off_the_list_is_kept():
    it = make_extracted()
    doubt = it.doubt(it.a)
    set_exclusion_reasons(lead=it.lead, labels=["Design"])

    settle_doubt(settler=it.third, doubt=doubt, uphold=True)

    assert stands(it.record).reason.label == "Population"
    assert "Population" in notes(it.lead, "prisma")


def test_whoever_doubted_the_same_is_answered_with_it_and_who_settled_is_never_alone():
    it = make_extracted()
    doubts = [it.doubt(member, results_known=member == it.b) for member in (it.a, it.b, it.lead)]

    settle_doubt(settler=it.lead, doubt=doubts[0], uphold=True)

    rows = EligibilityDoubt.objects.current().order_by("member")
    assert {row.standing for row in rows} == {DoubtStanding.UPHELD}
    assert all(row.settled_by_id != row.member_id for row in rows)
    # One of the three knew results.
    assert late_exclusions(it.lead.review).get().results_known
    assert proved(it.lead)


def test_keeping_it_answers_that_doubt_alone():
    it = make_extracted()
    first, second = it.doubt(it.a), it.doubt(it.b)

    settle_doubt(settler=it.third, doubt=first, uphold=False)

    assert list(EligibilityDoubt.objects.open()) == [second]


def test_a_doubt_raised_again_takes_the_place_of_ones_own():
    it = make_extracted()
    first = it.doubt(it.a)
    assert it.doubt(it.a) == first

    second = it.doubt(it.a, reason=it.reason(1))

    assert list(EligibilityDoubt.objects.open()) == [second]
    assert refusal(settler=it.third, doubt=first, uphold=True) == "settled"


def test_ones_own_doubt_can_be_taken_back():
    it = make_extracted()
    doubt = it.doubt(it.a)
    with pytest.raises(ValidationError) as refused:
        withdraw_doubt(member=it.b, doubt=doubt)
    assert refused.value.code == "settled"

    withdraw_doubt(member=it.a, doubt=doubt)

    assert refusal(settler=it.third, doubt=doubt, uphold=True) == "settled"
    assert proved(it.lead)


def test_what_was_settled_is_not_settled_again():
    it = make_extracted()
    doubt = it.doubt(it.a)
    settle_doubt(settler=it.third, doubt=doubt, uphold=False)

    assert refusal(settler=it.lead, doubt=doubt, uphold=True) == "settled"


def test_a_doubt_that_has_lost_its_object_can_only_be_dismissed():
    it = make_extracted()
    doubt = it.doubt(it.a)
    with guards.suspended():
        # As if the report had been excluded anew by its title.
        Resolution.objects.current().filter(record=it.record, stage=TITLES).update(
            verdict=Standing.EXCLUDED
        )

    assert refusal(settler=it.third, doubt=doubt, uphold=True) == "not_included"
    kept = settle_doubt(settler=it.third, doubt=doubt, uphold=False)
    assert kept.standing == DoubtStanding.DISMISSED


def voted_alike(it, stages):
    """Return a record that A and B included at these stages, and a group of it and the report."""
    [copy] = make_records(it.lead, 1)
    deal_in_turns(lead=it.lead)
    for stage in stages:
        if stage == FULL:
            release_records(lead=it.lead, stage=TITLES, records=[copy])
            set_full_text(lead=it.lead, record=copy, standing="retrieved")
        for member in (it.a, it.b):
            submit_decision(reviewer=member, record=copy, stage=stage, verdict=Verdict.INCLUDE)
    return make_group(it.lead, [it.record, copy], sure=True)


@pytest.mark.parametrize("stages", [(TITLES,), (TITLES, FULL)])
def test_a_record_merged_behind_it_meanwhile_is_the_same_paper(stages):
    it = make_extracted()
    doubt = it.doubt(it.a)
    group = voted_alike(it, stages)
    merge_group(lead=it.lead, group=group)

    settle_doubt(settler=it.third, doubt=doubt, uphold=True)

    assert stands(it.record).verdict == Standing.EXCLUDED
    assert late_exclusions(it.lead.review).count() == 1
    assert not included_reports(it.lead.review).exists()
    assert proved(it.lead)
    # Parted again a record stands by what was said of it alone, as after any settlement.
    separate_group(lead=it.lead, group=group)
    alone = Standing.INCLUDED if FULL in stages else Standing.EXCLUDED
    assert stands(it.record).verdict == alone
    assert proved(it.lead)


def test_a_record_merged_behind_it_afterwards_contests_it():
    it = make_extracted()
    it.exclude()
    merge_group(lead=it.lead, group=voted_alike(it, (TITLES, FULL)))

    assert (stands(it.record).verdict, stands(it.record).contested) == (Standing.EXCLUDED, True)
    assert late_exclusions(it.lead.review).count() == 1
    assert proved(it.lead)


def test_the_report_itself_goes_behind_no_other():
    it = make_extracted()
    it.doubt(it.a)
    [other] = make_records(it.lead, 1)
    group = make_group(it.lead, [other, it.record], sure=True)

    with pytest.raises(ValidationError):
        merge_group(lead=it.lead, group=group, kept=other)


def test_verify_names_a_doubt_that_was_upheld_and_settled_nothing():
    it = make_extracted()
    it.doubt(it.a)
    with guards.suspended():
        EligibilityDoubt.objects.update(standing=DoubtStanding.UPHELD, settled_by=it.third)

    problems = verify_review(it.lead.review).problems
    assert any("nothing was settled so" in problem for problem in problems)


@pytest.mark.parametrize("change", ["delete", "update"])
def test_a_doubt_is_written_once(change):
    it = make_extracted()
    row = EligibilityDoubt.objects.filter(pk=it.doubt(it.a).pk)

    with pytest.raises(IntegrityError), transaction.atomic():
        row.delete() if change == "delete" else row.update(note="Something else")


def test_a_member_of_another_review_has_no_part():
    it, other = make_extracted(), make_extracted()

    with pytest.raises(ValidationError):
        it.doubt(other.lead)
    doubt = it.doubt(it.a)
    assert refusal(settler=other.lead, doubt=doubt, uphold=True) == "gone"


def test_an_observer_raises_no_doubt():
    it = make_extracted()
    observer = make_member(it.lead, Role.OBSERVER)

    with pytest.raises(ValidationError) as refused:
        raise_doubt(member=observer, record=it.record, reason=it.reason(), results_known=False)
    assert refused.value.code == "right_lost"


def test_a_study_made_by_hand_leaves_the_tables(lead):
    study = make_study(lead)
    set_exclusion_reasons(lead=lead, labels=["Population"])
    record = study.reports.get().record
    doubt = raise_doubt(
        member=lead,
        record=record,
        reason=lead.review.exclusion_reasons()[0],
        results_known=True,
    )
    settle_doubt(settler=make_member(lead, Role.LEAD), doubt=doubt, uphold=True)

    assert take_snapshot(lead.review).studies == []
