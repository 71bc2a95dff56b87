"""EndNote XML: style runs, the places where EndNote keeps things, and hostile files."""

from pathlib import Path

import pytest

from records.importers import FileRefused, read_file

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
    assert first.issn == "1535-1386 (Electronic); 0021-9355 (Linking)"
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


PUBMED = "<remote-database-provider>NLM</remote-database-provider>"
EMBASE = "<remote-database-name>Embase&#xD;Medline</remote-database-name>"
EMBASE_URL = "https://www.embase.com/search/results?subaction=viewrecord&amp;id=L600000001"


def linked(url):
    return f"<urls><related-urls><url>{url}</url></related-urls></urls>"


def only(*parts, **about):
    [found] = read(library(record(*parts, **about))).records
    return found


@pytest.mark.parametrize(
    ("parts", "pmid"),
    [
        (f"<custom5>30000001</custom5>{EMBASE}", "30000001"),
        (f"<custom5> 7000001&#xD;</custom5>{EMBASE}", "7000001"),
        (f"<custom5>620000001</custom5>{EMBASE}", ""),
        (f"<custom5>L620000001</custom5>{EMBASE}", ""),
        (f"<custom5>2019</custom5>{EMBASE}", ""),
        (f"<accession-num>30000001</accession-num><custom5>30000002</custom5>{PUBMED}", "30000001"),
    ],
)
def test_a_bare_number_that_embase_gives_in_custom_5_is_the_pmid(parts, pmid):
    assert only(parts).pmid == pmid


@pytest.mark.parametrize(
    ("database", "provider", "number", "pmid"),
    [
        ("Embase MEDLINE", "", "620000001", ""),
        ("Embase MEDLINE", "", "70000001", ""),
        ("Medline", "Embase", "70000001", ""),
        ("Ovid MEDLINE(R)", "Ovid Technologies", "70000001", "70000001"),
        ("Ovid MEDLINE(R)", "Ovid Technologies", "620000001", ""),
        ("Embase", "", "PMID: 30000001", "30000001"),
    ],
)
def test_a_number_of_embases_own_is_no_pmid(database, provider, number, pmid):
    found = only(
        f"<accession-num>{number}</accession-num>",
        f"<remote-database-name>{database}</remote-database-name>",
        f"<remote-database-provider>{provider}</remote-database-provider>",
    )

    assert (found.pmid, found.accession) == (pmid, number)


@pytest.mark.parametrize(
    ("notes", "provider", "notices"),
    [
        (
            "1500-0001&#xD;Roe, Richard&#xD;Retracted Publication&#xD;England",
            PUBMED,
            ("Retracted publication",),
        ),
        ("Journal Article&#xD;Published Erratum&#xD;", PUBMED, ("Published erratum",)),
        ("Correction of deformity; Correction&#xD;No Correction", PUBMED, ()),
        ("1500-0001&#xD;Retracted Publication", EMBASE, ()),
    ],
)
def test_a_publication_type_on_a_whole_line_of_pubmeds_notes_is_a_notice(notes, provider, notices):
    assert only(f"<notes>{notes}</notes>", provider).notices == notices


@pytest.mark.parametrize(
    ("title", "parts", "titles"),
    [
        ("[Hips in the cold]", PUBMED, ("[Hips in the cold]", "Caderas en el frío.")),
        ("[Hips in the cold].", PUBMED, ("[Hips in the cold].", "Caderas en el frío.")),
        ("Hips in the cold", PUBMED, ("Hips in the cold", "")),
        ("[Hips] in the cold", PUBMED, ("[Hips] in the cold", "")),
        ("[Hips in the cold]", EMBASE, ("[Hips in the cold]", "")),
        ("[Not Available].", PUBMED, ("Caderas en el frío.", "")),
    ],
)
def test_pubmeds_own_title_of_a_foreign_paper_is_the_translated_title(title, parts, titles):
    found = only("<orig-pub>Caderas en el frío.</orig-pub>", parts, title=title)

    assert (found.title, found.translated_title) == titles


def test_a_translated_title_that_is_given_comes_before_the_original_publication():
    given = "[Hips]</title><translated-title>Heupen</translated-title><title>"
    found = only("<orig-pub>Caderas</orig-pub>", PUBMED, title=given)

    assert (found.title, found.translated_title) == ("[Hips]", "Heupen")


WOS = "<accession-num>WOS:000500000000001</accession-num>"


@pytest.mark.parametrize(
    ("parts", "pages"),
    [
        (f"<pages>11</pages><custom7>4</custom7>{WOS}", "4"),
        (f"<pages>7</pages><custom7>Artn 101576</custom7>{WOS}", "101576"),
        (f"<custom7>e12</custom7>{WOS}", "e12"),
        (
            "<pages>11</pages><custom7>4</custom7>"
            + linked("&lt;Go to ISI&gt;://WOS:000500000000001"),
            "4",
        ),
        (f"<pages>11-19</pages><custom7>4</custom7>{WOS}", "11-19"),
        (f"<pages>11</pages>{WOS}", "11"),
        (f"<pages>11</pages><custom7>4</custom7>{PUBMED}", "11"),
    ],
)
def test_the_article_number_of_web_of_science_comes_before_its_count_of_pages(parts, pages):
    assert only(parts).pages == pages


def test_one_name_of_a_journal_is_not_both_its_name_and_its_abbreviation():
    alone = only(title="One</title><alt-title>Milestones Hip Ther.</alt-title><title>")
    both = only(
        "<periodical><full-title>Milestones in Hip Therapy</full-title></periodical>",
        title="One</title><alt-title>Milestones Hip Ther.</alt-title><title>",
    )

    assert (alone.journal, alone.journal_abbreviation) == ("Milestones Hip Ther.", "")
    assert (both.journal, both.journal_abbreviation) == (
        "Milestones in Hip Therapy",
        "Milestones Hip Ther.",
    )


@pytest.mark.parametrize(
    ("parts", "accession"),
    [
        (f"{linked(EMBASE_URL)}", "L600000001"),
        (f"{linked(f'{EMBASE_URL}&amp;from=export')}", "L600000001"),
        ("<notes>L600000001&#xD;2019-11-08&#xD;2019-12-16</notes>", "L600000001"),
        ("<notes>of line L600000001&#xD;L1</notes>", ""),
        (f"<accession-num>X1</accession-num>{linked(EMBASE_URL)}", "X1"),
    ],
)
def test_embases_number_in_link_or_notes_is_the_accession_where_none_stands(parts, accession):
    assert only(parts, EMBASE).accession == accession


CITED = "1500-0001&#xD;Review&#xD;Invent Hips Rev. 2019 Jul 31;32(4):e2115. doi: 10.1000/x. Epub"


@pytest.mark.parametrize(
    ("notes", "parts", "pages"),
    [
        (CITED, f"<volume>32</volume>{PUBMED}", "e2115"),
        (CITED, f"<volume>32</volume><pages>7-19</pages>{PUBMED}", "7-19"),
        (CITED, f"<volume>33</volume>{PUBMED}", ""),
        (CITED, f"<volume>32</volume>{EMBASE}", ""),
        ("Erratum in: J Hip. 2020;32(5):9.", f"<volume>32</volume>{PUBMED}", ""),
        ("J Hip. 2020;32(5). doi: 10.1000/x.", f"<volume>32</volume>{PUBMED}", ""),
    ],
)
def test_pages_that_only_pubmeds_citation_gives_are_taken_from_it(notes, parts, pages):
    assert only(f"<notes>{notes}</notes>", parts).pages == pages


@pytest.mark.parametrize(
    ("database", "number", "pmid"),
    [
        ("PubMed", "70000001", "70000001"),
        ("PubMed", "620000001", ""),
        ("Embase MEDLINE", "70000001", ""),
    ],
)
def test_a_number_of_embases_own_is_no_pmid_in_the_tagged_form_either(database, number, pmid):
    text = f"%0 Journal Article\n%T One\n%A Roe, R.\n%M {number}\n%~ {database}\n"
    [found] = read_file(text.encode()).records

    assert (found.pmid, found.accession) == (pmid, number)
