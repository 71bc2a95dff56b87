"""EndNote XML: style runs, the places where EndNote keeps things, and hostile files."""

from pathlib import Path

import pytest

from screening.importers import FileRefused, read_file

FILES = Path(__file__).parent / "files"
LIBRARY = (FILES / "endnote_library.xml").read_bytes()


def record(*parts, title="A title", kind="Journal Article"):
    return (
        f'<record><ref-type name="{kind}">17</ref-type><titles><title>{title}</title></titles>'
        f"{''.join(parts)}</record>"
    )


def library(*records):
    inside = "".join(records)
    return f'<?xml version="1.0" encoding="UTF-8" ?><xml><records>{inside}</records></xml>'.encode()


def read(data):
    found = read_file(data)
    assert found.format == "endnote-xml"
    assert found.found == len(found.records) + sum(p.rejected for p in found.problems)
    return found


def test_a_record_of_endnotes_export_is_read_whole():
    first = read(LIBRARY).records[0]

    assert first.authors == ("Müller, A. B.", "van der Berg, C.", "Invented Hip Study Group")
    assert (first.journal, first.journal_abbreviation) == (
        "The Journal of invented hips",
        "J Invent Hips",
    )
    assert (first.year, first.volume, first.issue, first.pages) == (2019, "101", "5", "423-431")
    assert (first.doi, first.pmid, first.pmcid) == (
        "10.1000/jih.19.00001",
        "90000001",
        "PMC9000001",
    )
    assert first.issn == "1535-1386 (Electronic) 0021-9355 (Linking)"
    assert first.abstract == "BACKGROUND: Hips slip. RESULTS: Scores rose."
    assert first.keywords == ("Hip Joint/*surgery", "Humans")
    assert (first.source_record_id, first.record_type) == ("17", "Journal Article")
    assert (first.database, first.language) == ("Medline", "eng")
    assert first.url == "https://www.ncbi.nlm.nih.gov/pubmed/90000001"
    assert first.notices == ("Erratum in: J Invent Hips. 2020;102(1):9",)


@pytest.mark.catalogue("I33")
def test_style_runs_are_flattened_to_the_text_a_person_reads():
    assert read(LIBRARY).records[0].title == "Open reduction of in situ hips & H2O"
    styled = '<style face="bold">A</style><style face="normal"> b</style>c'
    assert read(library(record(title=styled))).records[0].title == "A bc"


def test_what_zotero_writes_without_styles_is_read_the_same():
    second = read(LIBRARY).records[1]

    assert (second.title, second.journal) == (
        "A paper held at a meeting",
        "Proceedings of the invented meeting",
    )
    assert (second.authors, second.year, second.url) == (
        ("Roe, Richard",),
        2004,
        "https://example.org/paper",
    )


def test_editors_are_no_authors_and_a_year_that_is_none_is_named():
    found = read(LIBRARY)

    assert found.records[2].authors == ("Doe, J.",)
    assert (found.records[2].year, found.records[2].year_text) == (None, "in press")
    assert [p.reason for p in found.problems if "in press" in p.reason]


def test_each_record_keeps_its_own_text():
    assert all(r.raw.encode() in LIBRARY for r in read(LIBRARY).records)


@pytest.mark.parametrize(
    ("parts", "field", "value"),
    [
        ("<accession-num>WOS:0001</accession-num>", "accession", "WOS:0001"),
        ("<accession-num>WOS:0001</accession-num>", "pmid", ""),
        ("<accession-num>PMID: 123456</accession-num>", "pmid", "123456"),
        ("<notes>PubMed PMID: 123456.</notes>", "pmid", "123456"),
        (
            "<urls><related-urls><url>https://pubmed.ncbi.nlm.nih.gov/123456/</url>"
            "</related-urls></urls>",
            "pmid",
            "123456",
        ),
        (
            "<urls><related-urls><url>https://doi.org/10.1000/A.b</url></related-urls></urls>",
            "doi",
            "10.1000/a.b",
        ),
        ("<custom2>PMC123456</custom2>", "pmcid", "PMC123456"),
        ("<urls><pdf-urls><url>internal-pdf://x.pdf</url></pdf-urls></urls>", "url", ""),
        ("<electronic-pages>e12</electronic-pages>", "pages", "e12"),
        (
            "<keywords><keyword>hip&#xD;knee; foot</keyword></keywords>",
            "keywords",
            ("hip", "knee", "foot"),
        ),
        ("<work-type>Retraction</work-type>", "notices", ("Retraction of publication",)),
    ],
)
def test_things_are_found_where_programs_keep_them(parts, field, value):
    assert getattr(read(library(record(parts))).records[0], field) == value


def test_a_translated_title_stands_beside_the_title_or_for_it():
    both = record(
        "<x/>", title="Eine Hüfte</title><translated-title>A hip</translated-title><title>"
    )
    alone = "<record><titles><translated-title>A hip</translated-title></titles></record>"
    first, second = read(library(both, alone)).records

    assert (first.title, first.translated_title) == ("Eine Hüfte", "A hip")
    assert (second.title, second.translated_title) == ("A hip", "")


def test_a_record_with_nothing_to_screen_is_rejected_and_the_others_kept():
    found = read(library("<record/>", "\n<record><volume>3</volume></record>\n", record()))

    assert [r.title for r in found.records] == ["A title"]
    assert [p.line for p in found.problems if p.rejected] == [1, 2]


@pytest.mark.catalogue("I28")
@pytest.mark.catalogue("I29")
@pytest.mark.parametrize("kind", ["auto", "endnote-xml"])
@pytest.mark.parametrize(
    "subset", ['[<!ENTITY x "&y;&y;"><!ENTITY y "y">]', '[<!ENTITY x SYSTEM "file:///etc/passwd">]']
)
def test_a_library_that_declares_entities_is_refused(subset, kind):
    data = b"<!DOCTYPE xml " + subset.encode() + b">" + library(record(title="&x;"))[40:]

    with pytest.raises(FileRefused):
        read_file(data, format=kind)


@pytest.mark.catalogue("I31")
def test_a_record_nested_beyond_any_export_is_rejected_and_the_others_kept():
    deep = record(title="<style>" * 200_000 + "T" + "</style>" * 200_000)
    found = read(library(deep, record(title="Kept")))

    assert [r.title for r in found.records] == ["Kept"]
