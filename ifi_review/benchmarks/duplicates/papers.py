"""Invented papers, and the relatives of a paper that are other papers."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from ifi_review.benchmarks.duplicates import material

Author = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Paper:
    """One paper as its publisher prints it; ``original`` is its title in its own language."""

    number: int
    title: str
    authors: tuple[Author, ...]
    year: int
    journal: str
    short: str
    volume: str
    issue: str
    pages: str
    doi: str = ""
    pmid: str = ""
    issn: str = ""
    abstract: str = ""
    kind: str = "article"
    original: str = ""


class Library:
    """Makes papers from a seed, each with a number of its own."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.made = 0
        self.titles: set[str] = set()

    def paper(self) -> Paper:
        """Return a new paper."""
        rng = self.rng
        journal, short, issn, first, pages = rng.choice(material.JOURNALS)
        year = rng.randint(max(first + 1, 1990), 2023)
        self.made += 1
        number = self.made
        start = rng.randint(2, 1_400)
        original = ""
        if journal.startswith("Zeitschrift"):
            original = rng.choice(material.GERMAN).format(k=number)
        elif journal.startswith("Revue"):
            original = rng.choice(material.FRENCH).format(k=number)
        return Paper(
            number=number,
            title=self._title(),
            authors=self.authors(),
            year=year,
            journal=journal,
            short=short,
            volume=str(year - first),
            issue=str(rng.randint(1, 12)),
            pages=_pages(pages, start, start + rng.randint(3, 14), number),
            doi=_doi(first, short, year, number),
            pmid=str(30_000_000 + number * 37),
            issn=issn,
            abstract=self._abstract(),
            original=original,
        )

    def other(self, paper: Paper, **fields: Any) -> Paper:
        """Return another paper that is like the one given but for ``fields``."""
        self.made += 1
        number = self.made
        doi = f"10.{6000 + number % 700}/other.{number}" if paper.doi else ""
        base = replace(paper, number=number, doi=doi, pmid=str(30_000_000 + number * 37))
        return replace(base, **fields)

    def authors(self) -> tuple[Author, ...]:
        """Return the authors of a paper, seldom one alone."""
        count = self.rng.choice((1, 2, 3, 3, 4, 4, 5, 6, 7, 9))
        names = self.rng.sample(material.SURNAMES, count)
        return tuple((name, self.rng.choice(material.GIVEN)) for name in names)

    def _title(self) -> str:
        for _ in range(100):
            title = self._words()
            if title not in self.titles:
                break
        self.titles.add(title)
        return title

    def _words(self) -> str:
        rng = self.rng
        operation, second = rng.choice(material.OPERATIONS), rng.choice(material.OPERATIONS)
        disease, people = rng.choice(material.DISEASES), rng.choice(material.PEOPLE)
        outcome, design = rng.choice(material.OUTCOMES), rng.choice(material.DESIGNS)
        method = rng.choice(material.METHODS)
        title = rng.choice(
            (
                f"{operation} for {disease} in {people}: {design}",
                f"effect of {operation} on {outcome} in {people} with {disease}",
                f"{outcome} after {operation} for {disease}: {design}",
                f"diagnosing {disease} with {method}: {design}",
                f"{operation} versus {second} for {disease} - {design}",
                f"is {method} useful before {operation} in {people}?",
                f"{disease} and {outcome} in {people}",
                f"{disease} in {people}",
            )
        )
        return title[0].upper() + title[1:]

    def _abstract(self) -> str:
        rng = self.rng
        filled = [
            sentence.format(
                n=rng.randint(12, 980),
                k=rng.randint(2, 60),
                a=rng.randint(1, 9),
                b=rng.randint(10, 40),
                people=rng.choice(material.PEOPLE),
                outcome=rng.choice(material.OUTCOMES),
                operation=rng.choice(material.OPERATIONS),
                disease=rng.choice(material.DISEASES),
                method=rng.choice(material.METHODS),
            )
            for sentence in rng.sample(material.SENTENCES, 5)
        ]
        return " ".join(text[0].upper() + text[1:] for text in filled)


def _pages(kind: str, first: int, last: int, number: int) -> str:
    return f"{first}-{last}" if kind == "range" else f"e{number + 20_000}"


def _doi(first: int, short: str, year: int, number: int) -> str:
    if year < 1999:
        return ""
    return f"10.{5000 + first}/{short.split(maxsplit=1)[0].lower()}.{year}.{number:05d}"


def relatives(library: Library, paper: Paper) -> dict[str, Callable[[], Paper]]:
    """Return the makers of papers that look like ``paper`` and are not, by the name of the trap."""
    rng = library.rng
    late = str(rng.randint(1_500, 1_900))

    place = {"volume": str(int(paper.volume) + 1), "pages": f"{late}-{int(late) + 6}"}
    supplement = rng.choice(material.SUPPLEMENTS)
    bare = paper.title.split(":")[0]
    new = partial(library.other, paper)
    return {
        "erratum": lambda: new(title=f"Erratum to: {paper.title}", pages=late, abstract=""),
        "reply": lambda: new(title=f"Reply to the letter on “{paper.title}”", abstract="", **place),
        "comment": lambda: new(
            title=f"Comment on: {paper.title}", authors=library.authors(), abstract="", **place
        ),
        "part two": lambda: new(title=f"{bare}. Part 2: {rng.choice(material.OUTCOMES)}", **place),
        "conference abstract": lambda: new(
            year=paper.year - rng.randint(0, 1),
            journal=supplement[0], short=supplement[1], issn=supplement[2], volume="12",
            issue="Suppl 1", pages=f"S{rng.randint(10, 400)}", kind="conference abstract", doi="",
            pmid="", abstract=paper.abstract[:200],
        ),
        "companion": lambda: new(
            title=f"{bare}: {rng.choice(material.OUTCOMES)} and {rng.choice(material.OUTCOMES)}",
            year=min(2024, paper.year + rng.randint(0, 2)), abstract=library.paper().abstract,
            **place,
        ),
        "update": lambda: new(
            title=f"{bare}: {paper.year + 3} update", year=paper.year + 3,
            volume=str(int(paper.volume) + 3), pages=f"{late}-{int(late) + 20}",
        ),
        "other authors": lambda: new(
            authors=library.authors(), journal="Seminars in Sports Injury",
            short="Semin Sports Inj", issn="2981-4569", abstract=library.paper().abstract, **place
        ),
        "preprint": lambda: new(
            journal="medRxiv", short="medRxiv", issn="", volume="", issue="", pages="",
            doi=f"10.1101/{paper.year}.01.{paper.number:08d}", pmid="", kind="preprint",
        ),
        "registration": lambda: new(
            journal="ClinicalTrials.gov", short="ClinicalTrials.gov", issn="", volume="", issue="",
            pages=f"NCT{paper.number:08d}", doi="", pmid="", kind="trial registration",
            year=paper.year - 2,
        ),
    }  # fmt: skip


def cochrane_versions(library: Library) -> list[Paper]:
    """Return two versions of one review, which are two papers."""
    first = library.paper()
    stem = f"10.1002/14651858.CD9{first.number:05d}"
    common: dict[str, Any] = {
        "journal": "Cochrane Database of Systematic Reviews",
        "short": "Cochrane Database Syst Rev", "issn": "1469-493X", "volume": "",
        "pages": f"CD9{first.number:05d}",
    }  # fmt: skip
    old = replace(first, doi=f"{stem}.pub2", issue="3", year=2009, **common)
    library.made += 1
    new = replace(
        old, number=library.made, doi=f"{stem}.pub3", issue="7", year=2014,
        pmid=str(30_000_000 + library.made * 37),
    )  # fmt: skip
    return [old, new]


def generic_series(library: Library, title: str) -> list[Paper]:
    """Return several papers of one title that says nothing, in one journal and year."""
    series = []
    first = library.paper()
    for issue in range(1, 5):
        paper = library.paper()
        series.append(
            replace(
                paper, title=title, journal=first.journal, short=first.short, issn=first.issn,
                year=first.year, volume=first.volume, issue=str(issue), abstract="", original="",
                authors=first.authors[:1] if issue % 2 else paper.authors[:1],
                pages=str(100 * issue + library.rng.randint(1, 60)),
            )
        )  # fmt: skip
    return series
