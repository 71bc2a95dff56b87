"""One record with what people said of it or of its paper, as far as a member may know it."""

from collections.abc import Iterator
from functools import cached_property

from records.querysets.papers import papers_of
from records.whole_record import Moment, WholeRecord
from screening.choices import Stage, Verdict
from screening.models import Resolution, ScreeningDecision


class JudgedRecord(WholeRecord):
    """What one member may see of one record and of the votes on it."""

    @cached_property
    def _paper(self) -> list[int]:
        [paper] = papers_of([self.record.pk])
        return paper

    @cached_property
    def decisions(self) -> list[ScreeningDecision]:
        """Return the member's own votes, and released ones."""
        votes = ScreeningDecision.objects.filter(record__in=self._paper).standing()
        seen = votes.visible_to(self.member).own_or_released(self.member)
        return list(seen.select_related("member__user", "reason").order_by("stage", "uid"))

    @cached_property
    def resolutions(self) -> list[Resolution]:
        """Return how the paper was settled, where it is released or the member settled it."""
        rows = Resolution.objects.filter(record=self._paper[0])
        current = rows.current().visible_to(self.member)
        shown = current.select_related("member__user", "second_member__user", "reason")
        return list(shown.order_by("stage", "pk"))

    def _moments(self) -> Iterator[Moment]:
        yield from super()._moments()
        own = ScreeningDecision.objects.filter(record__in=self._paper, member=self.member)
        for vote in own.select_related("reason"):
            yield Moment(vote.recorded_at, "You", _answered(vote))
        for vote in self.decisions:
            if vote.member_id != self.member.pk:
                yield Moment(vote.recorded_at, str(vote.member), _answered(vote))
        for settled in self.resolutions:
            if settled.how:
                words = f"{settled.get_verdict_display().lower()} by {settled.get_how_display()}"
                at = settled.settled_at or settled.recorded_at
                yield Moment(at, settled.get_stage_display(), f"settled: {words.lower()}")


def _answered(vote: ScreeningDecision) -> str:
    """Return what a vote says, as a line of a history."""
    stage = Stage(vote.stage).label.lower()
    if vote.verdict == Verdict.WITHDRAWN:
        return f"took the answer back ({stage})"
    reason = f", {vote.reason.label}" if vote.reason else ""
    return f"answered {vote.get_verdict_display().lower()}{reason} ({stage})"
