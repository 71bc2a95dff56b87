"""Changes of screening: stages, votes, settlements and full texts."""

from screening.services.full_texts import retrieve_all, set_full_text
from screening.services.late_exclusion import raise_doubt, settle_doubt, withdraw_doubt
from screening.services.redealing import deal_seats_anew
from screening.services.settling import (
    adjudicate_conflict,
    hand_over_conflicts,
    record_discussion,
)
from screening.services.stages import (
    close_stage,
    open_stage,
    release_records,
    reopen_stage,
)
from screening.services.voting import submit_decision, withdraw_decision

__all__ = [
    "adjudicate_conflict",
    "close_stage",
    "deal_seats_anew",
    "hand_over_conflicts",
    "open_stage",
    "raise_doubt",
    "record_discussion",
    "release_records",
    "reopen_stage",
    "retrieve_all",
    "set_full_text",
    "settle_doubt",
    "submit_decision",
    "withdraw_decision",
    "withdraw_doubt",
]
