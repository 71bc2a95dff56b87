"""A review in the middle of everything: something of every kind that a URL can name."""

from dataclasses import dataclass, field
from typing import Any

from extraction.models import Extraction, Study
from extraction.services import (
    CellInput,
    add_element,
    assign_extractors,
    open_studies,
    propose_alignment,
    publish_form,
    save_cells,
    submit_extraction,
)
from records.models import DuplicateGroup, ImportBatch, Label, Record
from records.services import create_label, find_duplicates, import_file
from reviews.models import AuditEvent, Invitation, Membership
from reviews.roles import Role
from reviews.services import invite, set_criteria, set_exclusion_reasons
from screening.choices import Retrieval, Stage, Verdict
from screening.models import EligibilityDoubt
from screening.services import (
    hand_over_conflicts,
    open_stage,
    raise_doubt,
    release_records,
    set_full_text,
    submit_decision,
)
from tests.factories import make_batch, make_lead, make_member, make_source, ris

TITLES, FULL = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT
TITLES_OF = {
    "fresh": "Quadratus femoris oedema in runners",
    "mine": "Sciatic nerve release through the posterior portal",
    "settled": "Injections of corticosteroid under ultrasound",
    "conflict": "Cadaveric dissection of the lesser trochanter",
    "discussed": "Gait after rotational osteotomy of the femur",
    "at_odds": "Nerve conduction at rest and after long walks",
    "full": "Endoscopic decompression in dancers",
    "sought": "Hamstring avulsion and buttock pain",
    "first": "Arthroscopic trochanteric resection: twelve hips",
    "second": "Physiotherapy against surgery, a comparison of cohorts",
}


@dataclass
class World:
    """One review and what is in it."""

    lead: Membership
    a: Membership
    b: Membership
    adjudicator: Membership
    observer: Membership
    batch: ImportBatch
    records: dict[str, Record]
    group: DuplicateGroup
    invitation: Invitation
    label: Label
    studies: list[Study] = field(default_factory=list)
    copies: dict[str, Extraction] = field(default_factory=dict)
    elements: dict[str, Any] = field(default_factory=dict)
    doubt: EligibilityDoubt = field(init=False)

    @property
    def decision(self) -> AuditEvent:
        """Return an event of the review."""
        return AuditEvent.objects.filter(review=self.lead.review).latest("position")


def make_world(**settings: Any) -> World:
    """Make the review.

    Its records: ``fresh`` (nobody voted), ``mine`` (A voted), ``settled`` (both agree, not
    released), ``conflict`` (released and handed over), ``discussed`` (a released conflict, which
    the two have still to discuss), ``at_odds`` (a conflict that is not released), ``full``
    (retrieved, nobody voted), ``sought`` (not retrieved), ``first`` and ``second`` (studies: the
    first being extracted, the second with both copies submitted, and its report doubted by A).
    """
    lead = make_lead(**settings)
    a, b = make_member(lead, full_name="Reviewer A"), make_member(lead, full_name="Reviewer B")
    set_criteria(lead=lead, kind="inclusion", texts=["Adults"])
    set_exclusion_reasons(lead=lead, labels=["Population", "Design"])
    batch = make_batch(lead, list(TITLES_OF.values()))
    records = dict(zip(TITLES_OF, batch.records.order_by("number"), strict=True))
    title = "One title under two different identifiers"
    data = ris([title], DO="10.1000/one") + ris([title], DO="10.1000/two")
    import_file(lead=lead, source=make_source(lead), file_name="twice.ris", data=data)
    find_duplicates(lead=lead)
    open_stage(lead=lead, stage=TITLES, screeners=[a, b])
    world = World(
        lead=lead,
        a=a,
        b=b,
        adjudicator=make_member(lead, Role.ADJUDICATOR),
        observer=make_member(lead, Role.OBSERVER),
        batch=batch,
        records=records,
        group=DuplicateGroup.objects.get(review=lead.review),
        invitation=invite(lead=lead, email="new@example.org", role=Role.REVIEWER)[0],
        label=create_label(member=a, name="Look again"),
    )
    _screen(world)
    _extract(world)
    return world


def _screen(world: World) -> None:
    both, records = (world.a, world.b), world.records
    for name in ("full", "sought", "first", "second", "settled"):
        for member in both:
            _vote(member, records[name], TITLES, Verdict.INCLUDE)
    _disagree(world, "conflict")
    release_records(lead=world.lead, stage=TITLES, records=[records["conflict"]])
    hand_over_conflicts(lead=world.lead, stage=TITLES)
    for name in ("discussed", "at_odds"):
        _disagree(world, name)
    _vote(world.a, records["mine"], TITLES, Verdict.UNSURE)
    released = [records[n] for n in ("full", "sought", "first", "second", "discussed")]
    release_records(lead=world.lead, stage=TITLES, records=released)
    open_stage(lead=world.lead, stage=FULL, screeners=both)
    for name in ("full", "first", "second"):
        set_full_text(lead=world.lead, record=records[name], standing=Retrieval.RETRIEVED)
    for name in ("first", "second"):
        for member in both:
            _vote(member, records[name], FULL, Verdict.INCLUDE)
    release_records(lead=world.lead, stage=FULL)


def _extract(world: World) -> None:
    publish_form(lead=world.lead)
    world.studies = open_studies(lead=world.lead)
    for number, study in enumerate(world.studies, start=1):
        copies = assign_extractors(lead=world.lead, study=study, first=world.a, second=world.b)
        for letter, copy, member in zip("AB", copies, (world.a, world.b), strict=True):
            world.copies[f"{number}{letter}"] = copy
            cohort = add_element(extractor=member, extraction=copy, group="cohort")
            world.elements[f"{number}{letter}"] = cohort
            save_cells(
                extractor=member,
                extraction=copy,
                cells=[
                    CellInput(key="design", text="Case series"),
                    CellInput(key="label", text="All patients", element=cohort),
                    CellInput(key="cohort_kind", text="whole_series", element=cohort),
                    CellInput(key="counts_towards_totals", text="yes", element=cohort),
                    CellInput(key="patients_treated", text="12", element=cohort),
                ],
            )
    for letter, member in zip("AB", (world.a, world.b), strict=True):
        submit_extraction(extractor=member, extraction=world.copies[f"2{letter}"])
    propose_alignment(adjudicator=world.adjudicator, study=world.studies[1])
    world.doubt = raise_doubt(
        member=world.a,
        record=world.records["second"],
        reason=world.lead.review.exclusion_reasons()[0],
        note="A private doubt of A",
        results_known=True,
    )


def _disagree(world: World, name: str) -> None:
    _vote(world.a, world.records[name], TITLES, Verdict.INCLUDE)
    _vote(world.b, world.records[name], TITLES, Verdict.EXCLUDE)


def _vote(member: Membership, record: Record, stage: str, verdict: str) -> None:
    submit_decision(reviewer=member, record=record, stage=stage, verdict=verdict)
