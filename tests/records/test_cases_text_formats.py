"""Text formats of services other than RIS: each case that was refused, with its right values."""

from pathlib import Path

import pytest

from records.importers import read_file

CASES = Path(__file__).parent / "files" / "cases"
PELICAN = "Pelican splints for wheelwright wrist: a cohort of forty"
LANTERN = "Second look at the lantern jaw after heron fixation"
COHORT = (
    "A cohort of forty wheelwrights was followed for two seasons."
    " The pelican splint halved the time to recovery."
)
RIGHT = {
    "cochrane_citation.txt": (
        "cochrane",
        [
            {"title": PELICAN, "year": 2021, "authors": ("Hartwell JK", "Osei PM"),
             "journal": "Journal of imagined orthopaedics", "volume": "12", "issue": "3",
             "pages": "101-109", "pmid": "39999991", "doi": "10.5555/pel.2021.001",
             "abstract": COHORT, "accession": "CN-02345678"},
            {"title": LANTERN, "year": 2022, "doi": "10.5555/pel.2021.002"},
        ],
    ),
    "pubmed_pmids.txt": (
        "pmids",
        [{"pmid": "39999991"}, {"pmid": "39999992"}, {"pmid": "39999993"}],
    ),
    "pubmed_abstract.txt": (
        "pubmed-text",
        [
            {"title": PELICAN, "pmid": "39999991", "abstract": COHORT, "year": 2021,
             "authors": ("Hartwell JK", "Osei PM"), "journal": "J Imag Orthop",
             "volume": "12", "issue": "3", "pages": "101-109",
             "doi": "10.5555/pel.2021.001", "pmcid": "PMC9999991"},
            {"title": LANTERN, "pmid": "39999992", "pages": "e15", "abstract": ""},
        ],
    ),
    "refworks_tagged.txt": (
        "refworks",
        [
            {"title": PELICAN, "authors": ("Hartwell,Jane K.", "Osei,Paul M."), "year": 2021,
             "journal": "Journal of Imagined Orthopaedics", "pages": "101-109",
             "keywords": ("splint", "wrist"), "issn": "1234-5679"},
            {"title": LANTERN, "year": 2022},
        ],
    ),
    "noteexpress.txt": (
        "noteexpress",
        [{"title": "鹈鹕夹板的临床研究", "authors": ("张三", "李四"), "year": 2021,
          "keywords": ("夹板", "腕关节"), "pages": "101-109", "issn": "1234-5679"}],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
def test_a_text_format_that_services_write_is_told_and_read(name):
    form, records = RIGHT[name]
    found = read_file((CASES / name).read_bytes())

    assert found.format == form
    assert found.found == len(found.records) == len(records)
    for record, right in zip(found.records, records, strict=True):
        assert {field: getattr(record, field) for field in right} == right


@pytest.mark.parametrize("name", [name for name in RIGHT if name != "pubmed_pmids.txt"])
def test_a_sound_file_of_a_text_format_raises_no_alarm(name):
    assert read_file((CASES / name).read_bytes()).problems == ()


def test_each_record_of_a_list_of_pmids_is_said_to_have_no_title():
    problems = read_file((CASES / "pubmed_pmids.txt").read_bytes()).problems

    assert [problem.line for problem in problems] == [1, 2, 3]
    assert all("no title" in problem.reason for problem in problems)
    assert not any(problem.rejected for problem in problems)


@pytest.mark.parametrize("name", RIGHT)
@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_line_ends_and_a_mark_change_no_value_of_a_text_format(name, ends):
    data = (CASES / name).read_text()
    plain = read_file(data.encode())
    other = read_file(("\ufeff" + data.replace("\n", ends)).encode())

    assert other.format == plain.format
    assert other.records == plain.records
