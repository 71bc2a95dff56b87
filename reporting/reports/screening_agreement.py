"""Agreement between the two reviewers of each stage, from released records only."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from uuid import UUID

from reporting.definitions import (
    BLANK,
    Cell,
    Column,
    Joined,
    Layout,
    ReportDefinition,
    Row,
    Snapshot,
    Table,
)
from reporting.printing import count_cell
from reporting.released import kept_for, seats, votes
from reviews.models import Membership
from screening.choices import Stage, Verdict
from stats.agreement import (
    UndefinedStatistic,
    bias_index,
    estimate_kappa,
    gwet_ac1,
    observed_agreement,
    pabak,
    prevalence_index,
)

DECIMALS = 3
STANDING = "standing when the record was first settled or in conflict"
FIRST = "the very first votes"
AS_VOTED = {
    Stage.TITLE_ABSTRACT: (Verdict.INCLUDE, Verdict.UNSURE, Verdict.EXCLUDE),
    Stage.FULL_TEXT: (Verdict.INCLUDE, Verdict.EXCLUDE),
}
GOES_ON = "include or unsure"
NOTES = (
    "Only records whose votes are released. Kappa, PABAK and AC1 are of the answers as "
    "voted; prevalence and bias index are defined for two answers, of which the first "
    "named is the positive one.",
    "All pairs: the two places are the seats dealt, not two persons.",
)
MERGED = (
    "Records that were merged after votes on both are one paper: it counts once for each two "
    "people, where both judged it first."
)
COLUMNS = (
    Column(key="stage", heading="Stage"),
    Column(key="pair", heading="Reviewers"),
    Column(key="records", heading="Records", unit="n", numeric=True),
    Column(key="raw_agreement", heading="Raw agreement", unit="0–1", numeric=True),
    Column(key="kappa", heading="Cohen's kappa", numeric=True),
    Column(key="kappa_lower", heading="95% interval: lower", numeric=True),
    Column(key="kappa_upper", heading="Upper", numeric=True),
    Column(key="pabak", heading="PABAK", numeric=True),
    Column(key="ac1", heading="Gwet's AC1", numeric=True),
    Column(key="prevalence_index", heading="Prevalence index", numeric=True),
    Column(key="bias_index", heading="Bias index", numeric=True),
    Column(key="votes", heading="Votes"),
    Column(key="categories", heading="Answers compared"),
)


@dataclass(frozen=True, slots=True)
class JudgedTwice:
    """One paper on which two votes stood: who voted, and both pairs of verdicts.

    ``at`` is the moment from which both stood.
    """

    record: UUID
    stage: str
    at: datetime
    members: tuple[int, int]
    standing: tuple[str, str]
    first: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Vote:
    """One vote as the database holds it."""

    record: UUID
    record_key: int
    stage: str
    member: int
    verdict: str
    at: datetime


def agreement_table(snapshot: Snapshot) -> Table:
    """Return the rows of each stage: pair by pair, and all pairs together where they rotate."""
    seat_numbers = {
        (record, stage, member): number
        for record, stage, member, number in seats(snapshot).values_list(
            "record", "stage", "member", "number"
        )
    }
    people = Membership.objects.filter(review=snapshot.review).select_related("user")
    named = {member.pk: member for member in people}
    rows: list[Row] = []
    every = list(_judged(_read(snapshot), seat_numbers))
    kept = kept_for(snapshot, (item.record for item in every))
    judged = _once_a_paper(every, kept)
    for stage in Stage:
        rows += _of_stage(stage, [j for j in judged if j.stage == stage], named)
    return Table(rows=tuple(rows), notes=(*NOTES, *[MERGED] * bool(kept)))


def _read(snapshot: Snapshot) -> Iterator[Vote]:
    fields = ("record__uid", "record", "stage", "member", "verdict", "recorded_at")
    return (Vote(*values) for values in votes(snapshot).values_list(*fields).iterator(2000))


def _judged(
    given: Iterable[Vote], seat_numbers: dict[tuple[int, str, int], int]
) -> Iterator[JudgedTwice]:
    for (record, stage), group in groupby(given, key=lambda vote: (vote.record, vote.stage)):
        history = list(group)
        found = first_standing(history)
        if found is None:
            continue
        at, pair = found
        members = sorted(
            pair, key=lambda m: (seat_numbers.get((history[0].record_key, stage, m), 3), m)
        )
        first = {
            vote.member: vote.verdict
            for vote in reversed(history)
            if vote.verdict != Verdict.WITHDRAWN
        }
        one, two = members
        yield JudgedTwice(
            record=record,
            stage=stage,
            at=at,
            members=(one, two),
            standing=(pair[one], pair[two]),
            first=(first[one], first[two]),
        )


def first_standing(history: Iterable[Vote]) -> tuple[datetime, dict[int, str]] | None:
    """Return the first moment two votes stood and their verdicts by member, ``None`` if never."""
    standing: dict[int, str] = {}
    for vote in history:
        if vote.verdict == Verdict.WITHDRAWN:
            standing.pop(vote.member, None)
        else:
            standing[vote.member] = vote.verdict
        if len(standing) == 2:
            return vote.at, standing
    return None


def _once_a_paper(judged: Iterable[JudgedTwice], kept_for: dict[UUID, UUID]) -> list[JudgedTwice]:
    """Return each paper once for each two people: where both judged it first.

    They may have judged several records that were merged into it; others may have, too.
    """
    found: dict[tuple[UUID, str, tuple[int, ...]], JudgedTwice] = {}
    for item in judged:
        paper = kept_for.get(item.record, item.record)
        key = (paper, item.stage, tuple(sorted(item.members)))
        if key not in found or item.at < found[key].at:
            found[key] = replace(item, record=paper)
    return list(found.values())


def _of_stage(
    stage: Stage, judged: list[JudgedTwice], named: dict[int, Membership]
) -> Iterator[Row]:
    by_pair: dict[tuple[int, int], list[JudgedTwice]] = defaultdict(list)
    for item in judged:
        low, high = sorted(item.members)
        by_pair[low, high].append(item)
    for votes_from in (STANDING, FIRST):
        for pair, items in sorted(by_pair.items()):
            said = " / ".join(str(named[member]) for member in pair)
            key = "-".join(str(named[member].uid) for member in pair)
            yield from _figures(stage, said, key, votes_from, _ordered(items, pair, votes_from))
        if len(by_pair) > 1:
            pairs = [(item.record, *_verdicts(item, votes_from)) for item in judged]
            yield from _figures(stage, "All pairs", "all", votes_from, pairs)


def _ordered(
    items: list[JudgedTwice], pair: tuple[int, int], votes_from: str
) -> list[tuple[UUID, str, str]]:
    """Return the verdicts with the same person first throughout."""
    ordered = []
    for item in items:
        one, two = _verdicts(item, votes_from)
        ordered.append((item.record, *((one, two) if item.members == pair else (two, one))))
    return ordered


def _verdicts(item: JudgedTwice, votes_from: str) -> tuple[str, str]:
    return item.standing if votes_from == STANDING else item.first


def _figures(
    stage: Stage, pair: str, key: str, votes_from: str, items: Sequence[tuple[UUID, str, str]]
) -> Iterator[Row]:
    """Yield the figures of the answers as voted and, with three answers, of goes on or not."""
    verdicts = [(one, two) for _, one, two in items]
    records = tuple(map(itemgetter(0), items))
    kind = "standing" if votes_from == STANDING else "first"
    shared = {
        "stage": _word(stage.label),
        "pair": _word(pair),
        "records": count_cell(len(items), records=records),
        "votes": _word(votes_from),
    }
    choices = [[str(answer) for answer in AS_VOTED[stage]]]
    compared = [verdicts]
    if stage == Stage.TITLE_ABSTRACT:
        choices.append([GOES_ON, str(Verdict.EXCLUDE)])
        compared.append([(_goes_on(one), _goes_on(two)) for one, two in verdicts])
    for answers, pairs in zip(choices, compared, strict=True):
        figures, why = _statistics(pairs, answers, records)
        yield Row(
            key=f"{stage}-{key}-{kind}-{len(answers)}",
            cells={**shared, **figures, "categories": _word(", ".join(answers))},
            note=why,
        )


def _statistics(
    pairs: list[tuple[str, str]], answers: list[str], records: tuple[UUID, ...]
) -> tuple[dict[str, Cell], str]:
    """Return the cells of every statistic, and why one of them is undefined."""
    positive = answers[0]
    agreed = sum(one == two for one, two in pairs)
    wanted: dict[str, Callable[[], float]] = {
        "raw_agreement": lambda: observed_agreement(pairs),
        "kappa": lambda: estimate_kappa(pairs).kappa,
        "kappa_lower": lambda: estimate_kappa(pairs).ci_lower,
        "kappa_upper": lambda: estimate_kappa(pairs).ci_upper,
        "pabak": lambda: pabak(pairs, categories=answers),
        "ac1": lambda: gwet_ac1(pairs, categories=answers),
    }
    if len(answers) == 2:
        wanted["prevalence_index"] = lambda: prevalence_index(pairs, positive=positive)
        wanted["bias_index"] = lambda: bias_index(pairs, positive=positive)
    cells, reasons = {}, []
    for key, compute in wanted.items():
        try:
            text = f"{compute():.{DECIMALS}f}"
        except UndefinedStatistic as undefined:
            cells[key] = BLANK
            reasons.append(f"{key.partition('_')[0]} undefined: {undefined}")
        else:
            text = text.removeprefix("-") if float(text) == 0 else text
            formula = f"{agreed} ÷ {len(pairs)}" if key == "raw_agreement" else ""
            cells[key] = Cell(text=text, value=text, records=records, formula=formula)
    return cells, "; ".join(dict.fromkeys(reasons))


def _goes_on(verdict: str) -> str:
    return str(Verdict.EXCLUDE) if verdict == Verdict.EXCLUDE else GOES_ON


def _word(text: str) -> Cell:
    return Cell(text=text, value=text)


def _with_interval(cells: Sequence[Cell]) -> str:
    """Write a coefficient with its interval: 0.400 (0.150 to 0.650)."""
    figure, low, high = (cell.text for cell in cells)
    return f"{figure} ({low} to {high})" if low and high else figure


JOURNAL = Layout(
    columns=(
        Joined(key="stage", heading="Stage"),
        Joined(key="votes", heading="Votes"),
        Joined(key="pair", heading="Reviewers"),
        Joined(key="categories", heading="Answers compared"),
        Joined(key="records", heading="Records", unit="n", numeric=True),
        Joined(key="raw_agreement", heading="Raw agreement", unit="0–1", numeric=True),
        Joined(
            key="kappa_interval",
            heading="Cohen's kappa (95% interval)",
            numeric=True,
            of=("kappa", "kappa_lower", "kappa_upper"),
            write=_with_interval,
        ),
        Joined(key="pabak", heading="PABAK", numeric=True),
        Joined(key="ac1", heading="Gwet's AC1", numeric=True),
        Joined(
            key="prevalence_bias",
            heading="Prevalence; bias index",
            numeric=True,
            of=("prevalence_index", "bias_index"),
            write=lambda cells: "; ".join(cell.text or "–" for cell in cells),
        ),
    ),
    once=("stage", "votes", "pair"),
)
AGREEMENT = ReportDefinition(
    slug="screening-agreement",
    title="Agreement between screeners",
    columns=COLUMNS,
    rows=agreement_table,
    named_by=("stage", "pair", "votes", "categories"),
    source="PRISMA 2020, item 8 (selection process)",
    from_votes=True,
    journal=JOURNAL,
)
