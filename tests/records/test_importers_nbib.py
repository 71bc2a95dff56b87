"""PubMed's tagged format."""

from pathlib import Path

import pytest

from records.importers import FileRefused, read_file

FULL = """PMID- 25108907
OWN - NLM
DP  - 2015 Feb
TI  - Diagnosis and 2-year outcomes of endoscopic treatment for ischiofemoral
      impingement.
PG  - 239-46
LID - S0749-8063(14)00643-9 [pii]
LID - 10.1016/j.arthro.2014.07.031 [doi]
AB  - PURPOSE: To report
      OR  - 1.2 of outcomes.
FAU - Hatem, Munif Ahmad
AU  - Hatem MA
AD  - Hip Preservation Center,
      Dallas.
FAU - Martin, Hal David
AU  - Martin HD
CN  - Hip Group
LA  - eng
PT  - Journal Article
PT  - Retracted Publication
TA  - Arthroscopy
JT  - Arthroscopy : the journal of arthroscopic & related surgery
VI  - 31
IP  - 2
IS  - 1526-3231 (Electronic)
IS  - 0749-8063 (Linking)
MH  - *Arthroscopy
OT  - hip
PMC - PMC1234567
TT  - Diagnostik
"""


def read(text):
    found = read_file(text.encode())
    assert found.format == "nbib"
    assert found.found == len(found.records) + sum(p.rejected for p in found.problems)
    return found


def test_the_search_file_of_the_topic_is_read_whole():
    found = read_file((Path(__file__).parent / "files" / "search_pubmed.nbib").read_bytes())

    assert (found.format, found.encoding, found.found, found.problems) == ("nbib", "utf-8", 23, ())
    assert all(r.title and r.pmid and r.source_record_id == r.pmid for r in found.records)
    assert found.records[0].title.endswith("impingement: Bern series]")


def test_every_field_of_a_full_record_is_read():
    found = read(FULL)
    only = found.records[0]

    assert not found.problems
    assert only.title == (
        "Diagnosis and 2-year outcomes of endoscopic treatment for ischiofemoral impingement."
    )
    assert only.translated_title == "Diagnostik"
    assert (only.pmid, only.pmcid, only.doi) == (
        "25108907",
        "PMC1234567",
        "10.1016/j.arthro.2014.07.031",
    )
    assert (only.year_text, only.year, only.volume, only.issue, only.pages) == (
        "2015 Feb",
        2015,
        "31",
        "2",
        "239-246",
    )
    assert only.abstract == "PURPOSE: To report OR  - 1.2 of outcomes.".replace("  ", " ")
    assert only.authors == ("Hatem, Munif Ahmad", "Martin, Hal David", "Hip Group")
    assert only.journal.startswith("Arthroscopy : the journal")
    assert only.journal_abbreviation == "Arthroscopy"
    assert only.record_type == "Journal Article; Retracted Publication"
    assert only.issn == "1526-3231; 0749-8063"
    assert only.keywords == ("*Arthroscopy", "hip")
    assert only.language == "eng"


def test_short_names_count_where_full_names_are_fewer():
    text = "PMID- 1\nTI  - One\nFAU - Hatem, Munif\nAU  - Hatem M\nAU  - Martin H\n"

    assert read(text).records[0].authors == ("Hatem M", "Martin H")


@pytest.mark.catalogue("I24")
def test_records_without_pubmed_numbers_and_with_wrapped_fields_are_imported():
    text = (
        "TI  - One that is\n      wrapped\nDP  - 2001\nTA  - J Hip\n\n"
        "TI  - Two\nDP  - 2002\nVI  - 3\n"
    )

    assert [(r.title, r.year, r.pmid) for r in read(text).records] == [
        ("One that is wrapped", 2001, ""),
        ("Two", 2002, ""),
    ]


@pytest.mark.catalogue("I19")
def test_a_blank_line_inside_a_record_does_not_cut_it():
    found = read("PMID- 1\nDP  - 2001\n\nTI  - One\nVI  - 3\n\nPMID- 2\nTI  - Two\n")

    assert [(r.title, r.year, r.volume) for r in found.records] == [
        ("One", 2001, "3"),
        ("Two", None, ""),
    ]


def test_records_without_a_blank_line_between_them_stay_two():
    assert [r.pmid for r in read("PMID- 1\nTI  - One\nPMID- 2\nTI  - Two\n").records] == ["1", "2"]


@pytest.mark.catalogue("I21")
def test_nbib_is_known_by_its_content_and_not_refused_for_its_name():
    assert read("\n\n" + FULL).records[0].line == 3


@pytest.mark.catalogue("I05")
@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_make_no_difference(end):
    assert read(FULL.replace("\n", end)).records == read(FULL).records


@pytest.mark.catalogue("I16")
def test_text_before_the_first_record_is_named():
    found = read("Results of a search\n\nPMID- 1\nTI  - One\n")

    assert [r.title for r in found.records] == ["One"]
    assert [(p.line, p.rejected) for p in found.problems] == [(1, False)]


@pytest.mark.catalogue("I17")
def test_of_tags_that_stand_twice_the_first_counts():
    found = read("PMID- 1\nTI  - One\nTI  - Other\n")

    assert found.records[0].title == "One"
    assert [p.line for p in found.problems] == [3]


def test_an_entry_with_nothing_to_screen_is_rejected_by_line():
    found = read("PMID- 1\nTI  - One\n\nPMID- 0\nDP  - 2001\nVI  - 3\n")

    assert [r.title for r in found.records] == ["One"]
    assert [(p.line, p.rejected) for p in found.problems] == [(4, True)]


def test_a_file_without_any_record_is_refused():
    with pytest.raises(FileRefused, match="no record"):
        read_file(b"nothing here\n", format="nbib")
