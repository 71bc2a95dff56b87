"""What is said beside the forest: the range of changes, why nothing is pooled, who is not in it."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from extraction import groups
from reporting.definitions import Snapshot
from reporting.forest.estimates import Estimate
from reporting.forest.parts import Part, mcid_words
from reporting.printing import plain, without_zeros
from reporting.quantities import PATIENTS
from reporting.subtotals import LIMB

NOT_STATED = "not stated"
POOLED = "Not pooled: "
ARM = "arm"


def signed(number: Decimal) -> str:
    """Return a number as figures print it, with a true minus sign."""
    return plain(number).replace("-", "−")


def counted(number: Decimal, unit: str, snapshot: Snapshot) -> str:
    """Return a count with the word for what it counts: 15 hips, 1 patient, 12."""
    word = snapshot.unit_word(unit)
    if number == 1:
        one = {"units": snapshot.settings.unit_singular, "patients": "patient"}
        word = one.get(unit, word)
    return f"{without_zeros(number)} {word}".strip()


def people_words(snapshot: Snapshot, estimates: Sequence[Estimate]) -> str:
    """Return how many the estimates are of: patients and units apart, never added together.

    A cohort is counted once, with the largest number of it that an estimate is of.
    """
    cohorts: dict[UUID, list[Estimate]] = {}
    limbs: dict[UUID, set[UUID]] = {}
    for one in estimates:
        cohorts.setdefault(one.cohort.uid, []).append(one)
        if one.cohort.kind == LIMB and one.change.unit == PATIENTS:
            limbs.setdefault(one.study.uid, set()).add(one.cohort.uid)
    twice = {uid for uids in limbs.values() if len(uids) > 1 for uid in uids}
    sums: dict[str, Decimal] = {}
    unknown = 0
    for uid, own in cohorts.items():
        numbers = [(one.change.n, one.change.unit) for one in own if one.change.unit]
        known = [(n, unit) for n, unit in numbers if n is not None]
        unknown += not known
        if known and uid not in twice:
            n, unit = max(known)
            sums[unit] = sums.get(unit, Decimal(0)) + n
    said = [counted(total, unit, snapshot) for unit, total in sorted(sums.items(), reverse=True)]
    parts = [" and ".join(said)]
    if unknown:
        what = "cohort" if unknown == 1 else "cohorts"
        parts.append(f"n or its unit not given in {unknown} {what}")
    if twice:
        parts.append("without limbs of the same people")
    return "; ".join(part for part in parts if part)


def range_words(part: Part, category: str, estimates: Sequence[Estimate]) -> str:
    """Return the range of the changes after one category of treatment, with who they are of."""
    values = [one.change.value for one in estimates if one.change.value is not None]
    low, high = min(values), max(values)
    unit = f" {part.unit}" if part.unit else ""
    people = people_words(part.snapshot, estimates)
    of = f" ({people})" if people else ""
    name = category[:1].upper() + category[1:]
    number = len({one.cohort.uid for one in estimates})
    if len(estimates) == 1:
        return f"{name}: the mean change was {signed(low)}{unit} in one cohort{of}."
    lay = f"lay between {signed(low)} and {signed(high)}{unit}"
    if low == high:
        lay = f"was {signed(low)}{unit}"
    cohorts = "one cohort" if number == 1 else f"{number} cohorts"
    return f"{name}: the mean change {lay} in {cohorts}{of}."


def ranges_words(part: Part) -> str:
    """Return the ranges of the changes, treatment by treatment."""
    return " ".join(range_words(part, name, estimates) for name, estimates in part.groups)


def not_pooled(estimates: Sequence[Estimate]) -> str:
    """Return why the estimates are not pooled, from the designs of their studies."""
    return f"{POOLED}{_designs(estimates)}; {_levels(estimates)}."


def _designs(estimates: Sequence[Estimate]) -> str:
    cohorts = {one.cohort.uid: one for one in estimates}.values()
    alone = [one for one in cohorts if not _is_compared(one)]
    if len(cohorts) == 1:
        return (
            "the only cohort is a series without a control group"
            if alone
            else "the only cohort is one group of a comparison, of which the change within it is "
            "shown"
        )
    if len(alone) == len(cohorts):
        return f"all {len(cohorts)} cohorts are series without a control group"
    if not alone:
        return (
            f"all {len(cohorts)} cohorts are groups of comparisons, of which only the change "
            "within each group is shown"
        )
    return (
        f"{len(alone)} of {len(cohorts)} cohorts are series without a control group, and of the "
        "others only the change within each group is shown"
    )


def _is_compared(one: Estimate) -> bool:
    """Return whether a cohort is one of the groups that its study compares."""
    contrasts = one.study.copy.in_group(groups.CONTRAST)
    named = {
        answer.text
        for contrast in contrasts
        for means in ("cohort_a", "cohort_b")
        if (answer := contrast.meant.get(means)) is not None
    }
    return one.cohort.kind == ARM or str(one.cohort.uid) in named


def _levels(estimates: Sequence[Estimate]) -> str:
    """Return the levels of evidence of the studies, and how many have each."""
    studies = {one.study.uid: one.study for one in estimates}.values()
    levels = Counter(study.answers.says("level_of_evidence") or NOT_STATED for study in studies)
    if len(levels) == 1:
        [(level, number)] = levels.items()
        of = f"in all {number} studies" if number > 1 else "in the only study"
        return f"level of evidence {level} {of}"
    order = sorted(levels, key=lambda level: (level == NOT_STATED, level))
    each = ", ".join(
        f"{level} ({levels[level]} {'study' if levels[level] == 1 else 'studies'})"
        for level in order
    )
    return f"levels of evidence: {each}"


def not_drawn_words(part: Part) -> str:
    """Return what is not drawn and why, by study; empty where all is drawn."""
    said: dict[str, list[str]] = {}
    for one in part.not_drawn:
        whys = said.setdefault(one.study.label, [])
        if one.why_not not in whys:
            whys.append(one.why_not)
    each = "; ".join(f"{label} ({', '.join(whys)})" for label, whys in said.items())
    return f"Not drawn: {each}." if each else ""


def without_words(part: Part) -> str:
    """Return the studies that report no such outcome; empty where all do."""
    names = ", ".join(study.label for study in part.without)
    return f"No {part.title}: {names}." if names else ""


def sentences(part: Part) -> tuple[str, ...]:
    """Return what is said of a figure in words, each a line of its own."""
    said = (
        ranges_words(part),
        not_pooled(part.drawn),
        mcid_words(part),
        not_drawn_words(part),
        without_words(part),
    )
    return tuple(text for text in said if text)
