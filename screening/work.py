"""What waits for a member in screening, for "My work" and the overview."""

from collections.abc import Iterator

from django.urls import reverse

from records.models import Record, RecordQuerySet
from reviews.choices import SettlingRule
from reviews.models import Membership
from reviews.roles import Capability
from reviews.work import Progress, Step, WorkItem, counted, read_once
from screening.choices import Retrieval, Stage, StageStanding
from screening.models import FullText, Resolution, StageState
from screening.querysets.conflicts import to_adjudicate, to_discuss, to_hand_over
from screening.querysets.full_texts import sought
from screening.querysets.queues import may_release, shares_of
from screening.querysets.standing import DECIDED, to_release

TO_SCREEN = {
    Stage.TITLE_ABSTRACT: ("title", "titles", 100),
    Stage.FULL_TEXT: ("full text", "full texts", 200),
}


def items(member: Membership) -> list[WorkItem]:
    """Return what waits for this member in screening; nothing that another's votes could move.

    A conflict counts for who may settle it, and for the two only once it is released.
    """
    found: list[WorkItem] = []
    if member.can(Capability.SCREEN):
        found += [*_to_screen(member), *_to_discuss(member)]
    if member.can(Capability.ADJUDICATE):
        found += _to_settle(member)
    if member.can(Capability.IMPORT):
        found += _to_obtain(member)
    if member.can(Capability.MANAGE):
        found += [*_to_open(member), *_to_release(member), *_to_hand_over(member)]
    return found


def progress(member: Membership) -> list[Progress]:
    """Return where each stage stands, and how much of this member's own share is done."""
    standing = read_once(member, _standings)
    shares = read_once(member, shares_of)
    found = []
    for stage, (_, _, order) in TO_SCREEN.items():
        dealt, left = shares.get(stage, (0, 0))
        found.append(
            Progress(
                label=stage.label,
                standing=(
                    StageStanding(standing[stage]).label.lower()
                    if stage in standing
                    else "not opened yet"
                ),
                done=dealt - left,
                total=dealt,
                order=order,
                key=stage.value,
            )
        )
    return found


def steps(member: Membership) -> list[Step]:
    """Return the two stages as the rail draws them: open or closed, which everybody knows."""
    drawn: dict[str, str] = {StageStanding.OPEN: "doing", StageStanding.CLOSED: "done"}
    known = read_once(member, _standings)
    return [Step(key=stage.value, state=drawn.get(known.get(stage, ""), "none")) for stage in Stage]


def _standings(member: Membership) -> dict[str, str]:
    """Return where each stage stands that was ever opened; nothing is dealt at the others."""
    states = StageState.objects.current().filter(review=member.review_id)
    return dict(states.values_list("stage", "standing"))


def _begun(member: Membership) -> list[tuple[Stage, int]]:
    """Return the stages that were opened, and their place in the way of the data."""
    known = read_once(member, _standings)
    return [(stage, order) for stage, (_, _, order) in TO_SCREEN.items() if stage in known]


def _to_screen(member: Membership) -> Iterator[WorkItem]:
    shares = read_once(member, shares_of)
    for stage, (one, many, order) in TO_SCREEN.items():
        _, left = shares.get(stage, (0, 0))
        if left:
            url = _url(member, "record-next", stage=stage.value)
            yield WorkItem(
                label=f"Screen {counted(left, one, many)}", url=url, count=left, order=order + 10
            )


def _to_discuss(member: Membership) -> Iterator[WorkItem]:
    if member.review.settings.settling_rule != SettlingRule.DISCUSSION:
        return
    for stage, order in _begun(member):
        waiting = to_discuss(Record.objects.all(), member, stage).order_by().count()
        if waiting:
            yield WorkItem(
                label=f"Discuss {counted(waiting, 'record', 'records')}",
                url=f"{_url(member, 'discussion-list')}?stage={stage.value}",
                count=waiting,
                order=order + 20,
            )


def _to_settle(member: Membership) -> Iterator[WorkItem]:
    for stage, order in _begun(member):
        waiting = to_adjudicate(Record.objects.all(), member, stage).order_by().count()
        if waiting:
            yield WorkItem(
                label=f"Settle {counted(waiting, 'conflict', 'conflicts')}",
                url=f"{_url(member, 'conflict-list')}?stage={stage.value}",
                count=waiting,
                order=400 + order // 100,
            )


def _to_obtain(member: Membership) -> Iterator[WorkItem]:
    waiting = _sought(member, Retrieval.SOUGHT).order_by().count()
    if waiting:
        yield WorkItem(
            label=f"Mark {counted(waiting, 'full text', 'full texts')}",
            url=_url(member, "full-text-list"),
            count=waiting,
            order=190,
        )


def _sought(member: Membership, standing: str) -> RecordQuerySet:
    """Return the records of a standing of their full text: few among many, so they are named."""
    named = FullText.objects.current().filter(review=member.review_id, standing=standing)
    records = Record.objects.filter(
        review=member.review_id, pk__in=named.order_by().values("record")
    )
    return sought(records, standing)


def _to_open(member: Membership) -> Iterator[WorkItem]:
    known = read_once(member, _standings)
    records = Record.objects.filter(review=member.review)
    ready = {
        Stage.TITLE_ABSTRACT: records.visible(),
        Stage.FULL_TEXT: _sought(member, Retrieval.RETRIEVED),
    }
    for stage, (_, _, order) in TO_SCREEN.items():
        if stage not in known and ready[stage].order_by().exists():
            yield WorkItem(
                label=f"Open {stage.label.lower()} screening",
                url=_url(member, "stage-list"),
                count=1,
                order=order,
            )


def _to_release(member: Membership) -> Iterator[WorkItem]:
    """Yield what a lead may release; to one who screens it says nothing of the others' votes.

    Such a lead is told once their own seats are done, by what was dealt and not by what anybody
    answered.
    """
    current = Resolution.objects.current().filter(review=member.review_id, verdict__in=DECIDED)
    for stage, order in _begun(member):
        dealt, _ = read_once(member, shares_of).get(stage, (0, 0))
        if dealt:
            if may_release(member, stage):
                label = f"Release what both have decided: {stage.label.lower()}"
                url = _url(member, "stage-list")
                yield WorkItem(label=label, url=url, count=1, order=order + 30)
            continue
        decided = current.filter(stage=stage).order_by().values("record")
        records = Record.objects.filter(review=member.review_id, pk__in=decided)
        waiting = to_release(records, stage).order_by().count()
        if waiting:
            yield WorkItem(
                label=f"Release {counted(waiting, 'record', 'records')}",
                url=_url(member, "stage-list"),
                count=waiting,
                order=order + 30,
            )


def _to_hand_over(member: Membership) -> Iterator[WorkItem]:
    for stage, order in _begun(member):
        records = to_hand_over(Record.objects.all(), member.review, stage)
        waiting = records.order_by().count()
        if waiting:
            wait = "waits" if waiting == 1 else "wait"
            yield WorkItem(
                label=f"{counted(waiting, 'discussion', 'discussions')} {wait}: hand over what "
                "stays open",
                url=_url(member, "stage-list"),
                count=waiting,
                order=order + 40,
            )


def _url(member: Membership, name: str, **keys: str) -> str:
    return reverse(f"screening:{name}", kwargs={"slug": member.review.slug, **keys})
