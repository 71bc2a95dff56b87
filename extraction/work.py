"""What waits for a member in extraction, and the events of extraction in words."""

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from extraction.choices import CopySeat, CopyStanding
from extraction.models import Extraction, FormVersion, Study
from extraction.querysets.late import doubts_to_settle
from extraction.querysets.reports import companion_studies, reports_without_study
from reviews.models import Membership
from reviews.roles import Capability
from reviews.work import Step, WorkItem, counted
from screening.activity import DOUBTS

# What an event says after the person's name; never what was answered or settled.
PHRASES = {
    "extraction.form_published": "published a form",
    "extraction.vocabulary_set": "set the words that stand for one treatment or instrument",
    "extraction.studies_opened": "made studies of included reports",
    "extraction.report_linked": "added a report to a study",
    "extraction.study_renamed": "changed the name or note of a study",
    "extraction.study_assigned": "assigned the extractors of a study",
    "extraction.studies_assigned": "assigned the extractors of several studies",
    "extraction.cells_saved": "entered answers into an extraction",
    "extraction.element_added": "added a part to an extraction",
    "extraction.element_removed": "removed a part of an extraction",
    "extraction.element_restored": "brought back a part of an extraction",
    "extraction.extraction_submitted": "submitted an extraction",
    "extraction.extraction_reopened": "opened a submitted extraction again",
    "extraction.alignment_proposed": "had the parts of two extractions paired",
    "extraction.alignment_settled": "paired the parts of two extractions",
    "extraction.elements_paired": "paired two parts of a study",
    "extraction.elements_parted": "parted a pair of a study",
    "extraction.alignment_confirmed": "confirmed the pairs of a study",
    "extraction.agreed_taken": "took the agreed answers of a study",
    "extraction.cell_resolved": "settled an answer of a study",
    "extraction.element_resolved": "settled the answers of a part of a study",
    "extraction.cell_unresolved": "took the settlement of an answer back",
    "extraction.part_left_out": "left a part of a study out",
    "extraction.part_brought_back": "brought a part of a study back",
    "extraction.study_finalised": "made a study final",
    "extraction.study_reopened": "opened a final study again",
    "extraction.sheet_imported": "made studies final from an extraction sheet",
    "extraction.sheet_entered": "entered an extraction sheet into their own copies",
}
# After which of them reports may print something else; of what people do before a study is final
# nothing is reported.
REPORTED = frozenset(
    {
        "extraction.form_published",
        "extraction.studies_opened",
        "extraction.report_linked",
        "extraction.study_renamed",
        "extraction.vocabulary_set",
        "extraction.study_finalised",
        "extraction.study_reopened",
        "extraction.sheet_imported",
    }
)
UNREPORTED = frozenset(
    {
        "extraction.study_assigned",
        "extraction.studies_assigned",
        "extraction.cells_saved",
        "extraction.sheet_entered",
        "extraction.element_added",
        "extraction.element_removed",
        "extraction.element_restored",
        "extraction.extraction_submitted",
        "extraction.extraction_reopened",
        "extraction.alignment_proposed",
        "extraction.alignment_settled",
        "extraction.elements_paired",
        "extraction.elements_parted",
        "extraction.alignment_confirmed",
        "extraction.agreed_taken",
        "extraction.cell_resolved",
        "extraction.element_resolved",
        "extraction.cell_unresolved",
        "extraction.part_left_out",
        "extraction.part_brought_back",
    }
)
SETTLING = frozenset(
    {
        "extraction.cell_resolved",
        "extraction.element_resolved",
        "extraction.cell_unresolved",
        "extraction.part_left_out",
        "extraction.part_brought_back",
    }
)


def kept_from(member: Membership) -> frozenset[str]:
    """Keep from who extracts that others settled cells or left parts out: that the two differ.

    And that somebody doubted whether a report is eligible, which may be the other extractor.
    """
    copies = Extraction.objects.filter(review=member.review_id, member=member)
    return SETTLING | DOUBTS if copies.exclude(seat=CopySeat.CONSENSUS).exists() else frozenset()


def items(member: Membership) -> list[WorkItem]:
    """Return what waits for this member in extraction; nothing another's draft could move."""
    found: list[WorkItem] = []
    if member.can(Capability.EXTRACT):
        found += _to_extract(member)
    if member.can(Capability.ADJUDICATE):
        found += [*_to_settle(member), *_doubts(member)]
    if member.can(Capability.MANAGE):
        found += _to_set_up(member)
    return found


def steps(member: Membership) -> list[Step]:
    """Return extraction as the rail draws it: by the studies this member may know of.

    Those who extract see how many of their own copies are submitted, the others how many of the
    studies are final.
    """
    if member.can(Capability.EXTRACT):
        copies = Extraction.objects.filter(review=member.review).of_member(member).order_by()
        own = copies.exclude(seat=CopySeat.CONSENSUS)
        step = _step(own, own.exclude(pk__in=own.in_standing(CopyStanding.DRAFT)))
        if step.total:
            return [step]
    studies = Study.objects.visible_to(member).order_by()
    return [_step(studies, studies.released().order_by())]


def _step(all_rows: QuerySet[Any], done_rows: QuerySet[Any]) -> Step:
    """Return the step whose rows are these, some of them done; one query."""
    is_done = Count("pk", filter=Q(pk__in=done_rows.values("pk")))
    found = all_rows.aggregate(total=Count("pk"), done=is_done)
    done, total = found["done"], found["total"]
    state = "none" if not total else "done" if done == total else "doing"
    count = f"{done} of {total}" if total else ""
    return Step(key="extraction", state=state, count=count, done=done, total=total)


def _to_extract(member: Membership) -> list[WorkItem]:
    copies = Extraction.objects.filter(review=member.review).of_member(member)
    drafts = copies.in_standing(CopyStanding.DRAFT).order_by().count()
    return _item(member, drafts, "Extract {}", "extraction-list", 310)


def _to_settle(member: Membership) -> list[WorkItem]:
    waiting = Study.objects.to_settle(member).order_by().count()
    return _item(member, waiting, "Settle {}", "adjudication-list", 410)


def _doubts(member: Membership) -> list[WorkItem]:
    waiting = doubts_to_settle(member).order_by().count()
    if not waiting:
        return []
    words = counted(waiting, "doubt", "doubts")
    url = _url(member, "doubt-list")
    return [WorkItem(label=f"Settle {words} about reports", url=url, count=waiting, order=420)]


def _to_set_up(member: Membership) -> list[WorkItem]:
    found = []
    waiting = reports_without_study(member.review).order_by().count()
    offered = len(companion_studies(member.review)) if waiting else 0
    reports = waiting - offered
    if reports:
        words = counted(reports, "included report", "included reports")
        found.append(
            WorkItem(
                label=f"Make studies of {words}",
                url=_url(member, "study-list"),
                count=reports,
                order=300,
            )
        )
    if offered:
        words = counted(offered, "further report", "further reports")
        found.append(
            WorkItem(
                label=f"Add {words} to their studies",
                url=_url(member, "study-list"),
                count=offered,
                order=301,
            )
        )
    studies = Study.objects.filter(review=member.review).without_extractors().order_by().count()
    if studies and not FormVersion.objects.filter(review=member.review).exists():
        found.append(
            WorkItem(
                label="Publish the form of extraction",
                url=_url(member, "form-list"),
                count=1,
                order=302,
            )
        )
    elif studies:
        found += _item(member, studies, "Assign {} to extractors", "study-assign-all", 304)
    return found


def _item(member: Membership, count: int, label: str, name: str, order: int) -> list[WorkItem]:
    if not count:
        return []
    words = label.format(counted(count, "study", "studies"))
    return [WorkItem(label=words, url=_url(member, name), count=count, order=order)]


def _url(member: Membership, name: str) -> str:
    return reverse(f"extraction:{name}", kwargs={"slug": member.review.slug})
