"""Made-up papers as databases export them: RIS, nbib and BibTeX of real lengths.

A record of a database has more lines than a title and an abstract: addresses, keywords, dates,
links. Some letters and signs are none of ASCII, and PubMed wraps its lines. All of that costs a
reader time, so files without it flatter him.
"""

import random
import textwrap
from collections.abc import Iterator
from pathlib import Path

from ifi_review.benchmarks.papers import SEED, Library, Paper

GIVEN = (
    "Jane K.",
    "Paul M.",
    "Lise",
    "Tomás",
    "Jörg",
    "María José",
    "A. B.",
    "Wei",
    "Olga",
    "Íñigo",
)
SIGNS = ("p < 0.05", "95% CI 1.2–3.4", "12 ± 3 mm", "≥ 5 years", "OR = 1.8", "n = 40")
PLACES = ("Department of Imagined Surgery, Heron Hospital, Nowhere", "Pelican Institute, Lantern")
WIDTH = 81
# Characters of the abstract: with all the other lines a record has about 1.8 kB.
ABSTRACT = 1_200


class Exporter:
    """Writes papers one after the other in one format, always the same."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.chance = random.Random(SEED)

    def entries(self, form: str) -> Iterator[str]:
        """Yield the text of each entry."""
        write = {"ris": self._ris, "nbib": self._nbib, "bibtex": self._bibtex}[form]
        for paper in Library().papers(self.number):
            yield write(paper)

    def _authors(self, paper: Paper) -> list[str]:
        family = [author.partition(",")[0].partition(" ")[0] for author in paper.authors]
        return [f"{name}, {self.chance.choice(GIVEN)}" for name in family]

    def _abstract(self, paper: Paper) -> str:
        text = paper.abstract[:ABSTRACT].rpartition(". ")[0]
        sentences = text.split(". ")
        sentences[-1] += f" ({self.chance.choice(SIGNS)})"
        return f"{'. '.join(sentences)}."

    def _ris(self, paper: Paper) -> str:
        lines = [
            f"TY  - {paper.kind}",
            *(f"AU  - {author}" for author in self._authors(paper)),
            f"AD  - {self.chance.choice(PLACES)}",
            f"TI  - {paper.title}",
            f"T2  - {paper.journal}",
            *([f"J2  - {paper.abbreviation}"] if paper.abbreviation else []),
            f"PY  - {paper.year}",
            f"DA  - {paper.year}/03/14/",
            f"VL  - {paper.volume}",
            f"IS  - {paper.issue}",
            f"SP  - {paper.first_page}",
            f"EP  - {paper.last_page}",
            f"SN  - {paper.number % 9000 + 1000}-123X",
            *([f"DO  - {paper.doi}"] if paper.doi else []),
            f"AN  - {200_000_000 + paper.number}",
            f"AB  - {self._abstract(paper)}",
            *(f"KW  - {word}" for word in paper.keywords),
            *(f"KW  - {word} of {paper.journal.split()[0].lower()}" for word in paper.keywords),
            "LA  - English",
            "M3  - Article",
            f"N1  - Cited By :{paper.number % 90}",
            f"UR  - https://www.heron.example/record/display.uri?id=2-{paper.number}&origin=inward",
            "DB  - Heron Index",
            "ER  - ",
        ]
        return "\n".join(lines) + "\n\n"

    def _nbib(self, paper: Paper) -> str:
        place = self.chance.choice(PLACES)
        fields = [
            ("PMID", str(10_000_000 + paper.number)),
            ("OWN", "NLM"),
            ("STAT", "MEDLINE"),
            ("DCOM", f"{paper.year}0914"),
            ("LR", f"{paper.year}1028"),
            ("IS", f"{paper.number % 9000 + 1000}-123X (Electronic)"),
            ("VI", str(paper.volume)),
            ("IP", str(paper.issue)),
            ("DP", f"{paper.year} Mar"),
            ("TI", f"{paper.title.rstrip('.')}."),
            ("PG", f"{paper.first_page}-{paper.last_page}"),
            *([("LID", f"{paper.doi} [doi]")] if paper.doi else []),
            ("AB", self._abstract(paper)),
            *self._people(paper, place),
            ("LA", "eng"),
            ("PT", "Journal Article"),
            ("PL", "Nowhere"),
            ("TA", paper.abbreviation or paper.journal),
            ("JT", paper.journal),
            ("SB", "IM"),
            *(("MH", f"*{word.capitalize()}/surgery") for word in paper.keywords),
            *(("OT", word) for word in paper.keywords),
            ("EDAT", f"{paper.year}/03/14 06:00"),
            ("MHDA", f"{paper.year}/09/15 06:00"),
            ("CRDT", f"{paper.year}/03/14 06:00"),
            ("PHST", f"{paper.year}/03/14 06:00 [entrez]"),
            *([("AID", f"{paper.doi} [doi]")] if paper.doi else []),
            ("PST", "ppublish"),
            ("SO", f"{paper.journal}. {paper.year} Mar;{paper.volume}({paper.issue})."),
        ]
        return "\n".join(_wrapped(tag, text) for tag, text in fields) + "\n\n"

    def _people(self, paper: Paper, place: str) -> Iterator[tuple[str, str]]:
        for author in self._authors(paper):
            family, _, given = author.partition(", ")
            yield "FAU", author.rstrip(".")
            yield "AU", f"{family} {''.join(word[0] for word in given.split())}"
        yield "AD", f"{place}."

    def _bibtex(self, paper: Paper) -> str:
        fields = {
            "author": " and ".join(self._authors(paper)),
            "title": paper.title,
            "journal": paper.journal,
            "year": str(paper.year),
            "volume": str(paper.volume),
            "number": str(paper.issue),
            "pages": f"{paper.first_page}--{paper.last_page}",
            **({"doi": paper.doi} if paper.doi else {}),
            "issn": f"{paper.number % 9000 + 1000}-123X",
            "url": f"https://www.heron.example/record/display.uri?id=2-{paper.number}",
            "affiliation": self.chance.choice(PLACES),
            "abstract": self._abstract(paper).replace("%", r"\%"),
            "keywords": "; ".join(paper.keywords),
            "language": "English",
            "document_type": "Article",
            "source": "Heron Index",
        }
        body = ",\n".join(f"  {name} = {{{text}}}" for name, text in fields.items())
        return f"@article{{key{paper.number},\n{body}\n}}\n\n"


def _wrapped(tag: str, text: str) -> str:
    lines = textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)
    return f"{tag:4}- " + "\n      ".join(lines)


def write_export(path: Path, form: str, number: int) -> int:
    """Write a file of ``number`` papers as a database would; return its size in bytes."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(Exporter(number).entries(form))
    return path.stat().st_size
