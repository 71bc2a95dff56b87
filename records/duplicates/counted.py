"""Numbers by which an export counted its records, in the column of issues: they say nothing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from records.duplicates.fingerprints import Fingerprint

# So many numbers, of which so large a part is each of one record, are no issues.
FEWEST = 30
UNIQUE = 0.9
# A volume seldom has more issues; of one export among others only the numbers beyond are known.
MOST_ISSUES = 60
DENSE = 0.5


def without_counts(read: Sequence[Fingerprint]) -> Sequence[Fingerprint]:
    """Return the fingerprints without issues that merely count the records of an export.

    Issues come again in any search, a running number never does within its export.
    """
    times = Counter(mark.place.issue for mark in read if mark.place.issue)
    running = _running(times)
    if not running:
        return read
    return [
        replace(mark, place=replace(mark.place, issue=0)) if mark.place.issue in running else mark
        for mark in read
    ]


def _running(times: Counter[int]) -> frozenset[int]:
    once = [number for number, count in times.items() if count == 1]
    if len(once) < FEWEST:
        return frozenset()
    if len(once) >= UNIQUE * times.total():
        return frozenset(times)
    beyond = [number for number in once if number > MOST_ISSUES]
    if len(beyond) < FEWEST or len(beyond) < DENSE * (max(beyond) - min(beyond) + 1):
        return frozenset()
    return frozenset(beyond)
