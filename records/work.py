"""What waits for a member among the records, for "My work" and the overview."""

from collections.abc import Iterator

from django.urls import reverse

from records.choices import BatchStanding, DuplicateStanding
from records.models import BatchState, DuplicateGroup, Record
from reviews.models import Membership
from reviews.roles import Capability
from reviews.work import Step, WorkItem, counted


def items(member: Membership) -> list[WorkItem]:
    """Return what waits for this member: files to import, and duplicates to look at."""
    return list(_to_import(member)) if member.can(Capability.IMPORT) else []


def steps(member: Membership) -> list[Step]:
    """Return the references as the rail draws them, and the duplicates for who looks at them."""
    has_records = Record.objects.filter(review=member.review).visible().order_by().exists()
    found = [Step(key="references", state="done" if has_records else "none")]
    if has_records and member.can(Capability.IMPORT):
        groups = DuplicateGroup.objects.filter(review=member.review)
        waiting = groups.of_standing(DuplicateStanding.WAITING).order_by().exists()
        found.append(Step(key="duplicates", state="doing" if waiting else "done"))
    return found


def _to_import(member: Membership) -> Iterator[WorkItem]:
    records = Record.objects.filter(review=member.review)
    states = BatchState.objects.current().filter(review=member.review)
    received = states.filter(standing=BatchStanding.RECEIVED).count()
    if received:
        yield WorkItem(
            label=f"Look at {counted(received, 'file', 'files')} to import",
            url=_url(member, "import-check"),
            count=received,
            order=20,
        )
    elif not (
        records.visible().order_by().exists()
        or states.filter(standing=BatchStanding.STAGING).exists()
    ):
        yield WorkItem(label="Import records", url=_url(member, "import-create"), count=1, order=20)
    groups = DuplicateGroup.objects.filter(review=member.review)
    waiting = groups.of_standing(DuplicateStanding.WAITING).order_by().count()
    if waiting:
        need = "needs" if waiting == 1 else "need"
        groups_of = counted(waiting, "duplicate group", "duplicate groups")
        yield WorkItem(
            label=f"{groups_of} {need} a look",
            url=_url(member, "duplicate-list"),
            count=waiting,
            order=30,
        )


def _url(member: Membership, name: str) -> str:
    return reverse(f"records:{name}", kwargs={"slug": member.review.slug})
