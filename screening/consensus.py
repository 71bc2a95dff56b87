"""How two verdicts on a record become its standing: a pure rule."""

from collections.abc import Sequence

from screening.choices import Standing, Verdict

GOES_ON = {Verdict.INCLUDE, Verdict.UNSURE}


def standing(verdicts: Sequence[str]) -> Standing:
    """Return what the standing votes on a record make of it.

    Include with include, include with unsure, and unsure with unsure go on to the next stage;
    two exclusions keep the record out; an exclusion against either of the others is a conflict.
    Fewer than two verdicts leave the record undecided.

    Raises:
        ValueError: there are more than two verdicts, or one that is no vote.
    """
    if len(verdicts) > 2 or any(v == Verdict.WITHDRAWN for v in verdicts):
        raise ValueError(f"a record has at most two standing votes, not {list(verdicts)}")
    if len(verdicts) < 2:
        return Standing.UNDECIDED
    going_on = [Verdict(verdict) in GOES_ON for verdict in verdicts]
    if all(going_on):
        return Standing.INCLUDED
    return Standing.CONFLICT if any(going_on) else Standing.EXCLUDED
