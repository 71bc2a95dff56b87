"""The figures of the forest: one an instrument, with its estimates by treatment and its MCID."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from reporting.definitions import Snapshot
from reporting.evidence import SEVERAL, StudyEvidence, categories_in, evidence_of
from reporting.forest.estimates import Estimate, axis_of, estimates_of
from reporting.printing import key_of, plain

HIGHER, LOWER = "higher_better", "lower_better"


@dataclass(frozen=True, kw_only=True)
class Part:
    """What one figure shows: the estimates that share an axis, drawn or not."""

    snapshot: Snapshot
    title: str
    estimates: Sequence[Estimate]

    @property
    def key(self) -> str:
        """Return the name of the figure in addresses."""
        return key_of(self.title.casefold())

    @cached_property
    def groups(self) -> Sequence[tuple[str, Sequence[Estimate]]]:
        """Return the estimates that are drawn, by category of treatment in the review's order."""
        found: dict[str, list[Estimate]] = {}
        for one in self.estimates:
            if one.is_drawn:
                found.setdefault(one.category, []).append(one)
        ordered = [*categories_in(self.snapshot), SEVERAL]
        names = [name for name in ordered if name in found]
        names += [name for name in found if name not in names]
        return [(name, found[name]) for name in names]

    @property
    def drawn(self) -> Sequence[Estimate]:
        """Return the estimates that are drawn, in the order of the figure."""
        return [one for _, estimates in self.groups for one in estimates]

    @property
    def not_drawn(self) -> Sequence[Estimate]:
        """Return the estimates that are not drawn."""
        return [one for one in self.estimates if not one.is_drawn]

    @property
    def without(self) -> Sequence[StudyEvidence]:
        """Return the studies that report no such outcome."""
        given = {one.study.uid for one in self.estimates}
        return [study for study in evidence_of(self.snapshot) if study.uid not in given]

    @property
    def direction(self) -> str:
        """Return which end is better, where the estimates that say it say the same."""
        return _only(one.outcome.says("direction") for one in self.drawn)

    @property
    def unit(self) -> str:
        """Return the unit of the scale, where the estimates that say it say the same."""
        return _only(one.outcome.says("unit") for one in self.drawn)

    @cached_property
    def mcids(self) -> dict[Decimal, list[Estimate]]:
        """Return the MCIDs that are used, with who uses each."""
        found: dict[Decimal, list[Estimate]] = {}
        for one in self.drawn:
            number = one.outcome.number("mcid")
            if number is not None:
                found.setdefault(abs(number), []).append(one)
        return found

    @property
    def mcid(self) -> Decimal | None:
        """Return the change that is the MCID, on the side of improvement.

        ``None`` where several are used or none, or where the better side is not known.
        """
        sign = {HIGHER: 1, LOWER: -1}.get(self.direction)
        if sign is None or len(self.mcids) != 1:
            return None
        return sign * next(iter(self.mcids))


def _only(texts: Iterator[str]) -> str:
    """Return the one text that is given, empty where several are or none is."""
    given = {text for text in texts if text}
    return given.pop() if len(given) == 1 else ""


def parts_of(snapshot: Snapshot) -> Sequence[Part]:
    """Return the parts of which something is drawn, the one with most cohorts first."""
    if "forest-parts" not in snapshot.kept:
        drawn = [part for part in _every(snapshot) if part.drawn]
        snapshot.kept["forest-parts"] = sorted(drawn, key=lambda part: -len(part.drawn))
    parts: Sequence[Part] = snapshot.kept["forest-parts"]
    return parts


def part_named(snapshot: Snapshot, key: str) -> Part | None:
    """Return the part with a key, the first one for none, ``None`` where there is no such part."""
    parts = parts_of(snapshot)
    if not key:
        return parts[0] if parts else None
    return next((part for part in parts if part.key == key), None)


def titles_of(snapshot: Snapshot) -> dict[tuple[str, ...], str]:
    """Return what the axis of each estimate is called."""
    if "forest-titles" not in snapshot.kept:
        firsts: dict[tuple[str, ...], Estimate] = {}
        for one in estimates_of(snapshot):
            firsts.setdefault(axis_of(one), one)
        scales: dict[str, set[str]] = {}
        for name, scale, _ in firsts:
            scales.setdefault(name, set()).add(scale)
        snapshot.kept["forest-titles"] = {
            axis: _title(one, several_scales=len(scales[axis[0]]) > 1)
            for axis, one in firsts.items()
        }
    titles: dict[tuple[str, ...], str] = snapshot.kept["forest-titles"]
    return titles


def _title(one: Estimate, *, several_scales: bool) -> str:
    scale = f" [{one.scale or 'scale not stated'}]" if several_scales else ""
    window = f", {one.window}" if one.window else ""
    return f"{one.name}{scale}{window}"


def _every(snapshot: Snapshot) -> Iterator[Part]:
    found: dict[tuple[str, ...], list[Estimate]] = {}
    for one in estimates_of(snapshot):
        found.setdefault(axis_of(one), []).append(one)
    titles = titles_of(snapshot)
    for axis, estimates in found.items():
        yield Part(snapshot=snapshot, title=titles[axis], estimates=estimates)


def mcid_words(part: Part) -> str:
    """Return what is said of the MCID, as a sentence; empty where no study names one."""
    used = part.mcids
    if not used:
        return ""
    if len(used) > 1:
        each = "; ".join(
            f"{plain(value)} in {_studies(estimates)}" for value, estimates in used.items()
        )
        return f"No line for the MCID, which differs: {each}."
    [(value, estimates)] = used.items()
    sources = dict.fromkeys(one.outcome.says("mcid.source") for one in estimates)
    source = "; ".join(text for text in sources if text) or "source not stated"
    by = ""
    if len(estimates) < len(part.drawn):
        by = f", used in {len(estimates)} of {len(part.drawn)} cohorts"
    if part.mcid is None:
        return f"No line for the MCID of {plain(value)} ({source}): no one direction is stated."
    return f"Dashed line: MCID {plain(value)} ({source}){by}."


def _studies(estimates: Sequence[Estimate]) -> str:
    return ", ".join(dict.fromkeys(one.study.label for one in estimates))
