"""Round trips: what was imported, exported as RIS or CSV and imported again is the same record."""

import os
import re
from dataclasses import fields, replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from records.importers import ParsedRecord, read_file
from records.importers.building import fold
from records.importers.cells import ESCAPED
from records.importers.identifiers import expand_pages, year_of
from records.importers.markup import cleaned, may_hold
from records.importers.names import is_absent, names_in
from records.models import ImportBatch, Record, Source
from records.services import import_file
from records.services.staging import COPIED, _record
from reporting.definitions import ReportDefinition
from reporting.renderers import RENDERERS
from reporting.reports.records import RECORDS, record_row
from reporting.snapshot import take_snapshot
from tests.factories import make_lead, make_source

EXAMPLES = 3_000 if os.environ.get("IFI_SOAK") == "1" else 50
FOLDER = Path(__file__).parent / "files"
FILES = sorted(
    path for path in (*FOLDER.iterdir(), *(FOLDER / "texts").iterdir()) if path.is_file()
)
WAYS = ("ris", "csv", "spreadsheet")
COMPARED = [f.name for f in fields(ParsedRecord) if f.name not in {"line", "raw"}]
# One reader looks for these in other places than another; what was there stays as it was.
MAY_BE_FOUND = {"doi", "pmid", "pmcid", "accession", "url", "record_type"}
SETTINGS = SimpleNamespace(table_note="", extraction_note="", votes_note="")
SNAPSHOT = SimpleNamespace(settings=SETTINGS)


def exported(records: list[ParsedRecord], way: str) -> bytes:
    """Return the file in which the review exports these records."""
    batch = ImportBatch(source=Source(name="Embase"), file_name="search.ris")
    rows = [record_row(_record(batch, n, r, "")) for n, r in enumerate(records, start=1)]
    table = ReportDefinition(
        slug="records", title="Records", columns=RECORDS.columns, rows=lambda _: iter(rows)
    )
    renderer = RENDERERS["ris" if way == "ris" else "csv"]
    return renderer.whole(table, SNAPSHOT, spreadsheet=way == "spreadsheet")


def numbers_in(text: str) -> list[str]:
    """Return the ISSNs and ISBNs of a field, without hyphens."""
    return [number.replace("-", "") for number in re.findall("[0-9][0-9-]{6,}[0-9X]", text)]


def changed(before: ParsedRecord, after: ParsedRecord) -> dict[str, tuple[object, object]]:
    """Return the fields that the way there and back has changed."""
    pairs = {name: (getattr(before, name), getattr(after, name)) for name in COMPARED}
    # One reader brings ISSNs to one form, another leaves them as they stand.
    pairs["issn"] = tuple(map(numbers_in, pairs["issn"]))
    return {
        name: (old, new)
        for name, (old, new) in pairs.items()
        if old != new and not (name in MAY_BE_FOUND and not old)
    }


def assert_the_same(records: list[ParsedRecord], way: str) -> None:
    again = read_file(exported(records, way))
    assert again.encoding == "utf-8"
    assert [problem.reason for problem in again.problems if problem.rejected] == []
    assert len(again.records) == len(records)
    for before, after in zip(records, again.records, strict=True):
        assert changed(before, after) == {}


@pytest.mark.catalogue("I55")
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)
def test_the_records_of_every_file_come_back_as_they_were(file, way):
    assert_the_same(list(read_file(file.read_bytes()).records), way)


# As readers hand texts back: on one line, without markup, and none that says that there is nothing.
line = (
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
    .map(lambda text: fold(cleaned(fold(text))))
    .filter(lambda text: not is_absent(text) and not may_hold(text))
)
word = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=12)
name = st.one_of(
    st.builds("{}, {}.".format, word, word),
    st.sampled_from(["WHO", "Research and Development Group", "Ng, A. B.", "van der Berg J"]),
    # A semicolon or bar parts names in every format.
    line.map(lambda text: fold(text.translate(str.maketrans("", "", ";|,")))),
    # Readers hand back single names, without what is none.
).filter(lambda text: list(names_in([text])) == [text])
keyword = line.map(lambda text: fold(text.translate(str.maketrans("", "", ";|")))).filter(
    lambda text: not is_absent(text)
)
some = {"max_size": 4}


@st.composite
def records(draw):
    """Return records as the readers give them: folded, their identifiers normalised."""
    title = draw(line) or "A title"
    journal = draw(line)
    short = draw(line)
    date = draw(
        st.sampled_from(["2020", "2020 Mar 5", "2019/03/01", "in press", "2012-13", "", "c1998"])
    )
    pages = st.one_of(st.sampled_from(["123-8", "S12-S18", "e1023", "10-12, 14", "iv-ix"]), line)
    translated = draw(line)
    assume(journal not in {title, short})
    assume(translated != title)
    return ParsedRecord(
        line=1,
        raw="",
        title=title,
        translated_title=translated,
        journal=journal,
        journal_abbreviation=short if journal else "",
        year_text=date,
        year=year_of(date),
        authors=tuple(filter(None, draw(st.lists(name, **some)))),
        keywords=tuple(dict.fromkeys(filter(None, draw(st.lists(keyword, **some))))),
        notices=tuple(
            draw(
                st.lists(
                    st.sampled_from(["Retraction in: J Hips. 2020", "Erratum for: X 2019;1:2"]),
                    unique=True,
                )
            )
        ),
        volume=draw(line),
        issue=draw(line),
        pages=expand_pages(draw(pages)),
        doi=draw(st.sampled_from(["", "10.1000/a.b-c", "10.1016/s0140-6736(20)30183-5"])),
        pmid=draw(st.sampled_from(["", "12345678"])),
        pmcid=draw(st.sampled_from(["", "PMC1234567"])),
        issn=draw(st.sampled_from(["", "1234-5678", "1234-5678; 978-3-16-148410-0"])),
        abstract=draw(line),
        language=draw(line),
        url=draw(st.sampled_from(["", "https://example.org/a?b=c;d"])),
        # So some files say that there is none.
        accession=draw(word.filter(lambda text: text.lower() not in {"null", "none", "na", "nan"})),
        database=draw(line),
        record_type=draw(st.one_of(st.sampled_from(["JOUR", "BOOK", "Journal Article"]), line)),
        source_record_id=draw(line),
    )


TRAP = ParsedRecord(
    line=1,
    raw="",
    title="TY - JOUR",
    abstract="ER - AB - 1. =cmd|' /C calc'!A0",
    authors=("Research and Development Group",),
    keywords=("hip, left",),
    source_record_id="'=1",
    pages="0-1",
)


def is_plain(record: ParsedRecord) -> bool:
    """Say whether no text looks as if it were escaped for spreadsheets."""
    texts = (str(getattr(record, name)) for name in COMPARED)
    lists = (text for name in ("authors", "keywords") for text in getattr(record, name))
    return not any(ESCAPED.match(text) for text in (*texts, *lists))


@pytest.mark.catalogue("I55")
@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(record=records())
@example(record=TRAP)
@example(record=replace(TRAP, authors=("Research and Development Group", "Foo/", "/")))
def test_any_record_comes_back_as_it_was(way, record):
    assume(way != "csv" or is_plain(record))
    assert_the_same([record], way)


@pytest.mark.django_db
@pytest.mark.catalogue("I55")
@pytest.mark.parametrize("way", ["ris", "csv"])
def test_what_one_review_exports_another_imports(way):
    lead, other = make_lead(), make_lead()
    data = next(path for path in FILES if path.name == "search_web.ris").read_bytes()
    import_file(lead=lead, source=make_source(lead), file_name="search.ris", data=data)

    out = RENDERERS[way].whole(RECORDS, take_snapshot(lead.review))
    import_file(lead=other, source=make_source(other), file_name="again", data=out)

    told = [name for name in (*COPIED, "authors", "keywords") if name not in {"line", "raw"}]
    both = [
        list(Record.objects.filter(review=member.review).visible().values(*told))
        for member in (lead, other)
    ]
    assert both[0]
    assert both[0] == both[1]
