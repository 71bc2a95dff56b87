"""Where things stand in a forest: its lines by treatment, its columns, and its axis."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from statistics import median

from reporting.figures.scales import Linear, Tick, nice_domain
from reporting.figures.widths import text_width, wrapped
from reporting.forest.estimates import Estimate
from reporting.forest.parts import Part
from reporting.forest.words import counted, signed
from reporting.printed import Letters
from reporting.times import months_cell

WIDTH, MARGIN, GAP = 940.0, 8.0, 18.0
TEXT, SMALL, LINE = 13.0, 12.0, 17.0
STUDY_WIDTH, LEAST_PLOT, ROW = 220.0, 240.0, 28.0
TICKS = 6
# So much of the axis is kept on the side of zero on which no estimate lies.
OTHER_SIDE = Decimal("0.2")
DASH = "–"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One row of the figure: what it says, and how high it is.

    ``study`` and ``below`` are the lines that name it, the first empty where the row above does.
    """

    one: Estimate
    study: Sequence[str]
    below: Sequence[str]
    n: str
    months: str
    change: str
    marks: str
    interval: str

    @property
    def height(self) -> float:
        """Return how high the row is."""
        return max(ROW, LINE * (len(self.study) + len(self.below)) + 10)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """The lines of one figure by treatment, and where its columns stand."""

    part: Part
    groups: Sequence[tuple[str, Sequence[Line]]]
    letters: Letters

    @property
    def lines(self) -> list[Line]:
        """Return the lines of every group."""
        return [line for _, lines in self.groups for line in lines]

    @cached_property
    def study_width(self) -> float:
        """Return the width of the column of studies."""
        widths = [text_width(text, TEXT) for line in self.lines for text in line.study]
        widths += [text_width(text, SMALL) for line in self.lines for text in line.below]
        return max(90.0, *widths)

    @cached_property
    def n_right(self) -> float:
        """Return where the numbers analysed end."""
        words = [*(line.n for line in self.lines), "analysed"]
        return MARGIN + self.study_width + GAP + max(text_width(text, TEXT) for text in words)

    @cached_property
    def months_right(self) -> float:
        """Return where the times end."""
        widths = [text_width(line.months, TEXT) for line in self.lines]
        return self.n_right + GAP + max(text_width("Months", TEXT, bold=True), *widths)

    @cached_property
    def interval_width(self) -> float:
        """Return the width of the widest interval with the marks before it."""
        marks = max(text_width(line.marks, SMALL) for line in self.lines)
        return max(text_width(line.interval, TEXT) for line in self.lines) + marks + 8

    @cached_property
    def change_width(self) -> float:
        """Return the width of the column of changes."""
        widest = max(text_width(line.change, TEXT) for line in self.lines)
        heading = text_width("Mean change", TEXT, bold=True)
        return max(widest + self.interval_width, heading)

    @property
    def plot_left(self) -> float:
        """Return where the axis begins."""
        return self.months_right + GAP + 6

    @cached_property
    def right(self) -> float:
        """Return where the last column ends; the figure grows where the axis would be too short."""
        least = self.plot_left + LEAST_PLOT + GAP + 6 + self.change_width
        return max(WIDTH - MARGIN, least)

    @property
    def plot_right(self) -> float:
        """Return where the axis ends."""
        return self.right - self.change_width - GAP - 6

    @property
    def width(self) -> float:
        """Return the width of the figure."""
        return self.right + MARGIN

    @cached_property
    def axis(self) -> Linear:
        """Return the axis: it holds zero, every change and the MCID, and most of the intervals.

        A limit far beyond the others is cut off; its line ends in an arrow.
        """
        limits = [one.change.limits for one in self.part.drawn]
        values = [one.change.value or Decimal(0) for one in self.part.drawn]
        core = [Decimal(0), *values, *([self.part.mcid] if self.part.mcid is not None else [])]
        half = median([(high - low) / 2 for low, high in filter(None, limits)] or [Decimal(0)])
        beyond = max(max(core) - min(core), 3 * half)
        floor, roof = min(core) - beyond, max(core) + beyond
        ends = [min(max(end, floor), roof) for pair in filter(None, limits) for end in pair]
        low, high = min(*core, *ends), max(*core, *ends)
        room = OTHER_SIDE * (high - low)
        low, high = min(low, -room), max(high, room if self.part.direction else high)
        first, last = nice_domain([low, high], TICKS)
        return Linear(low=first, high=last, start=self.plot_left, end=self.plot_right)

    @property
    def ticks(self) -> list[Tick]:
        """Return the ticks, so many that their texts stay apart."""
        for about in range(TICKS, 1, -1):
            ticks = self.axis.ticks(about)
            widest = max(text_width(tick.text, SMALL) for tick in ticks)
            if widest + 10 < (self.plot_right - self.plot_left) / max(1, len(ticks) - 1):
                return ticks
        return self.axis.ticks(1)


def sheet_of(part: Part) -> Sheet:
    """Return the lines of a figure, with the letters of their notes."""
    letters = Letters()
    groups = [(name, _lines(part, estimates, letters)) for name, estimates in part.groups]
    return Sheet(part=part, groups=groups, letters=letters)


def _lines(part: Part, estimates: Sequence[Estimate], letters: Letters) -> list[Line]:
    """Return the lines of a group; what the line above says of the study is not said again."""
    above = [None, *(one.study for one in estimates)]
    return [
        _line(part, one, letters, is_told=one.study is study)
        for one, study in zip(estimates, above, strict=False)
    ]


def _line(part: Part, one: Estimate, letters: Letters, *, is_told: bool) -> Line:
    change, below = one.change, _below(part, one)
    interval = ""
    if change.limits is not None:
        low, high = change.limits
        interval = f"({signed(low)} to {signed(high)})"
    return Line(
        one=one,
        study=wrapped(one.study.label, STUDY_WIDTH, TEXT) if not is_told else (),
        below=wrapped(below, STUDY_WIDTH, SMALL) if below else (),
        n=counted(change.n, change.unit, part.snapshot) if change.n is not None else DASH,
        months=months_cell(one.result).text or DASH,
        change=signed(change.value) if change.value is not None else "",
        marks=letters.of(*change.marks),
        interval=interval,
    )


def _below(part: Part, one: Estimate) -> str:
    """Return the cohort where the study has several, and the treatment of several of a kind."""
    own = [other for other in part.drawn if other.study is one.study]
    said = []
    if len({other.cohort.uid for other in own}) > 1:
        said.append(one.cohort.name)
    twins = [x for x in own if x.cohort is one.cohort and x.category == one.category]
    if len(twins) > 1:
        after = one.series.treatment(one.result)
        names = (e.meant.get("label") for e in one.study.copy.interventions if str(e.uid) == after)
        said += [name.text for name in names if name is not None]
    return ", ".join(said)
