"""Stages, seats, votes, settlements and full texts."""

from screening.models.full_texts import FullText
from screening.models.late import EligibilityDoubt, EligibilityDoubtQuerySet
from screening.models.seats import Seat, SeatQuerySet, had_part
from screening.models.settling import DiscussionEntry, Release, Resolution, waits_for
from screening.models.stages import Screener, StageState
from screening.models.votes import ScreeningDecision

__all__ = [
    "DiscussionEntry",
    "EligibilityDoubt",
    "EligibilityDoubtQuerySet",
    "FullText",
    "Release",
    "Resolution",
    "Screener",
    "ScreeningDecision",
    "Seat",
    "SeatQuerySet",
    "StageState",
    "had_part",
    "waits_for",
]
