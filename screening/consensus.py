"""How two verdicts on a record become its standing: a pure rule."""

from collections.abc import Sequence

from screening.choices import Standing, Verdict

GOES_ON = {Verdict.INCLUDE, Verdict.UNSURE}
# So many people judge a record.
SEATS = 2


def standing(verdicts: Sequence[str], seats: int = SEATS) -> Standing:
    """Return what the standing votes on a record, or on all records of a paper, make of it.

    Include with include, include with unsure, and unsure with unsure go on to the next stage;
    exclusions alone keep the record out; an exclusion against either of the others is a conflict.
    Fewer verdicts than ``seats`` leave the record undecided.

    Raises:
        ValueError: there are more verdicts than seats, or one that is no vote.
    """
    if len(verdicts) > seats or any(v == Verdict.WITHDRAWN for v in verdicts):
        raise ValueError(f"there are at most {seats} standing votes, not {list(verdicts)}")
    if len(verdicts) < max(seats, SEATS):
        return Standing.UNDECIDED
    going_on = [Verdict(verdict) in GOES_ON for verdict in verdicts]
    if all(going_on):
        return Standing.INCLUDED
    return Standing.CONFLICT if any(going_on) else Standing.EXCLUDED
