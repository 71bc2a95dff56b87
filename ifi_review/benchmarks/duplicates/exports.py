"""One paper as the databases export it: each writes, shortens and spoils the fields in its way."""

import random
import unicodedata
from collections.abc import Callable

from ifi_review.benchmarks.duplicates.papers import Author, Paper

COLUMNS = (
    "id", "title", "authors", "year", "journal", "volume", "issue", "pages", "doi", "pmid", "issn",
    "abstract", "type", "accession", "url", "source", "duplicate_group",
)  # fmt: skip
Row = dict[str, str]
ABSTRACT_LENGTH = 200


def letters(given: str, *, end: str = "", between: str = "") -> str:
    """Return the initials of a given name: ``Jean-Luc`` gives ``JL``, ``J.-L.`` or ``J L``."""
    return between.join(f"{name[0]}{end}" for name in given.replace("-", " ").split())


def unaccented(text: str) -> str:
    """Return a text as databases of the nineties kept it, without accents."""
    text = text.translate(str.maketrans("øłđıæß", "oldias"))
    split = unicodedata.normalize("NFD", text)
    return "".join(c for c in split if not unicodedata.combining(c))


def _shortened(pages: str) -> str:
    first, dash, last = pages.partition("-")
    if not dash or not first.isdigit() or len(first) != len(last):
        return pages
    same = next((at for at, (a, b) in enumerate(zip(first, last, strict=True)) if a != b), 0)
    return f"{first}-{last[same:]}"


def _capitals(title: str) -> str:
    small = {"of", "for", "in", "and", "the", "on", "after", "with", "a", "an", "to", "before"}
    return " ".join(w if w in small else w[:1].upper() + w[1:] for w in title.split(" "))


def _joined(authors: tuple[Author, ...], write: Callable[[str, str], str], sep: str) -> str:
    return sep.join(write(surname, given) for surname, given in authors)


def _plain_row(paper: Paper) -> Row:
    return {
        "title": paper.title, "authors": "", "year": str(paper.year), "journal": paper.journal,
        "volume": paper.volume, "issue": paper.issue, "pages": paper.pages, "doi": paper.doi,
        "pmid": "", "issn": paper.issn, "abstract": paper.abstract[:ABSTRACT_LENGTH],
        "type": paper.kind,
    }  # fmt: skip


def pubmed(paper: Paper, rng: random.Random) -> Row:
    """Write a paper as PubMed does: initials, short page ends, translated titles in brackets."""
    row = _plain_row(paper)
    title = f"[{paper.title}]" if paper.original else f"{paper.title}."
    abstract = f"BACKGROUND: {paper.abstract}" if paper.abstract and rng.random() < 0.5 else ""
    row |= {
        "title": title.replace("?.", "?"),
        "authors": _joined(paper.authors, lambda s, g: f"{s} {letters(g)}", "; "),
        "journal": rng.choice((paper.journal, paper.short)),
        "pages": _shortened(paper.pages),
        "pmid": paper.pmid,
        "abstract": (abstract or paper.abstract)[:ABSTRACT_LENGTH],
        "type": "Journal Article",
    }
    if rng.random() < 0.06:
        row |= {"volume": "", "issue": "", "pages": "", "year": str(paper.year - rng.randint(0, 1))}
    return row


def embase(paper: Paper, rng: random.Random) -> Row:
    """Write a paper as Embase does: dotted initials, Greek spelt out, now and then no DOI."""
    row = _plain_row(paper)
    title = paper.title.replace("α", "alpha").replace("β", "beta")
    if paper.original and rng.random() < 0.5:
        title = f"{title} <{paper.original}>"
    row |= {
        "title": title + (" [abstract]" if "abstract" in paper.kind else ""),
        "authors": _joined(paper.authors, lambda s, g: f"{s} {letters(g, end='.')}", "; "),
        "doi": paper.doi if rng.random() < 0.6 else "",
        "pmid": paper.pmid if rng.random() < 0.3 else "",
        "type": "Conference Abstract" if "abstract" in paper.kind else "Article",
        "issn": paper.issn.replace("-", ""),
    }
    if rng.random() < 0.1:
        row["authors"] = unaccented(row["authors"])
    return row


def web_of_science(paper: Paper, rng: random.Random) -> Row:
    """Write a paper as Web of Science does: capitals, no accents, journals in full or cut."""
    row = _plain_row(paper)
    style = rng.random()
    row |= {
        "title": _capitals(paper.title),
        "authors": unaccented(_joined(paper.authors, lambda s, g: f"{s}, {letters(g)}", "; ")),
        "journal": unaccented(paper.journal).upper().replace(" AND ", " & "),
        "doi": paper.doi.upper() if style < 0.4 else paper.doi,
        "issue": paper.issue if style < 0.9 else "",
        "type": "J",
    }
    if style < 0.05:
        row["authors"] = row["authors"].upper()
    return row


def scopus(paper: Paper, rng: random.Random) -> Row:
    """Write a paper as Scopus does: names before dotted initials, issue and pages at times gone."""
    row = _plain_row(paper)
    row |= {
        "authors": _joined(paper.authors, lambda s, g: f"{s}, {letters(g, end='.')}", "; "),
        "doi": f"https://doi.org/{paper.doi}" if paper.doi and rng.random() < 0.3 else paper.doi,
        "type": "Article",
    }
    if paper.original and rng.random() < 0.4:
        row["title"] = f"{paper.title} [{paper.original}]"
    if rng.random() < 0.08:
        row |= {"issue": "", "pages": ""}
    if rng.random() < 0.04:
        row["volume"], row["issue"] = row["issue"], row["volume"]
    return row


def cinahl(paper: Paper, rng: random.Random) -> Row:
    """Write a paper as CINAHL does: full given names, title capitals, page counts behind pages."""
    row = _plain_row(paper)
    count = f" {rng.randint(3, 12)}p" if "-" in paper.pages and rng.random() < 0.3 else ""
    row |= {
        "title": _capitals(paper.title) + ".",
        "authors": _joined(paper.authors, lambda s, g: f"{s}, {g}", "; "),
        "pages": paper.pages + count,
        "doi": paper.doi if rng.random() < 0.5 else "",
        "abstract": paper.abstract[:ABSTRACT_LENGTH] if rng.random() < 0.7 else "",
        "type": "Academic Journal",
    }
    if ":" in paper.title and rng.random() < 0.1:
        row["title"] = _capitals(paper.title.split(":")[0])
    return row


def central(paper: Paper, rng: random.Random) -> Row:
    """Write a paper as CENTRAL does: few identifiers, years of publication on line."""
    row = _plain_row(paper)
    row |= {
        "authors": _joined(paper.authors, lambda s, g: f"{s}, {letters(g)}", "; "),
        "doi": "",
        "issn": "",
        "pmid": f"PMID: {paper.pmid}" if paper.pmid and rng.random() < 0.3 else "",
        "issue": paper.issue if rng.random() < 0.7 else "",
    }
    if rng.random() < 0.1:
        row["year"] = str(paper.year + rng.choice((-1, 1)))
    if rng.random() < 0.08:
        row["title"] = _mistyped(paper.title, rng)
    return row


def scholar(paper: Paper, rng: random.Random) -> Row:
    """Write a paper as a search engine does: titles and names cut, no place."""
    row = _plain_row(paper)
    title = paper.title
    if len(title) > 90 and rng.random() < 0.4:
        title = f"{title[:85].rstrip()}…"
    names = _joined(paper.authors[:3], lambda s, g: f"{letters(g)} {s}", "; ")
    row |= {
        "title": title.replace(" the ", " the  ") if rng.random() < 0.9 else f"<i>{title}</i>",
        "authors": names + ("; et al." if len(paper.authors) > 3 else ""),
        "volume": "", "issue": "", "pages": "", "issn": "",
        "doi": paper.doi if rng.random() < 0.25 else "",
        "abstract": f"… {paper.abstract[:120]}" if paper.abstract else "",
        "type": "",
    }  # fmt: skip
    return row


def _mistyped(title: str, rng: random.Random) -> str:
    at = rng.randint(8, max(9, len(title) - 4))
    if rng.random() < 0.5:
        return title[:at] + title[at + 1 :]
    return title[:at] + title[at + 1 : at + 2] + title[at : at + 1] + title[at + 2 :]


DATABASES: dict[str, tuple[Callable[[Paper, random.Random], Row], float]] = {
    "PubMed": (pubmed, 0.6),
    "Embase": (embase, 0.55),
    "Web of Science": (web_of_science, 0.4),
    "Scopus": (scopus, 0.45),
    "CINAHL": (cinahl, 0.2),
    "CENTRAL": (central, 0.15),
    "Google Scholar": (scholar, 0.1),
}
