"""The best of each field among records that are one paper, and where it comes from."""

from dataclasses import dataclass, fields

import pytest

from records.best_fields import FIELDS, best_fields, is_cut


@dataclass
class Entry:
    """A record, as far as the rule looks at it."""

    pk: int = 0
    title: str = ""
    translated_title: str = ""
    authors: str = ""
    year: int | None = None
    year_text: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    journal: str = ""
    journal_abbreviation: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    issn: str = ""
    abstract: str = ""
    keywords: str = ""
    language: str = ""
    url: str = ""
    record_type: str = ""
    notices: str = ""


def best(name, *values):
    records = [Entry(pk=place, **{name: value}) for place, value in enumerate(values)]
    field = best_fields(records[0], records[1:]).fields[name]
    assert field.value == getattr(field.origin, name) or name == "notices"
    return field.value, field.origin.pk


def test_every_field_has_a_best_value_and_a_record_alone_keeps_its_own():
    entry = Entry(title="One", year=2020, doi="10.1000/x")
    found = best_fields(entry, [])
    assert set(found.fields) == set(FIELDS) == {f.name for f in fields(Entry)} - {"pk"}
    assert found.taken == []
    assert found.record is entry


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (("", "A whole abstract."), 1),
        (("A long abstract that was cut sh...", "A whole one."), 1),
        (("A long one (ABSTRACT TRUNCATED AT 250 WORDS)", "A whole one."), 1),
        (("Short.", "The longer of two whole ones."), 1),
        (("Equally long", "Equally wide"), 0),
        (("No abstract available.", "A"), 1),
        (("[Abstract truncated]", ""), 0),
    ],
)
def test_the_longest_abstract_that_was_not_cut_short_is_best(values, expected):
    assert best("abstract", *values)[1] == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (("J. Bone Jt. Surg.", "The Journal of bone and joint surgery. American volume"), 1),
        (("J Bone Joint Surg Am", "The Journal of bone and joint surgery. American volume"), 1),
        (("Arthroscopy", "Arthroscopy : the journal of arthroscopic and related surgery"), 0),
        (("HIP INTERNATIONAL", "Hip International"), 1),
        (("Hip International", "Hip Int."), 0),
        (("", "Hip Int."), 1),
    ],
)
def test_a_journal_is_named_in_full(values, expected):
    assert best("journal", *values)[1] == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (("Smith J", "Smith, John"), 1),
        (("Smith, J.\nJones, K.", "Smith, John"), 0),
        (("Smith, J.\net al.", "Smith, J.\nJones, K."), 1),
        (("Smith, John", "Smith, Joan"), 0),
    ],
)
def test_the_longest_list_of_authors_with_most_given_names_is_best(values, expected):
    assert best("authors", *values)[1] == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (("HIP PAIN IN DANCERS", "Hip pain in dancers"), 1),
        (("[Hip pain in dancers]", "Hip pain in dancers"), 1),
        (("Hip pain in…", "Hip pain in dancers"), 1),
        (("Hip pain", "Hip pain in dancers"), 0),
    ],
)
def test_a_title_is_whole_and_not_in_capitals(values, expected):
    assert best("title", *values)[1] == expected


@pytest.mark.parametrize("name", ["doi", "pmid", "pmcid", "issn", "keywords", "language", "url"])
def test_what_the_kept_record_lacks_comes_from_another_and_what_it_has_stays(name):
    assert best(name, "", "theirs") == ("theirs", 1)
    assert best(name, "own", "theirs") == ("own", 0)


def test_a_full_range_of_pages_replaces_the_first_page_of_the_same_place():
    kept = Entry(pk=0, year=2020, volume="12", pages="101")
    other = Entry(pk=1, year=2020, volume="12", pages="101-9", issue="3")
    found = best_fields(kept, [other])
    assert (found.fields["pages"].value, found.fields["pages"].origin) == ("101-9", other)
    assert found.fields["issue"].value == "3"
    assert found.fields["volume"].origin is kept


def test_year_volume_and_pages_are_never_mixed_from_two_places():
    ahead_of_print = Entry(pk=0, year=2019, year_text="2019")
    printed = Entry(pk=1, year=2020, year_text="2020 Mar", volume="12", pages="101-109")
    found = best_fields(ahead_of_print, [printed])
    place = {name: found.fields[name].value for name in ("year", "year_text", "volume", "pages")}
    assert place == {"year": 2020, "year_text": "2020 Mar", "volume": "12", "pages": "101-109"}

    elsewhere = Entry(pk=2, year=2020, volume="13", issue="4", pages="101-109")
    found = best_fields(Entry(year=2020, volume="12", pages="101"), [elsewhere])
    assert (found.fields["issue"].value, found.fields["pages"].value) == ("", "101")


def test_a_retraction_that_only_another_record_names_is_not_lost():
    kept = Entry(pk=0, notices="Erratum in: A")
    other = Entry(pk=1, notices="Retraction in: B\nErratum in: A")
    assert best_fields(kept, [other]).fields["notices"].value == "Erratum in: A\nRetraction in: B"


def test_what_is_shown_is_a_copy_and_says_what_it_took_from_whom():
    kept, other = Entry(pk=0, title="One"), Entry(pk=1, title="One", abstract="Found", pmid="7")
    found = best_fields(kept, [other])
    assert (found.record.abstract, found.record.pmid, found.record.pk) == ("Found", "7", 0)
    assert kept.abstract == ""
    assert [(field.label, field.origin.pk) for field in found.taken] == [
        ("PubMed", 1), ("Abstract", 1),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "An end.", "Truncated cones of bone", "3...4"])
def test_a_whole_text_is_not_taken_for_one_cut_short(text):
    assert not is_cut(text)
