"""PRISMA at every step of a long random life of a review: its sums hold and its drawing is true."""

import os
import random
from collections import Counter
from contextlib import suppress

import pytest
from django.core.exceptions import ValidationError

from extraction.models import Report, Study
from extraction.services import link_report, open_studies, publish_form
from records.models import BatchState, DuplicateGroup, DuplicateMember, Record
from records.services import (
    accept_sure_groups,
    find_duplicates,
    import_file,
    merge_group,
    separate_group,
    tell_companions,
    undo_decision,
    undo_import,
)
from reporting.prisma_figure.drawing import prisma_figure
from reporting.reports.prisma import beside, prisma_table
from reporting.snapshot import take_snapshot
from reviews.roles import Role
from reviews.services import set_exclusion_reasons, update_settings
from screening.choices import Retrieval, Stage, Verdict
from screening.models import Resolution, Seat
from screening.querysets.conflicts import to_adjudicate, to_discuss
from screening.services import (
    adjudicate_conflict,
    open_stage,
    raise_doubt,
    record_discussion,
    release_records,
    set_full_text,
    settle_doubt,
    submit_decision,
    withdraw_decision,
)
from screening.services.seats import deal_in_turns
from tests.factories import make_lead, make_member, make_source, ris
from tests.records.grouping import last_event, make_group
from tests.reporting.prisma_drawn import out_of_place, texts, untrue

SOAK = os.environ.get("IFI_SOAK") == "1"
STEPS = 200 if SOAK else 15
LIVES = range(2) if SOAK else range(1)
TITLES, FULL = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT
SEARCHED, OTHER = ("database", "register"), ("website", "organisation", "citation", "other")
LABELS = [
    "Population: more than one in five of the patients had another disorder of the same joint",
    "Design",
    "Fewer than three patients",
    "Kein berichteter Endpunkt",
]
EARLIER = {
    "previous_studies": 12,
    "previous_reports": 15,
    "previous_studies_out": 2,
    "previous_reports_out": 3,
    "studies_seen_before": 1,
}


class Life:
    """A review in which anything may happen next; what is refused does not happen."""

    def __init__(self, seed, *, update, others):
        self.rng = random.Random(seed)
        rule = self.rng.choice(["third_person", "discussion"])
        self.lead = make_lead(settling_rule=rule, **(EARLIER if update else {}))
        self.people = [make_member(self.lead) for _ in range(2)]
        self.third = make_member(self.lead, Role.ADJUDICATOR)
        set_exclusion_reasons(lead=self.lead, labels=LABELS[:3])
        publish_form(lead=self.lead)
        self.update, self.others = update, others
        kinds = [*SEARCHED, *SEARCHED, *(OTHER if others else ())]
        self.sources = [make_source(self.lead, kind=kind) for kind in kinds]
        self.titles = 0
        self.imports()
        for stage in Stage:
            open_stage(lead=self.lead, stage=stage, screeners=self.people)
        self.done = Counter()
        self.acts = {
            self.votes: 14, self.imports: 3, self.retrieves: 8, self.releases: 8, self.settles: 4,
            self.discusses: 4, self.merges: 4, self.parts: 2, self.finds: 2, self.opens: 4,
            self.links: 2, self.doubts: 3, self.withdraws: 1, self.takes_back: 2,
            self.undoes_import: 1, self.turns_reasons: 1, self.changes_update: 1 if update else 0,
        }  # fmt: skip

    def goes_on(self):
        """Do something, or try another thing where it is refused or there is nothing to do."""
        for _ in range(20):
            [act] = self.rng.choices(list(self.acts), weights=list(self.acts.values()))
            before = last_event(self.lead).pk
            with suppress(ValidationError, IndexError):
                act()
            if last_event(self.lead).pk != before:
                self.done[act.__name__] += 1
                return

    def records(self):
        return list(Record.objects.filter(review=self.lead.review).visible().order_by("pk"))

    def any_reason(self):
        return self.rng.choice(list(self.lead.review.exclusion_reasons()))

    def imports(self):
        """Import a file of new titles, and of some that are there already."""
        again = [record.title for record in self.records()]
        new = [f"Title number {self.titles + n} of a study" for n in range(3)]
        self.titles += len(new)
        known = self.rng.sample(again, min(len(again), self.rng.randint(0, 2)))
        source = self.rng.choice(self.sources)
        import_file(lead=self.lead, source=source, file_name="f.ris", data=ris([*new, *known]))
        deal_in_turns(lead=self.lead)

    def undoes_import(self):
        published = BatchState.objects.current().filter(standing="published")
        undo_import(lead=self.lead, batch=self.rng.choice(list(published)).batch)

    def merges(self):
        waiting = DuplicateGroup.objects.of_standing("waiting")
        group = self.rng.choice([*waiting, None])
        if group is None:
            group = make_group(self.lead, self.rng.sample(self.records(), 2))
        members = list(DuplicateMember.objects.current().filter(group=group))
        merge_group(lead=self.lead, group=group, kept=self.rng.choice(members).record)

    def parts(self):
        merged = DuplicateMember.objects.current().filter(standing="merged", kept=True)
        how = self.rng.choice([separate_group, tell_companions])
        how(lead=self.lead, group=self.rng.choice(list(merged)).group)

    def finds(self):
        find_duplicates(lead=self.lead)
        accept_sure_groups(lead=self.lead)

    def takes_back(self):
        events = self.lead.review.events.filter(verb__startswith="records.duplicates")
        undo_decision(lead=self.lead, event=self.rng.choice(list(events)[-3:]))

    def votes(self):
        """Let both vote on a few records, mostly alike."""
        for _ in range(4):
            stage = self.rng.choice([TITLES, FULL])
            seats = Seat.objects.current().filter(review=self.lead.review, stage=stage)
            seat = self.rng.choice(list(seats))
            verdict = self.rng.choice([Verdict.INCLUDE, Verdict.INCLUDE, Verdict.EXCLUDE])
            for own in seats.filter(record=seat.record):
                if self.rng.random() < 0.1:
                    verdict = self.rng.choice(list(Verdict))
                needed = (stage, verdict) == (FULL, Verdict.EXCLUDE)
                submit_decision(
                    reviewer=own.member, record=own.record, stage=stage, verdict=verdict,
                    reason=self.any_reason() if needed else None,
                )  # fmt: skip

    def withdraws(self):
        withdraw_decision(
            reviewer=self.rng.choice(self.people),
            record=self.rng.choice(self.records()),
            stage=self.rng.choice([TITLES, FULL]),
        )

    def releases(self):
        release_records(lead=self.lead, stage=self.rng.choice([TITLES, FULL]))

    def settles(self):
        stage = self.rng.choice([TITLES, FULL])
        waiting = to_adjudicate(Record.objects.filter(review=self.lead.review), self.third, stage)
        verdict = self.rng.choice([Verdict.INCLUDE, Verdict.EXCLUDE])
        adjudicate_conflict(
            adjudicator=self.third, record=waiting[0], stage=stage, verdict=verdict,
            reason=self.any_reason() if (stage, verdict) == (FULL, Verdict.EXCLUDE) else None,
        )  # fmt: skip

    def discusses(self):
        stage = self.rng.choice([TITLES, FULL])
        mine = Record.objects.filter(review=self.lead.review)
        record = to_discuss(mine, self.people[0], stage)[0]
        for member in self.people:
            record_discussion(
                reviewer=member, record=record, stage=stage, verdict=Verdict.EXCLUDE,
                reason=self.lead.review.exclusion_reasons()[0] if stage == FULL else None,
            )  # fmt: skip

    def retrieves(self):
        for record in self.rng.sample(self.records(), 3):
            standing = self.rng.choice([*[Retrieval.RETRIEVED] * 4, *Retrieval])
            why = "no library holds it" if standing == Retrieval.NOT_RETRIEVED else ""
            try:
                set_full_text(lead=self.lead, record=record, standing=standing, why=why)
            except ValidationError:
                continue

    def opens(self):
        open_studies(lead=self.lead)

    def links(self):
        reports = Report.objects.current().filter(review=self.lead.review)
        study = self.rng.choice(list(Study.objects.filter(review=self.lead.review).current()))
        link_report(
            lead=self.lead,
            study=study,
            record=self.rng.choice(list(reports)).record,
            kind="article",
        )

    def doubts(self):
        """Find a report ineligible at extraction, or eligible again, and let a second settle it."""
        stands = Resolution.objects.current().filter(review=self.lead.review, stage=FULL)
        record = self.rng.choice(list(stands.exclude(verdict=""))).record
        verdict = self.rng.choice([Verdict.EXCLUDE, Verdict.EXCLUDE, Verdict.INCLUDE])
        doubt = raise_doubt(
            member=self.people[0], record=record, results_known=True, verdict=verdict,
            reason=self.any_reason() if verdict == Verdict.EXCLUDE else None, note="Children",
        )  # fmt: skip
        settle_doubt(settler=self.third, doubt=doubt, uphold=self.rng.random() < 0.8)

    def turns_reasons(self):
        set_exclusion_reasons(lead=self.lead, labels=self.rng.sample(LABELS, 3))

    def changes_update(self):
        studies = self.rng.randint(0, 20)
        changes = {
            "previous_studies": studies,
            "previous_reports": studies + self.rng.randint(0, 9),
            "previous_studies_out": self.rng.randint(0, 9),
            "previous_reports_out": self.rng.randint(0, 9),
            "studies_seen_before": self.rng.randint(0, 3),
        }
        update_settings(lead=self.lead, changes=changes)

    def holds(self):
        """Say what of the flow is as it must be; the sums, the records behind, the drawing."""
        snapshot = take_snapshot(self.lead.review)
        rows = list(prisma_table(snapshot).rows)
        values = {row.key: row.cell("value").value for row in rows}
        identities = {key: n for key, n in values.items() if key.startswith("identity_")}
        assert len(identities) >= 13
        assert set(identities.values()) == {0}, identities
        assert {f"identity_9{letter}_both" in values for letter in "ab"} == {self.update}
        figure = prisma_figure(rows)
        assert list(out_of_place(figure)) == []
        assert list(untrue(figure, rows)) == []
        assert ("Other methods" in texts(figure)) == self.others
        assert ("Previous studies" in texts(figure)) == self.update
        checks = beside(snapshot)["checks"]
        assert {check.state for check in checks} <= {"holds", "open"}
        self.adds_up(values)
        return rows

    def adds_up(self, values):
        """Add the flow up again, by hand and from the rows alone."""
        found = values["database_results"] + values["register_results"]
        waiting, moved = values["records_still_in_screening"], values.get("kept_from_other_methods")
        assert values["records_screened"] + waiting == (found - values["duplicates"] + (moved or 0))
        assert values["duplicates"] == (
            values["duplicates_by_machine"] + values["duplicates_by_hand"]
        )
        for prefix in ("dbr", "other"):
            sought, lacking = (
                values[f"{prefix}_{name}_reports"] for name in ("sought", "notretrieved")
            )
            assessed = values[f"{prefix}_assessed"] + values[f"{prefix}_not_yet_assessed"]
            assert sought == lacking + assessed
            reasons = [n for key, n in values.items() if key.startswith(f"{prefix}_excluded:")]
            assert sum(reasons) == values[f"{prefix}_excluded_reports"]
        settings = take_snapshot(self.lead.review).settings
        if self.update:
            reports = settings.previous_reports - settings.previous_reports_out
            assert values["total_reports"] == reports + values["new_reports"]
        else:
            assert values["total_reports"] == values["new_reports"]


def opens_what_it_counts(rows):
    """Count what stands behind every number; what an earlier review counted is not here."""
    for row in rows:
        cell = row.cell("value")
        if cell.records is not None and isinstance(cell.value, int) and row.key != "total_reports":
            assert cell.records.count() == cell.value, row.key


@pytest.mark.soak
@pytest.mark.timeout(3_600 if SOAK else 180)
@pytest.mark.catalogue("E10")
@pytest.mark.django_db
@pytest.mark.parametrize("seed", LIVES)
@pytest.mark.parametrize("others", [False, True], ids=["searches", "others"])
@pytest.mark.parametrize("update", [False, True], ids=["new", "update"])
def test_the_flow_holds_and_is_drawn_true_at_every_step_of_a_life(update, others, seed):
    life = Life(10 * seed + 2 * update + others, update=update, others=others)
    for step in range(STEPS):
        life.goes_on()
        rows = life.holds()
        if step % 10 == 0:
            opens_what_it_counts(rows)
    opens_what_it_counts(rows)
