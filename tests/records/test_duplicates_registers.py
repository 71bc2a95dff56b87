"""Registrations of trials: their number tells them, whatever the registers call the trial."""

import time

import pytest

from records.duplicates import Candidate, find_groups
from tests.records.test_duplicates_traps import TITLE, ruling, without

OFFICIAL = {"title": "A Randomised Trial of Endoscopic Decompression, Parallel Design, in Adults"}
PUBLIC = {"title": "Endoscopic decompression in adults"}
BARE = without("volume", "issue", "pages", "journal", "authors", "year")


def registered(number, **fields):
    return BARE | {"accession": number} | fields


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("NCT01234567", "NCT 01234567"),
        ("NCT01234567", "ClinicalTrials.gov: NCT01234567"),
        ("ISRCTN12345678", "ISRCTN 12345678"),
        ("ACTRN12605000001606", "ACTRN12605000001606p"),
        ("EUCTR2008-001234-12-GB", "EudraCT Number: 2008-001234-12"),
        ("EUCTR2008-001234-12-GB", "2008-001234-12"),
        ("CTIS2022-501234-12-00", "EU CT: 2022-501234-12-00"),
        ("UMIN000001234", "JPRN-UMIN000001234"),
        ("jRCTs031180123", "JPRN-jRCTs031180123"),
        ("JapicCTI-060242", "JPRN-JapicCTI-060242"),
        ("ChiCTR-TRC-10001234", "ChiCTR-TRC-10001234"),
        ("CTRI/2019/01/017001", "CTRI/2019/01/017001"),
        ("DRKS00001234", "drks00001234"),
        ("IRCT20101234567N1", "IRCT20101234567N1"),
    ],
)
def test_one_number_is_one_registration_whatever_its_title(one, other):
    assert ruling(registered(one) | OFFICIAL, registered(other, year=2014) | PUBLIC) == "sure"


@pytest.mark.parametrize(
    "copy",
    [
        {"url": "https://clinicaltrials.gov/ct2/show/NCT01234567"},
        {"journal": "https://clinicaltrials.gov/show/NCT01234567", "accession": "CN-01234567"},
        {"journal": "https://clinicaltrials.gov/show/NCT01234567", "authors": ("NCT01234567",)},
        {"journal": "http://www.who.int/trialsearch/Trial2.aspx?TrialID=NCT01234567"},
        {"journal": "ClinicalTrials.gov", "pages": "NCT01234567"},
        {"journal": "WHO International Clinical Trials Registry Platform", "pages": "NCT01234567"},
        {"authors": ("NCT01234567",)},
        {"url": "https://clinicaltrials.gov/study/NCT01234567", "doi": "10.1002/central/CN-012345"},
    ],
)  # fmt: skip
def test_a_copy_of_a_registration_holds_its_number_in_any_field_of_its_place(copy):
    assert ruling(registered("NCT01234567", year=2019) | OFFICIAL, BARE | PUBLIC | copy) == "sure"


def test_the_number_does_not_carry_titles_that_share_no_words():
    other = {"title": "A study of pelican splints for wheelwrights"}

    assert ruling(registered("NCT01234567") | OFFICIAL, registered("NCT01234567") | other) == (
        "doubtful"
    )


@pytest.mark.parametrize(
    ("one", "other"), [("phase 2", "phase 3"), ("in men", "in women"), ("aged <65", "aged >=65")]
)
def test_the_number_does_not_carry_titles_that_are_told_apart(one, other):
    records = (registered("NCT01234567", title=f"{TITLE} {words}") for words in (one, other))

    assert ruling(*records) == "doubtful"


def test_a_third_record_does_not_join_titles_that_are_told_apart():
    titles = [f"{TITLE}{phase}" for phase in (" phase 2", "", " phase 3")]
    records = [
        Candidate(key=key, title=title, accession="NCT01234567") for key, title in enumerate(titles)
    ]
    sure = [{m.key for m in group.members} for group in find_groups(records) if group.sure]

    assert not any({0, 2} <= keys for keys in sure)


def test_two_registrations_of_one_sponsor_are_two():
    assert ruling(registered("NCT01234567"), registered("NCT01234568")) == "apart"
    assert ruling(registered("EUCTR2008-001234-12-GB"), registered("NCT01234567")) == "apart"


REPORT = {"title": "Endoscopic decompression in adults: results in the longer term"}
LATER = REPORT | {"year": 2018, "volume": "28", "pages": "12-19", "issue": "1"}


@pytest.mark.parametrize(
    "number", [{"accession": "NCT01234567"}, {"url": "https://x.org/NCT01234567"}]
)
def test_two_reports_of_one_trial_are_two_papers(number):
    text = {
        "abstract": "Registered at ClinicalTrials.gov as NCT01234567. We randomised adults. " * 3
    }

    assert ruling(PUBLIC | number, LATER | number) != "sure"
    assert ruling(PUBLIC | number | {"pmid": "1"}, LATER | number | {"pmid": "2"}) != "sure"
    assert ruling(PUBLIC | text, LATER | text) != "sure"
    nowhere = without("volume", "issue", "pages")
    assert ruling(nowhere | PUBLIC | number, nowhere | REPORT | number) != "sure"
    dois = [BARE | number | {"doi": doi} for doi in ("10.1/a", "10.1/b")]
    assert ruling(dois[0] | PUBLIC, dois[1] | REPORT) != "sure"


def test_a_paper_and_the_registration_of_its_trial_are_two_documents():
    paper = {"url": "https://clinicaltrials.gov/study/NCT01234567"}

    assert ruling(paper, registered("NCT01234567")) == "apart"
    assert ruling(paper | {"pmid": "1"}, registered("NCT01234567")) == "apart"


def test_a_paper_that_names_its_trial_is_still_found_again():
    assert ruling({"accession": "NCT01234567"}, {}) == "sure"
    assert (
        ruling({"pmid": "7", "url": "https://clinicaltrials.gov/study/NCT01234567"}, {}) == "sure"
    )


def test_the_number_of_a_record_of_central_is_no_doi_of_the_paper():
    central = {"doi": "10.1002/central/CN-01234567"}

    assert ruling({"doi": "10.1000/hip.1"}, central) == "sure"
    assert ruling(central | {"pages": "", "year": 2015}, central | {"issue": ""}) == "sure"


def test_what_the_number_carried_is_said():
    records = [
        Candidate(key=key, title=title, accession="NCT01234567")
        for key, title in enumerate((OFFICIAL["title"], PUBLIC["title"]))
    ]

    assert {match.why for match in find_groups(records)[0].members} == {
        "same registration number NCT01234567",
        "the most complete record",
    }


def test_thousands_of_records_of_one_number_take_bounded_time():
    records = [
        Candidate(key=key, title=f"Trial of tea {key:05d} in bargemen", accession="NCT01234567")
        for key in range(3_000)
    ]
    started = time.process_time()
    find_groups(records)

    assert time.process_time() - started < 8
