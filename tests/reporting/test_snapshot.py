"""Which act dates a report: one that changes what reports print, and no other."""

import ast
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from records.services import (
    create_label,
    label_records,
    remove_view,
    save_view,
    undo_labelling,
)
from reporting.renderers import RENDERERS
from reporting.reports import REPORTS
from reporting.snapshot import LET_IN, take_snapshot
from reviews import activity as reviews_activity
from reviews import audit
from reviews.models import AuditEvent
from reviews.roles import Role
from reviews.verification import verify_review
from screening.choices import Stage, Verdict
from screening.models import Release
from screening.services import (
    adjudicate_conflict,
    hand_over_conflicts,
    record_discussion,
    release_records,
    submit_decision,
)
from tests.factories import make_member, make_screening
from tests.world import make_world

pytestmark = pytest.mark.django_db
TITLES = Stage.TITLE_ABSTRACT
ROOT = Path(__file__).parents[2]
PACKAGES = ("reviews", "records", "screening", "extraction", "reporting", "ifi_review")


def logged_verbs() -> Iterator[tuple[str, set[str]]]:
    """Yield every place in the code that logs an act of a review, with the verbs it can log.

    Acts on accounts are events of the installation, and no report is of it.
    """
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for node in ast.walk(tree):
                if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "log":
                    yield f"{path.name}:{node.lineno}", set(spellings(node.args[0], tree))


def spellings(node: ast.AST, module: ast.Module) -> list[str]:
    """Return the texts an expression can be, by what the module binds to the names in it."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.IfExp(body=one, orelse=other):
            return spellings(one, module) + spellings(other, module)
        case ast.FormattedValue(value=value):
            return spellings(value, module)
        case ast.JoinedStr(values=parts):
            return ["".join(said) for said in product(*(spellings(p, module) for p in parts))]
        case ast.Name(id=name):
            return [text for value in bound_to(name, module) for text in spellings(value, module)]
    return []


def bound_to(name: str, module: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(module):
        match node:
            case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                yield value
            case ast.keyword(arg=arg, value=value) if arg == name and not isinstance(
                value, ast.Name
            ):
                yield value


def declared() -> tuple[frozenset[str], frozenset[str]]:
    from extraction import work as extraction
    from records import activity as records
    from screening import activity as screening

    packages = (reviews_activity, records, screening, extraction)
    return LET_IN, frozenset().union(*(package.UNREPORTED for package in packages))


def test_of_every_act_it_is_declared_whether_reports_may_change_with_it():
    places = dict(logged_verbs())
    assert len(places) > 40
    assert [place for place, verbs in places.items() if not verbs] == []
    reported, unreported = declared()
    logged = set().union(*places.values())

    assert reported.isdisjoint(unreported)
    assert logged - reported - unreported == set(), "declare them in REPORTED or UNREPORTED"
    assert (reported | unreported) - logged == set(), "nothing logs them any more"


def test_reports_print_the_same_after_every_act_that_is_not_let_in():
    world = make_world()
    private_acts(world.b, list(world.records.values()))
    discuss(world)
    review = world.lead.review
    before = None
    for event in AuditEvent.objects.filter(review=review).order_by("position"):
        snapshot = take_snapshot(review, event.at)
        if before is not None and snapshot.instant == before.instant:
            # The next act is let in, or there is none: what these acts did together is all there.
            following = AuditEvent.objects.filter(review=review, position=event.position + 1)
            if not following or take_snapshot(review, following[0].at).instant != before.instant:
                assert printed(replace(snapshot, instant=event.at)) == printed(snapshot), event.verb
        before = snapshot


def printed(snapshot) -> dict[str, object]:
    """Return what every report prints, but for the instant that is printed with it."""
    found = {}
    for slug, report in REPORTS.items():
        document = json.loads(RENDERERS["json"].whole(report, snapshot))
        del document["instant"]
        found[slug] = document
    return found


def private_acts(member, records) -> None:
    """Do what a member does for themselves: labels, labelling and its undo, views."""
    label = create_label(member=member, name="Mine alone")
    _, instants = label_records(member=member, label=label, records=[r.pk for r in records])
    undo_labelling(member=member, label=label, instants=instants)
    save_view(member=member, name="To read", query="q=hip")
    remove_view(member=member, name="To read")


def discuss(world) -> None:
    """Let both enter an answer on the released conflict, and the lead hand conflicts over."""
    record = world.records["discussed"]
    for member, verdict in ((world.a, Verdict.INCLUDE), (world.b, Verdict.EXCLUDE)):
        record_discussion(reviewer=member, record=record, stage=TITLES, verdict=verdict)
    hand_over_conflicts(lead=world.lead, stage=TITLES)


def conflict(records=2, **settings):
    """Make a review with a conflict on its first record; nothing is released."""
    lead, (a, b), made = make_screening(records, **settings)
    for member, verdict in ((a, Verdict.INCLUDE), (b, Verdict.EXCLUDE)):
        submit_decision(reviewer=member, record=made[0], stage=TITLES, verdict=verdict)
    return lead, a, b, made


def test_labels_labelling_its_undo_and_views_move_no_instant():
    lead, (a, _), records = make_screening(2)
    before = take_snapshot(lead.review)

    private_acts(a, records)

    assert take_snapshot(lead.review) == before


def test_a_settlement_before_release_moves_no_instant():
    lead, _, _, records = conflict(settling_rule="third_person")
    adjudicator = make_member(lead, Role.ADJUDICATOR)
    before = take_snapshot(lead.review)

    adjudicate_conflict(
        adjudicator=adjudicator, record=records[0], stage=TITLES, verdict=Verdict.INCLUDE
    )

    assert take_snapshot(lead.review) == before


def test_discussion_and_hand_over_move_no_instant():
    lead, a, _, records = conflict()
    release_records(lead=lead, stage=TITLES)
    before = take_snapshot(lead.review)

    record_discussion(reviewer=a, record=records[0], stage=TITLES, verdict=Verdict.EXCLUDE)
    assert hand_over_conflicts(lead=lead, stage=TITLES) == 1

    assert take_snapshot(lead.review) == before


def test_a_settlement_after_release_dates_the_report_that_prints_it():
    lead, a, b, records = conflict()
    release_records(lead=lead, stage=TITLES)
    released = take_snapshot(lead.review)
    submit_decision(reviewer=a, record=records[1], stage=TITLES, verdict=Verdict.INCLUDE)
    assert take_snapshot(lead.review) == released

    for member in (a, b):
        record_discussion(reviewer=member, record=records[0], stage=TITLES, verdict=Verdict.EXCLUDE)

    settled = take_snapshot(lead.review)
    assert settled.instant == AuditEvent.objects.latest("position").at
    assert settled.instant > released.instant
    assert take_snapshot(lead.review, released.instant) == released
    assert Release.objects.current().filter(record=records[0]).count() == 1
    assert verify_review(lead.review).problems == []


def test_a_vote_that_releases_by_the_reviews_rule_dates_the_report():
    lead, a, _, records = conflict(release_rule="both_decided")
    deciding = AuditEvent.objects.latest("position")
    submit_decision(reviewer=a, record=records[1], stage=TITLES, verdict=Verdict.INCLUDE)

    assert take_snapshot(lead.review).instant == deciding.at


def test_a_file_names_the_last_event_let_in_and_the_chain_knows_it(tmp_path):
    lead, a, _, records = conflict()
    observer = make_member(lead, Role.OBSERVER)

    def export(name: str) -> dict[str, object]:
        path = tmp_path / name
        call_command(
            "export", lead.review.slug, "prisma", out=str(path), by=observer.user.email, verbosity=0
        )
        return json.loads((tmp_path / f"{name}.meta.json").read_text())

    before = export("one.csv")
    submit_decision(reviewer=a, record=records[1], stage=TITLES, verdict=Verdict.INCLUDE)
    private_acts(a, records)

    assert export("two.csv") == before
    assert "event" not in before
    event = AuditEvent.objects.get(hash=before["chain_head"])
    assert event.verb in LET_IN
    assert verify_review(lead.review, expected_head=before["chain_head"]).problems == []


@pytest.mark.parametrize("as_of", [False, True])
def test_a_snapshot_reads_as_much_after_thousands_of_unreleased_acts(as_of):
    lead, a, _, _ = conflict()
    instant = AuditEvent.objects.latest("position").at if as_of else None
    plans = [explained(lead.review, instant)]
    last = AuditEvent.objects.latest("position")
    verbs = sorted(declared()[1])
    AuditEvent.objects.bulk_create(
        AuditEvent(
            review=lead.review,
            position=last.position + number,
            at=last.at + number * (timedelta(microseconds=1)),
            actor=a,
            user=a.user,
            channel="web",
            verb=verbs[number % len(verbs)],
            facts="{}",
            rows_digest="",
            hash=f"{number:064}",
        )
        for number in range(1, 4001)
    )
    audit.count_anew(AuditEvent)

    plans.append(explained(lead.review, instant))

    assert plans[0][0] == plans[1][0], "the same queries"
    assert plans[1][1] == [], "every row is found through an index, none is read and left out"


def explained(review, instant) -> tuple[int, list[str]]:
    """Return how many queries a snapshot takes, and each step of them that may read too much."""
    with CaptureQueriesContext(connection) as queries:
        take_snapshot(review, instant)
    reading = []
    for query in queries.captured_queries:
        reading += (too_much_on_sqlite if connection.vendor == "sqlite" else too_much_on_postgres)(
            query["sql"]
        )
    return len(queries), reading


def too_much_on_sqlite(sql: str) -> Iterator[str]:
    """Yield the steps on events and releases that go through no index by verb or instant."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        steps = [step for *_, step in cursor.fetchall()]
    for step in steps:
        named = "reviews_auditevent" in step or "screening_release" in step
        if named and not any(index in step for index in ("verb=?", "at=?", "_by_instant")):
            yield step
        if "TEMP B-TREE" in step:
            yield step


def too_much_on_postgres(sql: str) -> Iterator[str]:
    """Yield the steps that read a row of events or releases and then left it out."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
        [(plan,)] = cursor.fetchall()
    waiting = [entry["Plan"] for entry in (json.loads(plan) if isinstance(plan, str) else plan)]
    while waiting:
        step = waiting.pop()
        waiting += step.get("Plans", [])
        read = step["Actual Rows"] + step.get("Rows Removed by Filter", 0)
        if step.get("Relation Name") in {"reviews_auditevent", "screening_release"} and read > 9:
            yield f"{step['Node Type']} {step.get('Index Name')}"
