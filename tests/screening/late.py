"""Reports that two people screened and extract, for tests of what is found out only then."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from extraction.choices import CopySeat, CopyStanding
from extraction.models import CopyState, Extraction, Report, Study
from extraction.services import assign_extractors, open_studies, publish_form
from records.models import Record
from reviews import audit
from reviews.models import ExclusionReason, Membership
from reviews.roles import Role
from reviews.services import set_exclusion_reasons
from screening.choices import Stage, Verdict
from screening.models import EligibilityDoubt
from screening.services import (
    open_stage,
    raise_doubt,
    release_records,
    set_full_text,
    settle_doubt,
    submit_decision,
)
from tests.factories import make_member, make_screening

TITLES, FULL = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT


@dataclass
class Extracted:
    """A review of included reports, each a study that A and B, who screened it, extract."""

    lead: Membership
    a: Membership
    b: Membership
    third: Membership
    records: list[Record]
    studies: list[Study]
    copies: list[list[Extraction]]

    @property
    def record(self) -> Record:
        """Return the first report."""
        return self.records[0]

    @property
    def study(self) -> Study:
        """Return the first study."""
        return self.studies[0]

    def reason(self, place: int = 0) -> ExclusionReason:
        """Return one of the reasons for exclusion, by its place in their order."""
        return self.lead.review.exclusion_reasons()[place]

    def doubt(self, member: Membership, **said: Any) -> EligibilityDoubt:
        """Let a member report the first report as ineligible."""
        usual = {"record": self.record, "reason": self.reason(), "results_known": True}
        return raise_doubt(member=member, **{**usual, **said})

    def exclude(self, **said: Any) -> EligibilityDoubt:
        """Let A report the first report as ineligible, and the third person exclude it."""
        doubt = self.doubt(self.a, **said)
        return settle_doubt(settler=self.third, doubt=doubt, uphold=True)

    def make_final(self, record: Record) -> None:
        """Let the study of a report be final, with nothing in it."""
        study = Report.objects.current().get(record=record).study
        with transaction.atomic():
            act = audit.begin_as(member=self.lead, capability="read")
            version = self.copies[0][0].form_version
            consensus = Extraction(
                study=study, form=version.form, seat=CopySeat.CONSENSUS, form_version=version
            )
            act.insert(CopyState(extraction=act.insert(consensus), standing=CopyStanding.FINAL))
            act.log("extraction.study_finalised", subject=study)


def make_extracted(number: int = 1, **settings: Any) -> Extracted:
    """Make the review: voted on at both stages, released, and given out to be extracted."""
    lead, (a, b), records = make_screening(number, **settings)
    set_exclusion_reasons(lead=lead, labels=["Population", "Design"])
    for record in records:
        _include(a, b, record, TITLES)
    release_records(lead=lead, stage=TITLES)
    open_stage(lead=lead, stage=FULL, screeners=[a, b])
    for record in records:
        set_full_text(lead=lead, record=record, standing="retrieved")
        _include(a, b, record, FULL)
    release_records(lead=lead, stage=FULL)
    publish_form(lead=lead)
    studies = open_studies(lead=lead)
    copies = [assign_extractors(lead=lead, study=s, first=a, second=b) for s in studies]
    third = make_member(lead, Role.ADJUDICATOR, full_name="Third Person")
    return Extracted(lead, a, b, third, records, studies, copies)


def _include(a: Membership, b: Membership, record: Record, stage: str) -> None:
    for reviewer in (a, b):
        submit_decision(reviewer=reviewer, record=record, stage=stage, verdict=Verdict.INCLUDE)
