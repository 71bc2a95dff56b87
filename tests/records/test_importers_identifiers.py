"""Identifiers, years and pages in the forms that databases write."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records.importers import (
    bibtex_cutting,
    bibtex_names,
    csl_json,
    detection,
    endnote_tagged,
    identifiers,
    nbib,
    notices,
    ovid,
    read_file,
    ris,
    wos,
)
from records.importers.identifiers import (
    expand_pages,
    issns_in,
    normalise_doi,
    normalise_pmcid,
    normalise_pmid,
    year_of,
)


@pytest.mark.catalogue("I45")
@pytest.mark.parametrize(
    "text",
    [
        "10.1016/j.arthro.2014.07.031",
        "10.1016/J.ARTHRO.2014.07.031",
        "https://doi.org/10.1016/j.arthro.2014.07.031",
        "http://dx.doi.org/10.1016/j.arthro.2014.07.031?utm=x",
        "doi:10.1016/j.arthro.2014.07.031.",
        "DOI: 10.1016/j.arthro.2014.07.031;",
        "10.1016%2Fj.arthro.2014.07.031",
        "10.1016/j.arthro.2014.07.031 [doi]",
        "(10.1016/j.arthro.2014.07.031)",
        " 10.1016/j.arthro.\u200b2014.07.031 ",
        "10.1016/j.arthro.2014.07.031; 10.1000/other",
        "10.1016/j.arthro.2014.07.031;10.1000/other",
    ],
)
def test_every_way_to_write_a_doi_gives_the_same_one(text):
    assert normalise_doi(text) == "10.1016/j.arthro.2014.07.031"


@pytest.mark.parametrize(
    "doi",
    [
        "10.1016/s0140-6736(05)67889-0",
        "10.1002/(sici)1097-0258(19980815)17:15<1661::aid-sim968>3.0.co;2-2",
    ],
)
def test_brackets_and_semicolons_that_belong_to_a_doi_stay(doi):
    assert normalise_doi(doi) == doi


@pytest.mark.parametrize(
    "text", ["", "none", "10.1/x", "javascript:alert(1)", "10.1000/", "11.1000/abc"]
)
def test_what_is_no_doi_gives_none(text):
    assert normalise_doi(text) == ""


@pytest.mark.catalogue("I45")
@settings(max_examples=100, deadline=None)
@given(
    st.text(max_size=60),
    st.sampled_from(["", "10.1000/", "https://doi.org/10.1000/", "doi: 10.1000/a"]),
)
def test_a_normal_doi_is_left_as_it_is(text, start):
    doi = normalise_doi(start + text)

    assert normalise_doi(doi) == doi


@pytest.mark.parametrize(
    ("text", "pmid"),
    [
        ("25108907", "25108907"),
        ("PMID: 25108907", "25108907"),
        ("025108907", "25108907"),
        ("25108907.0", "25108907"),
        ("https://pubmed.ncbi.nlm.nih.gov/25108907/", "25108907"),
        ("L612345678", ""),
        ("2.5E+07", ""),
        ("١٢٣٤", ""),
        ("0", ""),
        ("1234567890", ""),
    ],
)
def test_a_pmid_is_a_bare_number(text, pmid):
    assert normalise_pmid(text) == pmid


def test_a_pmcid_has_its_letters():
    assert normalise_pmcid("https://www.ncbi.nlm.nih.gov/pmc/articles/pmc4567890/") == "PMC4567890"
    assert normalise_pmcid("4567890") == ""


def test_issns_are_found_once_each():
    assert issns_in("0028-4793 (Print) 0028-4793 15334406 1234-567x") == (
        "0028-4793",
        "1533-4406",
        "1234-567X",
    )


@pytest.mark.catalogue("I44")
@pytest.mark.parametrize(
    "text",
    ["0", "-1", "-2001", "99999", "in press", "2024/13/45", "2024-02-99", "٢٠٢٠", "20", "1066"],
)
def test_an_unsound_year_gives_no_number_and_keeps_its_text_with_a_word(text):
    found = read_file(f"title,year\nOne,{text}\n".encode())

    assert (found.records[0].year, found.records[0].year_text) == (None, text)
    assert [problem.rejected for problem in found.problems] == [False]


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2019", 2019),
        ("2012/05//", 2012),
        ("2020/11//Nov/Dec2020", 2020),
        ("c2019", 2019),
        ("2015 Feb 3", 2015),
        ("Nov-2020", 2020),
        ("3.11.2019", 2019),
        ("2012-13", 2012),
        ("2012/2013", 2012),
        ("(1998)", 1998),
        ("20240131", 2024),
    ],
)
def test_a_date_as_printed_gives_its_year(text, year):
    assert year_of(text) == year


@pytest.mark.parametrize(
    ("text", "pages"),
    [
        ("123-8", "123-128"),
        ("123–8", "123-128"),
        ("E863-70", "E863-E870"),
        ("S134-S136", "S134-S136"),
        ("1001-1012", "1001-1012"),
        ("10-9", "10-19"),
        ("e2115", "e2115"),
        ("12, 14-5", "12, 14-5"),
        ("5-5", "5"),
        ("", ""),
        ("99-101", "99-101"),
        ("e00011-19", "e00011-19"),
    ],
)
def test_a_shortened_last_page_is_written_in_full(text, pages):
    assert expand_pages(text) == pages


@pytest.mark.catalogue("I53")
@pytest.mark.parametrize(
    "hostile",
    [
        "10.1000/" + "(" * 50_000,
        "10." + "1." * 50_000,
        "%25" * 40_000,
        "TY " + " " * 50_000,
        "doi" * 40_000,
        "PMID" + ":" * 90_000,
        "1-" * 50_000,
        "0" * 100_000,
        "eid=2-s2.0-" * 9_000,
        " " * 100_000,
        "\n" * 100_000,
        "\n\t" * 50_000,
        "[" * 100_000,
        "MD " * 30_000,
        "1(" * 50_000,
        "retraction " * 10_000,
        "<?x" * 30_000,
        "<!--" * 30_000,
        "January " * 12_000,
        "%0" * 50_000,
        "a" + " " * 100_000 + "b",
        "a; b" + " ," * 50_000 + "c al",
    ],
)
def test_no_text_makes_a_pattern_slow(hostile):
    functions = (
        normalise_doi,
        normalise_pmid,
        normalise_pmcid,
        year_of,
        expand_pages,
        issns_in,
        identifiers.pmid_in,
        ris.starts,
        ris.START.search,
        ris.EID.search,
        ris.DOI_LABEL.search,
        ris.RANGE.search,
        ris.ACCESSION.match,
        ris.RIS.inner.search,
        *(module.starts for module in (nbib, ovid, wos, endnote_tagged)),
        *(module.START.search for module in (nbib, ovid, wos, endnote_tagged)),
        nbib.PARAGRAPH.search,
        nbib.OWN_TAGS.match,
        *(
            dialect.split
            for dialect in (ris.RIS, nbib.NBIB, ovid.OVID, wos.WOS, endnote_tagged.ENDNOTE)
        ),
        ovid._cited,
        ovid._name,
        ovid.KIND_OF_TEXT.search,
        notices.of_title,
        lambda text: notices.of_notes([text]),
        lambda text: notices.of_types([text]),
        lambda text: detection._xml_format(f"<{text}"),
        bibtex_cutting.starts,
        bibtex_names.ET_AL.search,
        csl_json._names,
    )
    for function in functions:
        assert min(processor_seconds(function, hostile) for _ in range(3)) < 0.05


def processor_seconds(function, text) -> float:
    """Return what a call costs, leaving out what else the machine is doing."""
    started = time.process_time()
    function(text)
    return time.process_time() - started
