"""What real exports do to one paper, and the papers that look the same and are not.

Each kind makes a few rows: those of one paper, written in the two ways, and look-alikes beside
them that only this habit could bring together.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace

from ifi_review.benchmarks.duplicates import material
from ifi_review.benchmarks.duplicates.exports import (
    DATABASES,
    Row,
    central,
    embase,
    pubmed,
    scopus,
    unaccented,
    web_of_science,
)
from ifi_review.benchmarks.duplicates.papers import Library, Paper

Labelled = tuple[Paper, str, Row]
Kind = Callable[[Library, random.Random], Iterator[Labelled]]
EACH = 8
COUNTED = 160


def _paged(library: Library) -> Paper:
    """Return a paper of a journal that counts pages."""
    while "-" not in (paper := library.paper()).pages:
        pass
    return paper


def _export(name: str, paper: Paper, rng: random.Random, **changes: str) -> Labelled:
    return paper, name, DATABASES[name][0](paper, rng) | changes


def registrations(library: Library, rng: random.Random) -> Iterator[Labelled]:
    """Yield one trial in two registers and in CENTRAL, a second one, and two reports of it."""
    paper = library.paper()
    figures = f"{rng.randint(10_000_000, 99_999_999)}"
    shown, copied = rng.choice(
        (
            (f"NCT{figures}", f"NCT{figures}"),
            (f"ISRCTN{figures}", f"ISRCTN{figures}"),
            (f"DRKS{figures}", f"DRKS{figures}"),
            (f"EudraCT: 2014-00{figures[:4]}-{figures[4:6]}",
             f"EUCTR2014-00{figures[:4]}-{figures[4:6]}-SE"),
            (f"UMIN0{figures}", f"JPRN-UMIN0{figures}"),
        )
    )  # fmt: skip
    trial = replace(paper, kind="trial registration", doi="", pmid="", abstract="")
    bare = {"authors": "", "volume": "", "issue": "", "pages": "", "doi": "", "pmid": "",
            "issn": "", "type": "", "journal": "", "abstract": ""}  # fmt: skip
    operation, disease = rng.choice(material.OPERATIONS), rng.choice(material.DISEASES)
    people = rng.choice(material.PEOPLE)
    official = f"A Randomised Trial With Double-Blind Design of {operation} for {disease}"
    public = f"{operation} in {people} with {disease}"
    address = f"https://trialsearch.who.int/Trial2.aspx?TrialID={copied}"
    yield trial, "Register", _export("Embase", trial, rng, **bare)[2] | {
        "title": f"{official} in {people}", "accession": shown,
    }  # fmt: skip
    yield trial, "ICTRP", _export("Embase", trial, rng, **bare)[2] | {
        "title": public, "accession": copied, "url": address, "year": str(paper.year + 1),
    }  # fmt: skip
    yield trial, "CENTRAL", _export("CENTRAL", trial, rng, **bare)[2] | {
        "title": public, "authors": copied, "journal": address, "accession": f"CN-0{figures[:7]}",
    }  # fmt: skip
    second = library.other(trial)
    yield second, "ICTRP", _export("Embase", second, rng, **bare)[2] | {
        "title": public, "accession": f"NCT{int(figures) - 1:08d}", "year": str(paper.year + 1),
    }  # fmt: skip
    for at, ending in enumerate(("main results", "results in the longer term")):
        report = library.other(
            paper, title=f"{public}: {ending}", year=paper.year + at,
            volume=str(int(paper.volume) + at), abstract=f"Registered as {shown}. {paper.abstract}",
        )  # fmt: skip
        yield _export("PubMed", report, rng)
        yield _export("Scopus", report, rng)


def broken_accents(library: Library, rng: random.Random) -> Iterator[Labelled]:
    """Yield a paper with accents, whole, without, and broken; and its second part, broken too."""
    words = rng.choice((*material.GERMAN, *material.FRENCH))
    authors = tuple((name, "Zoë") for name in rng.sample(material.ACCENTED, 3))
    paper = _paged(library)
    paper = replace(paper, title=words.format(k=paper.number), authors=authors, abstract="")
    break_up = rng.choice((_misread, _misread_twice, _replaced, _asked))
    yield _export("Embase", paper, rng)
    yield paper, "Scopus", _unplaced(scopus(paper, rng), rng, break_up)
    yield paper, "Web of Science", web_of_science(paper, rng) | {"title": unaccented(paper.title)}
    later = library.other(paper, title=f"{paper.title}, Teil 2", pages="1701-1709")
    yield later, "Scopus", _unplaced(scopus(later, rng), rng, break_up)


def _unplaced(row: Row, rng: random.Random, write: Callable[[str], str]) -> Row:
    broken = row | {name: write(row[name]) for name in ("title", "authors", "journal")}
    return broken | {"doi": "", "issue": "" if rng.random() < 0.5 else row["issue"]}


def _misread(text: str) -> str:
    return text.encode().decode("cp1252", "ignore")


def _misread_twice(text: str) -> str:
    return _misread(_misread(text))


def _replaced(text: str) -> str:
    return "".join(c if c.isascii() else "\ufffd" for c in text)


def _asked(text: str) -> str:
    return "".join(c if c.isascii() else "?" for c in text)


def bounds(library: Library, rng: random.Random) -> Iterator[Labelled]:
    """Yield a paper on people from an age on in every style, and one on those below it."""
    paper = library.paper()
    age = rng.randint(50, 80)
    disease, operation = rng.choice(material.DISEASES), rng.choice(material.OPERATIONS)
    words = f"{operation} for {disease} in patients aged {{}}{age} years: a registry study"
    styles = [(scopus, "≥"), (pubmed, "> or = "), (embase, ">= "), (central, ">/= "),
              (web_of_science, "&gt;=")]  # fmt: skip
    for write, sign in rng.sample(styles, 3):
        yield paper, "Scopus", write(replace(paper, title=words.format(sign)), rng) | {"doi": ""}
    below = library.other(paper, title=words.format("<"), pages="1801-1809", doi="")
    yield below, "Scopus", scopus(below, rng) | {"pages": "", "issue": "", "volume": ""}


def article_numbers(library: Library, rng: random.Random) -> Iterator[Labelled]:
    """Yield a paper printed with pages and put on line with a number, and a column of both."""
    paper = _paged(library)
    letter = rng.choice("bcdefgh")
    online = f"{letter}{rng.randint(1_001, 7_999)}"
    if rng.random() < 0.4:
        online = f"e{rng.randint(1_000_000, 1_002_000)}"
    yield _export("Embase", paper, rng, doi="", pmid="")
    yield _export("Web of Science", paper, rng, pages=online, issue="", doi="")
    title = rng.choice(material.COLUMNS)
    for pages, issue in (("1119-1120", "7"), (f"{letter}8123", "")):
        column = library.other(paper, title=title, pages=pages, issue=issue, doi="", abstract="")
        yield _export("Embase", column, rng, pmid="")


def supplements(library: Library, rng: random.Random) -> Iterator[Labelled]:
    """Yield a paper in a supplement, its pages whole and cut, and an abstract beside it."""
    paper = _paged(library)
    start = rng.randint(2, 9) * 10 + 1
    end = start + rng.randint(4, 8)
    paper = replace(paper, issue="Suppl 1", pages=f"S{start}-S{end}")
    yield _export("Web of Science", paper, rng, doi="", issue="Suppl 1")
    yield _export("CENTRAL", paper, rng, pages=f"Suppl-{end % 10}", issue="", title=paper.title)
    abstract = library.other(paper, pages=f"S{start + 200}", title=f"{paper.title[:40]} in rats")
    yield _export("Scopus", abstract, rng)


def torn_volumes(library: Library, rng: random.Random) -> Iterator[Labelled]:
    """Yield a paper whose volume an export tore, and the next volume's paper of like title."""
    paper = _paged(library)
    yield _export("Web of Science", paper, rng, doi="")
    torn = rng.choice((f"{paper.issue})", f"Suppl {paper.issue})", f"({paper.issue})"))
    yield _export("CENTRAL", paper, rng, volume=torn, issue="")
    later = library.other(
        paper, title=f"{paper.title}: {paper.year + 3} update", year=paper.year + 3,
        volume=str(int(paper.volume) + 3), pages="1601-1609",
    )  # fmt: skip
    yield _export("Scopus", later, rng)


def congresses(library: Library, rng: random.Random) -> Iterator[Labelled]:
    """Yield an abstract with and without its congress in the journal, and the article after it."""
    paper = _paged(library)
    name = f"{rng.randint(2, 40)}th Annual Meeting of the Society of Hip Studies. Uppsala Sweden"
    abstract = library.other(paper, pages=f"S{rng.randint(10, 400)}", issue="Suppl 1", doi="")
    style = rng.choice(
        (f"{paper.journal}. Conference: {name}", f"{paper.short} Conference: {name}")
    )
    yield _export("Scopus", abstract, rng, volume=abstract.volume, issue="Suppl 1")
    pages = rng.choice((abstract.pages, ""))
    issue = rng.choice(("Suppl 1", "SUPPL. 1"))
    yield _export(
        "Embase", abstract, rng, journal=f"{style}: {name}", pages=pages, issue=issue, pmid=""
    )
    yield _export("PubMed", paper, rng)


def last_pages(library: Library, rng: random.Random) -> Iterator[Labelled]:
    """Yield a paper with its pages and with the last alone, and a reply that begins on that."""
    paper = _paged(library)
    last = paper.pages.split("-")[1]
    yield _export("Scopus", paper, rng, pages=paper.pages, doi="")
    yield _export("CENTRAL", paper, rng, pages=last, title=paper.title, year=str(paper.year))
    reply = library.other(paper, title=f"{paper.title}: authors' reply", pages=last, abstract="")
    yield _export("Embase", reply, rng)


def translated_parts(library: Library, rng: random.Random) -> Iterator[Labelled]:
    """Yield a translated paper and the next of its series, told by the words behind the bracket."""
    paper = _paged(library)
    ending = rng.choice((": part 2", ". II", " - second report", ": five years on", ". Part II"))
    yield _export("PubMed", paper, rng, title=f"[{paper.title}].")
    yield _export("Scopus", paper, rng, title=paper.title)
    first, _, last = paper.pages.partition("-")
    later = library.other(
        paper, title=f"{paper.title}{ending}", doi="", abstract="",
        pages=f"{int(first) + 40}-{int(last) + 40}",
    )  # fmt: skip
    # Without a place, and a DOI or a PMID, the words alone tell the two apart.
    nowhere = {"volume": "", "issue": "", "pages": "", "doi": "", "pmid": ""}
    written = f"[{paper.title}]{ending}"
    yield _export("PubMed", later, rng, title=written, **nowhere)
    yield _export("Embase", later, rng, title=written)


def columns(library: Library, rng: random.Random) -> Iterator[Labelled]:
    """Yield a column of one author on one page of each issue; each with an issue and a DOI."""
    paper = _paged(library)
    title = rng.choice(("Editorial", "Introduction", *material.COLUMNS))
    first = rng.randint(1, 3)
    for issue in rng.sample(range(1, 13), 3):
        column = library.other(
            paper, title=title, authors=paper.authors[:1], issue=str(issue), abstract="",
            pages=f"{first}-{first + 1}", year=2012, original="",
        )  # fmt: skip
        column = replace(column, doi=f"10.7000/column.{column.number}")
        yield _export("Scopus", column, rng, issue=str(issue), volume=column.volume, doi=column.doi)
        if rng.random() < 0.5:
            yield _export("PubMed", column, rng)


def counted(library: Library, rng: random.Random) -> Iterator[Labelled]:
    """Yield papers of one export that wrote its running number into the column of issues."""
    for at in range(COUNTED):
        paper = _paged(library)
        yield _export("Scopus", paper, rng)
        yield _export("CENTRAL", paper, rng, issue=str(at + 1))


def companions(library: Library, rng: random.Random) -> Iterator[Labelled]:
    """Yield a paper and the one beside it in its issue, told apart by one word of their titles."""
    words, one, other = rng.choice(material.COMPANIONS)
    people, disease = rng.choice(material.PEOPLE), rng.choice(material.DISEASES)
    titles = [f"{words.format(word)} in {people} with {disease}" for word in (one, other)]
    paper = _paged(library)
    paper = replace(
        paper,
        title=titles[0][0].upper() + titles[0][1:],
        authors=library.authors(),
        doi="",
        original="",
    )
    last = int(paper.pages.split("-")[1])
    beside = library.other(
        paper, title=titles[1][0].upper() + titles[1][1:], pages=f"{last + 1}-{last + 8}",
        abstract=rng.choice(("", paper.abstract[:90], library.paper().abstract)),
    )  # fmt: skip
    nowhere = rng.choice(({"pages": ""}, {"pages": "", "issue": "", "volume": ""}))
    yield _export("Web of Science", paper, rng, issue=paper.issue)
    yield _export("Scopus", paper, rng, pages=rng.choice((paper.pages, "")))
    # With its pages in one record it would be told apart by those.
    yield _export("Scopus", beside, rng, **nowhere)
    yield _export("Embase", beside, rng, pmid="", **nowhere)


KINDS: tuple[tuple[Kind, int], ...] = (
    (registrations, EACH), (broken_accents, 2 * EACH), (bounds, EACH), (article_numbers, EACH),
    (supplements, EACH), (torn_volumes, EACH), (congresses, EACH), (last_pages, EACH),
    (translated_parts, EACH), (columns, EACH), (counted, 1),
    (companions, 3 * EACH),
)  # fmt: skip
