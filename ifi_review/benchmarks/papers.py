"""Search files made up for measuring: the same number of papers gives the same file, always.

Words, titles and abstracts are invented. About one entry in seven is a paper that stands in the
file already, as another database would export it.
"""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

SEED = 20260501
# Words to be searched for: one in a record in 20,000, and one in a title in three.
RARE, COMMON = "zygapophyseal", "hip"
RARE_EVERY = 20_000
SYLLABLES = tuple(
    re.findall(
        "[a-z]+",
        "ab ac al ar ba bi bo ca ce co cy da de di do el en er fa fe fi ga gen glo ha he hy im is "
        "ka la le lo ma me mi mo na ne no os pa pe po pro ra re ri ro sa se si so ta te ti to tra "
        "tri ur va ve vi xo",
    )
)
PLAIN = ("after", "before", "during", "in", "of", "versus", "with", "without", "among", "for")
TYPES = ("JOUR", "JOUR", "JOUR", "JOUR", "CONF", "CHAP")
ABSTRACT_SENTENCES = 12
WORDS, SURNAMES, JOURNALS, SENTENCES = 6_000, 4_000, 400, 4_000
DUPLICATES_OF_100 = 15


@dataclass(frozen=True, kw_only=True, slots=True)
class Paper:
    """One paper as a database exports it."""

    number: int
    title: str
    authors: tuple[str, ...]
    year: int
    journal: str
    abbreviation: str
    volume: int
    issue: int
    first_page: int
    last_page: str
    doi: str
    abstract: str
    keywords: tuple[str, ...]
    kind: str


class Library:
    """What papers are made from, and the papers, in an order that never changes."""

    def __init__(self) -> None:
        self.chance = random.Random(SEED)
        self.words = [self._word(2, 4) for _ in range(WORDS)]
        self.surnames = [self._word(2, 3).capitalize() for _ in range(SURNAMES)]
        self.journals = [
            " ".join(word.capitalize() for word in self._some(self.words, 2, 4))
            for _ in range(JOURNALS)
        ]
        self.sentences = [
            f"{' '.join(self._some(self.words, 14, 22)).capitalize()}." for _ in range(SENTENCES)
        ]

    def papers(self, number: int) -> Iterator[Paper]:
        """Yield this many entries; some are entries of earlier ones in other clothes."""
        first = [self._paper(place) for place in range(min(number, 50))]
        yield from first
        earlier = list(first)
        for place in range(len(first), number):
            if self.chance.randrange(100) < DUPLICATES_OF_100:
                yield self._again(self.chance.choice(earlier), place)
                continue
            paper = self._paper(place)
            if len(earlier) < 20_000:
                earlier.append(paper)
            else:
                earlier[self.chance.randrange(len(earlier))] = paper
            yield paper

    def _paper(self, place: int) -> Paper:
        chance = self.chance
        words = self._some(self.words, 6, 12)
        words[len(words) // 2] = chance.choice(PLAIN)
        if place % 3 == 0:
            words.insert(1, COMMON)
        if place % RARE_EVERY == 7:
            words.append(RARE)
        start = chance.randrange(1, 2_000)
        return Paper(
            number=place,
            title=" ".join(words).capitalize(),
            authors=tuple(
                f"{chance.choice(self.surnames)}, {chr(chance.randrange(65, 91))}."
                for _ in range(chance.randrange(1, 7))
            ),
            year=chance.randrange(1980, 2027),
            journal=(journal := chance.choice(self.journals)),
            abbreviation=" ".join(word[:4] for word in journal.split()),
            volume=chance.randrange(1, 90),
            issue=chance.randrange(1, 13),
            first_page=start,
            last_page=str(start + chance.randrange(3, 15)),
            doi=f"10.{chance.randrange(1_000, 9_999)}/{chance.choice(self.words)}.{place}",
            abstract=" ".join(chance.choices(self.sentences, k=ABSTRACT_SENTENCES)),
            keywords=tuple(self._some(self.words, 3, 6)),
            kind=chance.choice(TYPES),
        )

    def _again(self, paper: Paper, place: int) -> Paper:
        """Return the same paper as another database has it."""
        kind = self.chance.randrange(3)
        other = replace(paper, number=place, keywords=(), title=f"{paper.title}.")
        if kind == 0:
            return replace(other, journal=paper.abbreviation, abbreviation="")
        if kind == 1:
            return replace(other, doi="", title=paper.title.upper())
        authors = tuple(author.replace(",", "").replace(".", "") for author in paper.authors)
        return replace(other, authors=authors, last_page=paper.last_page[-2:])

    def _word(self, least: int, most: int) -> str:
        return "".join(self.chance.choices(SYLLABLES, k=self.chance.randint(least, most)))

    def _some(self, pool: Sequence[str], least: int, most: int) -> list[str]:
        return self.chance.choices(pool, k=self.chance.randint(least, most))


def mixed(number: int) -> Iterator[Paper]:
    """Yield papers as searches in several databases give them."""
    return Library().papers(number)


def identical(number: int) -> Iterator[Paper]:
    """Yield one paper again and again; only the number that the file gives it differs."""
    paper = next(Library().papers(1))
    return (replace(paper, number=place) for place in range(number))


def one_prefix(number: int) -> Iterator[Paper]:
    """Yield papers of one year whose titles all begin with the same words."""
    start = "Treatment of ischiofemoral impingement in adults of working age"
    for paper in Library().papers(number):
        title = f"{start}: {paper.title.lower()}"
        yield replace(paper, title=title, year=2020, journal="Hip", abbreviation="", doi="")


KINDS: dict[str, Callable[[int], Iterator[Paper]]] = {
    "mixed": mixed,
    "identical": identical,
    "one-prefix": one_prefix,
}


def write_ris(path: Path, kind: str, number: int) -> int:
    """Write a RIS file of ``number`` papers of one kind; return its size in bytes."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for paper in KINDS[kind](number):
            file.write(_entry(paper))
    return path.stat().st_size


def _entry(paper: Paper) -> str:
    lines = [
        f"TY  - {paper.kind}",
        f"ID  - {paper.number}",
        f"TI  - {paper.title}",
        *(f"AU  - {author}" for author in paper.authors),
        f"PY  - {paper.year}",
        f"JF  - {paper.journal}",
        *([f"J2  - {paper.abbreviation}"] if paper.abbreviation else []),
        f"VL  - {paper.volume}",
        f"IS  - {paper.issue}",
        f"SP  - {paper.first_page}",
        f"EP  - {paper.last_page}",
        *([f"DO  - {paper.doi}"] if paper.doi else []),
        *(f"KW  - {word}" for word in paper.keywords),
        "LA  - English",
        f"AB  - {paper.abstract}",
        "ER  - ",
    ]
    return "\n".join(lines) + "\n\n"
