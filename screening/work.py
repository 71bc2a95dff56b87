"""What waits for a member in screening, for "My work" and the overview."""

from collections.abc import Iterator

from django.urls import reverse

from records.models import Record
from reviews.choices import SettlingRule
from reviews.models import Membership
from reviews.roles import Capability
from reviews.work import Progress, Step, WorkItem, counted
from screening.choices import Retrieval, Stage, StageStanding
from screening.models import Seat, StageState
from screening.querysets.conflicts import to_adjudicate, to_discuss, to_hand_over
from screening.querysets.full_texts import sought
from screening.querysets.queues import may_release, queue_of
from screening.querysets.standing import to_release

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
    states = StageState.objects.current().filter(review=member.review)
    standing = {state.stage: state.get_standing_display().lower() for state in states}
    found = []
    for stage, (_, _, order) in TO_SCREEN.items():
        dealt = Seat.objects.dealt(member, stage).order_by().count()
        left = queue_of(member, stage).order_by().count()
        found.append(
            Progress(
                label=stage.label,
                standing=standing.get(stage, "not opened yet"),
                done=dealt - left,
                total=dealt,
                order=order,
            )
        )
    return found


def steps(member: Membership) -> list[Step]:
    """Return the two stages as the rail draws them: open or closed, which everybody knows."""
    states = StageState.objects.current().filter(review=member.review)
    drawn = {StageStanding.OPEN: "doing", StageStanding.CLOSED: "done"}
    known = dict(states.values_list("stage", "standing"))
    return [Step(key=stage.value, state=drawn.get(known.get(stage), "none")) for stage in Stage]


def _to_screen(member: Membership) -> Iterator[WorkItem]:
    for stage, (one, many, order) in TO_SCREEN.items():
        left = queue_of(member, stage).order_by().count()
        if left:
            url = _url(member, "record-next", stage=stage.value)
            yield WorkItem(
                label=f"Screen {counted(left, one, many)}", url=url, count=left, order=order + 10
            )


def _to_discuss(member: Membership) -> Iterator[WorkItem]:
    if member.review.settings.settling_rule != SettlingRule.DISCUSSION:
        return
    for stage, (_, _, order) in TO_SCREEN.items():
        waiting = to_discuss(Record.objects.all(), member, stage).order_by().count()
        if waiting:
            yield WorkItem(
                label=f"Discuss {counted(waiting, 'record', 'records')}",
                url=f"{_url(member, 'discussion-list')}?stage={stage.value}",
                count=waiting,
                order=order + 20,
            )


def _to_settle(member: Membership) -> Iterator[WorkItem]:
    for place, stage in enumerate(Stage):
        waiting = to_adjudicate(Record.objects.all(), member, stage).order_by().count()
        if waiting:
            yield WorkItem(
                label=f"Settle {counted(waiting, 'conflict', 'conflicts')}",
                url=f"{_url(member, 'conflict-list')}?stage={stage.value}",
                count=waiting,
                order=400 + place,
            )


def _to_obtain(member: Membership) -> Iterator[WorkItem]:
    reports = sought(Record.objects.filter(review=member.review), Retrieval.SOUGHT)
    waiting = reports.order_by().count()
    if waiting:
        yield WorkItem(
            label=f"Mark {counted(waiting, 'full text', 'full texts')}",
            url=_url(member, "full-text-list"),
            count=waiting,
            order=190,
        )


def _to_open(member: Membership) -> Iterator[WorkItem]:
    known = set(
        StageState.objects.current().filter(review=member.review).values_list("stage", flat=True)
    )
    records = Record.objects.filter(review=member.review)
    ready = {
        Stage.TITLE_ABSTRACT: records.visible(),
        Stage.FULL_TEXT: sought(records, Retrieval.RETRIEVED),
    }
    for stage, (_, _, order) in TO_SCREEN.items():
        if ready[stage].order_by().exists() and stage not in known:
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
    records = Record.objects.filter(review=member.review)
    for stage, (_, _, order) in TO_SCREEN.items():
        if Seat.objects.dealt(member, stage).order_by().exists():
            if may_release(member, stage):
                label = f"Release what both have decided: {stage.label.lower()}"
                url = _url(member, "stage-list")
                yield WorkItem(label=label, url=url, count=1, order=order + 30)
            continue
        waiting = to_release(records, stage).order_by().count()
        if waiting:
            yield WorkItem(
                label=f"Release {counted(waiting, 'record', 'records')}",
                url=_url(member, "stage-list"),
                count=waiting,
                order=order + 30,
            )


def _to_hand_over(member: Membership) -> Iterator[WorkItem]:
    for stage, (_, _, order) in TO_SCREEN.items():
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
