"""How results print: each estimate in its own statistic, and the value before that belongs to it.

A change is of the same people. Where the report states none, one is derived only from two means of
as many people or units of one cohort; the derivation supposes that they are the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from extraction.copies import ElementCopy
from reporting.definitions import BLANK, Cell
from reporting.evidence import Cohort, StudyEvidence
from reporting.printing import EXACT, Answers, of_element, plain

LEVEL = "level"
BASELINE = "baseline"
CENTRES = {"mean": "mean", "median": "median"}
SPREADS = {
    "sd": "SD",
    "se": "SE",
    "ci95": "95 % CI",
    "ci_other": "CI",
    "iqr": "IQR",
    "unclear": "spread, unclear which",
}
INTERVALS = ("ci95", "ci_other")
NOT_SAID = "statistic not stated"
OTHER_LEVEL = "Confidence interval of another level than 95 %."
SAME_PEOPLE = "Derived; the people before and after are assumed to be the same."


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """An estimate as it prints: its text, the name of its statistic, and its number."""

    text: str
    statistic: str
    number: Decimal | None = None
    sources: tuple[UUID, ...] = ()

    def cell(self, note: str = "") -> Cell:
        """Return the cell of the estimate."""
        value = self.text if self.number is None else self.number
        return Cell(text=self.text, value=value, sources=self.sources, note=note)


def summary_of(answers: Answers, stem: str, *, interval: bool = True) -> Estimate | None:
    """Return a summary statistic with what the report gives it with, ``None`` without a number.

    ``interval`` takes a confidence interval into the text; it may have a column of its own.
    """
    said = {part: answers.says(f"{stem}.{part}") for part in _PARTS}
    kind = said["spread"] or ("unclear" if said["spread_value"] else "")
    beside: list[tuple[str, str]] = []
    if kind in SPREADS and (interval or kind not in INTERVALS):
        limits = between(said["spread_low"], said["spread_high"])
        beside.append((SPREADS[kind], said["spread_value"] or limits))
    beside.append(("range", between(said["min"], said["max"])))
    given = [(name, text) for name, text in beside if text]
    value = said["value"]
    if not value and not given:
        return None
    names, texts = "; ".join(name for name, _ in given), "; ".join(text for _, text in given)
    centre = CENTRES.get(said["centre"], NOT_SAID)
    if value:
        return Estimate(
            text=f"{value} ({texts})" if texts else value,
            statistic=f"{centre} ({names})" if names else centre,
            number=answers.number(f"{stem}.value"),
            sources=answers.uids(*(f"{stem}.{part}" for part in _PARTS)),
        )
    uids = answers.uids(*(f"{stem}.{part}" for part in _PARTS))
    return Estimate(text=texts, statistic=names, sources=uids)


_PARTS = ("value", "centre", "spread", "spread_value", "spread_low", "spread_high", "min", "max")


def between(low: str, high: str) -> str:
    """Return two limits as one text; an ellipsis stands for the one that is not given."""
    if not low and not high:
        return ""
    dash = " to " if "-" in f"{low}{high}" or "−" in f"{low}{high}" else "–"
    return dash.join(text or "…" for text in (low, high))


def interval_cell(answers: Answers, stem: str) -> Cell:
    """Return the confidence interval of a summary statistic, blank where it has none."""
    if answers.says(f"{stem}.spread") not in INTERVALS:
        return BLANK
    keys = (f"{stem}.spread_low", f"{stem}.spread_high")
    cell = answers.joined(keys, lambda texts: " to ".join(text or "…" for text in texts))
    if cell.missing or answers.says(f"{stem}.spread") != "ci_other":
        return cell
    return replace(cell, note=" ".join(part for part in (cell.note, OTHER_LEVEL) if part))


def estimate_of(study: StudyEvidence, result: Answers) -> Estimate:
    """Return what a result found, in the statistic in which the report gives it; made once."""
    if result.element is None:
        return _estimate_of(study, result)
    estimate: Estimate | None = study.kept.get(result.element.uid)
    if estimate is None:
        estimate = study.kept[result.element.uid] = _estimate_of(study, result)
    return estimate


def _estimate_of(study: StudyEvidence, result: Answers) -> Estimate:
    summary = summary_of(result, "estimate")
    if summary is not None:
        return summary
    if result.says("events"):
        of = result.says("n")
        return Estimate(
            text=f"{result.says('events')}/{of or '–'}",
            statistic="n/N",
            sources=result.uids("events", "n"),
        )
    if result.says("percent"):
        number = result.number("percent")
        text = result.says("percent")
        return Estimate(
            text=text, statistic="per cent", number=number, sources=result.uids("percent")
        )
    steps = steps_of(study, result)
    if steps:
        return Estimate(
            text="; ".join(f"{row.says('label')} {row.says('n') or '–'}" for row in steps),
            statistic="n by level",
            sources=tuple(uid for row in steps for uid in row.uids("label", "n")),
        )
    return Estimate(text="", statistic="")


def estimate_cell(study: StudyEvidence, result: Answers, *notes: str) -> Cell:
    """Return the cell of what a result found; the code where the report does not say it."""
    estimate = estimate_of(study, result)
    said = [*notes, result.says("note")]
    if not estimate.text:
        codes = (result.cell(means) for means in ("estimate.value", "events", "percent"))
        cell = next((cell for cell in codes if cell.missing), BLANK)
        return replace(cell, note=_sentences(cell.note, *said))
    printed = [cell.note for means in _SAID_OF if (cell := result.cell(means)).note]
    if estimate.statistic == "n/N" and result.says("percent"):
        said.append(f"{result.says('percent')} % as printed.")
    return estimate.cell(_sentences(*dict.fromkeys(printed), *said))


_SAID_OF = ("estimate.value", "estimate.spread_value", "events", "percent")


def _sentences(*said: str) -> str:
    return " ".join(f"{text.rstrip('.')}." for text in said if text)


def steps_of(study: StudyEvidence, answers: Answers) -> list[Answers]:
    """Return the steps of an ordinal scale below a result or a question, by their rank."""
    if answers.element is None:
        return []
    steps = study.copy.of(LEVEL, answers.element)
    rows = [of_element(study.snapshot, study.copy, step) for step in steps]
    return sorted(rows, key=lambda row: (row.number("rank") is None, row.number("rank") or 0))


@dataclass(frozen=True, kw_only=True)
class Series:
    """The results of one outcome in one cohort: those at baseline, and those after."""

    study: StudyEvidence
    cohort: Cohort
    outcome: Answers
    baselines: Sequence[Answers]
    later: Sequence[Answers]

    def treatment(self, result: Answers) -> str:
        """Return the treatment a result came after, on a baseline the one it precedes.

        Where none is named it is the only one the cohort had, and none where it had several.
        """
        return treatment_of(self.study, self.cohort, result)

    def before(self, result: Answers) -> tuple[Answers | None, str]:
        """Return the value before the treatment of a result, or why none is taken."""
        treatment = self.treatment(result)
        rows = [row for row in self.baselines if self.treatment(row) == treatment]
        if not rows and treatment == self._first:
            rows = [row for row in self.baselines if not self.treatment(row)]
        same = [row for row in rows if row.says("set") == result.says("set")]
        if len(same or rows) > 1:
            return None, "several values before: choice open"
        if not rows:
            return None, "no value before this treatment"
        return (same or rows)[0], ""

    @property
    def _first(self) -> str:
        treatments, _ = self.study.treatments_of(self.cohort)
        return treatments[0].uid if treatments else ""


def treatment_of(study: StudyEvidence, cohort: Cohort, answers: Answers) -> str:
    """Return the uid of the treatment an element came after, empty where it is one of several."""
    named = answers.says("after")
    treatments, of_parts = study.treatments_of(cohort)
    if named or of_parts or len(treatments) != 1:
        return named
    return treatments[0].uid


def treatment_cell(study: StudyEvidence, cohort: Cohort, answers: Answers) -> Cell:
    """Return the name of the treatment an element came after."""
    if answers.get("after") is not None:
        return answers.cell("after")
    uid = treatment_of(study, cohort, answers)
    found = next((one for one in study.copy.interventions if str(one.uid) == uid), None)
    return of_element(study.snapshot, study.copy, found).cell("label") if found else BLANK


def series_of(study: StudyEvidence) -> Iterator[Series]:
    """Yield the results of a study by outcome and cohort, in their order."""
    found: dict[tuple[UUID | None, UUID | None], list[ElementCopy]] = {}
    for element in study.copy.results:
        found.setdefault((element.across, element.parent), []).append(element)
    for outcome in study.copy.outcomes:
        for cohort in study.cohorts:
            elements = found.get((outcome.uid, cohort.uid), [])
            rows = [of_element(study.snapshot, study.copy, element) for element in elements]
            if rows:
                yield Series(
                    study=study,
                    cohort=cohort,
                    outcome=of_element(study.snapshot, study.copy, outcome),
                    baselines=[row for row in rows if row.says("time.kind") == BASELINE],
                    later=[row for row in rows if row.says("time.kind") != BASELINE],
                )


def instrument_cell(outcome: Answers) -> Cell:
    """Return the instrument, or what the outcome is called, with its version."""
    named = "instrument" if outcome.get("instrument") else "label"
    return outcome.joined((named, "version"), _with_version)


def _with_version(texts: list[str]) -> str:
    name, version = texts
    return f"{name} ({version})" if version else name


def number_and_unit(result: Answers) -> tuple[Decimal | None, str]:
    """Return how many a result is of, and of what."""
    n = result.number("estimate.n")
    return (result.number("n") if n is None else n), result.says("n.unit")


@dataclass(frozen=True, kw_only=True)
class Change:
    """A change: as reported, or derived with its formula, or why there is none."""

    kind: str = ""
    value: Decimal | None = None
    text: str = ""
    statistic: str = ""
    formula: str = ""
    sources: tuple[UUID, ...] = ()
    why: str = ""

    @property
    def cell(self) -> Cell:
        """Return the cell; where there is no change its note says why."""
        if not self.kind:
            return Cell(note=f"No change: {self.why}." if self.why else "")
        return Cell(
            text=self.text,
            value=self.text if self.value is None else self.value,
            sources=self.sources,
            formula=self.formula,
            note=SAME_PEOPLE if self.kind == "derived" else "",
        )


def change_of(series: Series, result: Answers) -> Change:
    """Return the change of a result: the reported one, else the difference of two means."""
    reported = summary_of(result, "change", interval=False)
    if reported is not None:
        return Change(
            kind="reported",
            value=reported.number,
            text=reported.text,
            statistic=reported.statistic,
            sources=reported.sources,
        )
    if interval_cell(result, "change").text:
        return Change(kind="reported")
    before, why = series.before(result)
    if before is None:
        return Change(why=why)
    why = _why_not(series, before, result)
    if why:
        return Change(why=why)
    first, last = before.number("estimate.value"), result.number("estimate.value")
    if first is None or last is None:
        return Change(why="a mean is missing")
    number = EXACT.subtract(last, first)
    return Change(
        kind="derived",
        value=number,
        text=plain(number),
        statistic="mean",
        formula=f"{plain(last)} − {plain(first)}",
        sources=result.uids("estimate.value", "n") + before.uids("estimate.value", "n"),
    )


def _why_not(series: Series, before: Answers, after: Answers) -> str:
    """Return why the difference of two values is no change of the same people."""
    kinds = [estimate_of(series.study, row).statistic or "nothing" for row in (before, after)]
    if not all(_is_mean(row) for row in (before, after)):
        return f"before is {kinds[0]}, after is {kinds[1]}"
    (n, unit), (m, other) = number_and_unit(before), number_and_unit(after)
    if n is None or m is None:
        return f"n {'before' if n is None else 'after'} is not given"
    if (n, unit) != (m, other):
        word = series.study.snapshot.unit_word
        counted = (f"{plain(n)} {word(unit)}".strip(), f"{plain(m)} {word(other)}".strip())
        return f"{counted[0]} before, {counted[1]} after"
    if before.says("set") != after.says("set"):
        return "before and after are of different analysis sets"
    if before.says("adjusted") != after.says("adjusted"):
        return "one of the two is adjusted"
    return ""


def _is_mean(row: Answers) -> bool:
    value = row.get("estimate.value")
    centre = row.says("estimate.centre")
    return centre == "mean" and value is not None and bool(value.number) and not value.qualifier
