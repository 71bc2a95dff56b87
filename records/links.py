"""Where a record can be opened outside: only addresses that are surely web addresses."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from records.models import Record


@dataclass(frozen=True)
class Link:
    """An address outside, and what it shows."""

    label: str
    address: str


def links(record: Record) -> list[Link]:
    """Return the addresses of a record, its DOI first; what is no http(s) address is left out."""
    return list(_links(record))


def _links(record: Record) -> Iterator[Link]:
    if record.doi:
        yield Link(f"doi:{record.doi}", f"https://doi.org/{quote(record.doi, safe='/:;().')}")
    if record.pmid.isascii() and record.pmid.isdigit():
        yield Link(f"PubMed {record.pmid}", f"https://pubmed.ncbi.nlm.nih.gov/{record.pmid}/")
    if is_web_address(record.url):
        yield Link(urlsplit(record.url).hostname or record.url, record.url)


def is_web_address(text: str) -> bool:
    """Return whether a text is an http or https address with a host."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme.lower() in {"http", "https"} and bool(parts.hostname)
