"""Makes the labelled set: the same seed, the same bytes."""

import csv
import random
from collections.abc import Iterator
from io import StringIO

from ifi_review.benchmarks.duplicates import material
from ifi_review.benchmarks.duplicates.exports import COLUMNS, DATABASES, Row
from ifi_review.benchmarks.duplicates.kinds import KINDS
from ifi_review.benchmarks.duplicates.papers import (
    Library,
    Paper,
    cochrane_versions,
    generic_series,
    relatives,
)

SEED = 20_240
PAPERS = 900
RELATED = 0.22


def labelled(seed: int = SEED, papers: int = PAPERS) -> str:
    """Return the labelled set as CSV; rows of one ``duplicate_group`` are one paper."""
    rng = random.Random(seed)
    library = Library(seed)
    rows = [row for paper in _papers(library, papers) for row in _exports(paper, rng)]
    rows += _habits(library, rng)
    rng.shuffle(rows)
    text = StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(row | {"id": str(at)} for at, row in enumerate(rows, start=1))
    return text.getvalue()


def _papers(library: Library, count: int) -> Iterator[Paper]:
    for at in range(count):
        paper = library.paper()
        yield paper
        if library.rng.random() < RELATED:
            makers = relatives(library, paper)
            for name in library.rng.sample(sorted(makers), library.rng.choice((1, 1, 2))):
                yield makers[name]()
        if at % 80 == 0:
            yield from cochrane_versions(library)
    for title in material.GENERIC:
        yield from generic_series(library, title)


def _exports(paper: Paper, rng: random.Random) -> Iterator[Row]:
    found = [name for name, (_, share) in DATABASES.items() if rng.random() < share]
    if paper.kind == "trial registration":
        found = [name for name in found if name in {"CENTRAL", "Embase"}]
    for name in found or ["PubMed" if paper.pmid else "Embase"]:
        row = DATABASES[name][0](paper, rng)
        if paper.kind == "trial registration":
            row["authors"] = ""
        yield _told(paper, name, row)


def _habits(library: Library, rng: random.Random) -> Iterator[Row]:
    """Yield the rows of what real exports do, and of what looks the same and is not."""
    for kind, times in KINDS:
        for _ in range(times):
            for paper, name, row in kind(library, rng):
                yield _told(paper, name, row)


def _told(paper: Paper, name: str, row: Row) -> Row:
    return row | {"source": name, "duplicate_group": f"P{paper.number:05d}"}
