"""What waits for a member, collected from the packages above without knowing them.

``reviews`` sits below ``screening`` and ``extraction`` and may not import them, yet "My work" and
the overview of a review name the member's next act there. So each of the higher packages hands
its sources over once, when the application starts::

    class ScreeningConfig(AppConfig):
        def ready(self) -> None:
            from reviews import work
            from screening.work import items, progress, steps
            work.register(items)
            work.register_progress(progress)
            work.register_steps(steps)

These are lists of functions, not signals: nothing is caused by them, the order is that of the
``order`` of what they return, and the pages call them themselves. ``docs/decisions/`` says why.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Exists, OuterRef
from django.urls import reverse

from reviews.models import (
    Criterion,
    ExclusionReason,
    Invitation,
    Membership,
    Review,
    ReviewSettings,
)
from reviews.roles import GRANTS, Capability

Found = TypeVar("Found")
SCREENING_ROLES = [role for role, granted in GRANTS.items() if Capability.SCREEN in granted]


@dataclass(frozen=True, kw_only=True)
class WorkItem:
    """One thing a member can do now in one review.

    Args:
        label: what to do, as an act in the imperative: "Screen 212 titles".
        url: where it is done.
        count: how many wait for this member alone; never a number that another member's votes or
            drafts could move before release.
        order: the place in the way of the data; the smallest is the member's next act. Setting up
            takes 0-99, title and abstract 100-199, full text 200-299, extraction 300-399,
            settling conflicts 400-499, reports 500-599.
    """

    label: str
    url: str
    count: int
    order: int


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far one stage has come, as this member may know it.

    Args:
        label: the stage: "Title and abstract".
        standing: where it stands, in words: "open", "closed", "not opened yet".
        done: how much of the member's own share is done; of the whole only after release.
        total: the share; 0 where there is nothing to count, and then no bar is drawn.
        order: as in ``WorkItem``.
        key: the step of the rail that it is a line of, where it is one.
    """

    label: str
    standing: str
    done: int
    total: int
    order: int
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of the way of the data as the rail draws it, by what this member may know.

    Args:
        key: the step: "references", "title-abstract".
        state: ``none`` (not begun), ``doing`` or ``done``; nothing that another's votes or drafts
            could move before release.
        count: what stands at its right, as "152" or "7 of 9"; empty where there is nothing to say.
        done: how much of ``total`` is done, where it is counted.
        total: of how many; 0 where nothing is counted.
    """

    key: str
    state: str
    count: str = ""
    done: int = 0
    total: int = 0

    @property
    def words(self) -> str:
        """Return the state in words, for those who do not see its node."""
        return {"none": "not begun", "doing": "in progress", "done": "finished"}[self.state]


@dataclass(frozen=True, kw_only=True)
class StageLine:
    """One stage of a review as a bar with its words, by what this member may know.

    Args:
        label: the stage: "Title and abstract".
        state: as in ``Step``.
        words: how far it has come: "your share, 12 of 40".
        percent: how much of the bar is filled.
    """

    label: str
    state: str
    words: str
    percent: int


# The stages of every review, and what is said of one that is not begun and one that is finished.
STAGES = {
    "references": ("References", "none yet", "imported"),
    "title-abstract": ("Title and abstract", "not opened yet", "closed"),
    "full-text": ("Full text", "not opened yet", "closed"),
    "extraction": ("Extraction", "not begun", "finished"),
}


def read_together(member: Membership) -> None:
    """Let what several sources ask of this member be read once, on a page that only looks."""
    vars(member)["read_together"] = {}


def read_once(member: Membership, read: Callable[[Membership], Found]) -> Found:
    """Return what ``read`` finds of this member; see ``read_together``."""
    known: dict[Any, Found] | None = vars(member).get("read_together")
    if known is None:
        return read(member)
    if read not in known:
        known[read] = read(member)
    return known[read]


def counted(number: int, one: str, many: str) -> str:
    """Return a number with the word for what it counts: "1 file", "1,200 files"."""
    return f"{number:,} {one if number == 1 else many}"


Source = Callable[[Membership], list[WorkItem]]
ProgressSource = Callable[[Membership], list[Progress]]
StepSource = Callable[[Membership], list[Step]]

_sources: list[Source] = []
_progress_sources: list[ProgressSource] = []
_step_sources: list[StepSource] = []


def register(source: Source) -> None:
    """Add a source of work; a source that is registered already is not added again.

    A source is called once for each review of a page and must cost the same few queries however
    large the review is.
    """
    if source not in _sources:
        _sources.append(source)


def register_progress(source: ProgressSource) -> None:
    """Add a source of the stages that the overview of a review lists."""
    if source not in _progress_sources:
        _progress_sources.append(source)


def register_steps(source: StepSource) -> None:
    """Add a source of the steps that the rail of every page draws: it may cost two queries."""
    if source not in _step_sources:
        _step_sources.append(source)


def steps_for(member: Membership) -> dict[str, Step]:
    """Return the steps of the way of the data by their keys."""
    return {step.key: step for source in _step_sources for step in source(member)}


def stages_for(member: Membership) -> list[StageLine]:
    """Return the stages of the member's review, each with how far it has come for them."""
    steps = steps_for(member)
    shares = {line.key: line for line in progress_for(member)}
    return [_stage_line(steps.get(key), shares.get(key), *words) for key, words in STAGES.items()]


def _stage_line(
    step: Step | None, share: Progress | None, label: str, before: str, after: str
) -> StageLine:
    state, words, percent = "none", before, 0
    if step is not None and step.state == "done":
        state, words, percent = "done", step.count or after, 100
    elif step is not None and step.state == "doing":
        state, words = "doing", step.count or "open"
        if share is not None and share.total:
            words = f"your share, {share.done:,} of {share.total:,}"
        counted = share or step
        percent = 100 * counted.done // counted.total if counted.total else 0
    return StageLine(label=label, state=state, words=words, percent=percent)


def items_for(member: Membership) -> list[WorkItem]:
    """Return everything that waits for this member in their review, the next act first."""
    found = [item for source in _sources for item in source(member)]
    return sorted(found, key=lambda item: (item.order, item.label))


def progress_for(member: Membership) -> list[Progress]:
    """Return the stages of the member's review in the order of the way of the data."""
    found = [line for source in _progress_sources for line in source(member)]
    return sorted(found, key=lambda line: (line.order, line.label))


def setting_up(member: Membership) -> list[WorkItem]:
    """Return what a lead has still to set up before records can be screened. One query."""
    if not member.can(Capability.MANAGE):
        return []
    own = {"review": OuterRef("pk")}
    settings = ReviewSettings.objects.current().filter(**own)
    # A person with an open invitation counts: there is nothing left to do but to wait.
    people = Membership.objects.active().filter(**own, role__in=SCREENING_ROLES).order_by("pk")
    made = Review.objects.values(
        question=Exists(settings.exclude(population="", intervention="")),
        criteria=Exists(Criterion.objects.current().filter(**own)),
        reasons=Exists(ExclusionReason.objects.current().filter(**own)),
        second_person=Exists(people[1:]) | Exists(Invitation.objects.open().filter(**own)),
    ).get(pk=member.review_id)
    steps = [
        ("Write the question", "review-settings", made["question"]),
        ("Write the criteria", "criteria-edit", made["criteria"]),
        ("Put the reasons for exclusion in order", "reason-list", made["reasons"]),
        ("Invite a second person to screen", "member-list", made["second_person"]),
    ]
    kwargs = {"slug": member.review.slug}
    return [
        WorkItem(label=label, url=reverse(f"reviews:{page}", kwargs=kwargs), count=1, order=order)
        for order, (label, page, done) in enumerate(steps, start=1)
        if not done
    ]
