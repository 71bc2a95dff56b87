"""How records are recognised as one paper, and when a person has to look."""

import hashlib
import os
import time
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records.duplicates import Candidate, candidate_of, find_groups, normalise_title
from records.importers import read_file

TITLE = "Endoscopic treatment of ischiofemoral impingement: a case series"


def one(key, **fields):
    return Candidate(key=key, **{"title": TITLE, "year": 2015, **fields})


def keys(group):
    return {match.key for match in group.members}


def only(groups):
    assert len(groups) == 1
    return groups[0]


def assert_sure(*records):
    group = only(find_groups(records))
    assert group.sure
    assert keys(group) == {record.key for record in records}


def assert_doubtful(*records):
    group = only(find_groups(records))
    assert not group.sure
    assert keys(group) == {record.key for record in records}


def test_the_same_pmid_is_sure():
    assert_sure(one(1, pmid="7"), one(2, pmid="7", title="", year=None))


def test_the_same_doi_is_sure_even_with_a_shortened_title():
    assert_sure(
        one(1, doi="10.1/a"),
        one(2, doi="10.1/A", title="Endoscopic treatment of ischiofemoral impingement"),
    )


def test_the_same_title_and_year_are_sure():
    assert_sure(
        one(1), one(2, title="ENDOSCOPIC TREATMENT OF ISCHIOFEMORAL IMPINGEMENT - A CASE SERIES.")
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"doi": "10.1/a"}, {"doi": "10.1/b"}),
        ({"pmid": "1"}, {"pmid": "2"}),
        ({"authors": ("Hatem M",)}, {"authors": ("Wilson, M. D.",)}),
        ({"volume": "3"}, {"volume": "4"}),
        ({"pages": "10-19"}, {"pages": "146-153"}),
        ({"year": None}, {}),
        ({"year": None}, {"year": None}),
        ({"year": 2014}, {"year": 2015}),
    ],
)
def test_the_same_title_with_a_contradiction_or_no_common_year_is_for_a_person(first, second):
    assert_doubtful(one(1, **first), one(2, **second))


def test_a_doi_typed_wrong_onto_another_paper_is_for_a_person():
    other = "Conversion to total hip arthroplasty after periacetabular osteotomy"

    assert_doubtful(one(1, doi="10.1/a"), one(2, doi="10.1/a", title=other, year=2011))


@pytest.mark.parametrize(
    "title",
    [f"Erratum to: {TITLE}", f"Comment on: {TITLE}", f"Reply to “{TITLE}”", f"{TITLE}, part 2"],
)
def test_an_erratum_reply_or_part_is_never_merged_by_the_machine(title):
    assert_doubtful(one(1, doi="10.1/a"), one(2, doi="10.1/a", title=title))


def test_two_parts_of_a_series_are_no_duplicates():
    assert not find_groups(
        [
            one(1, title=f"{TITLE}. Part 1", authors=("Kim A",)),
            one(2, title=f"{TITLE}. Part 2", authors=("Kim A",)),
        ]
    )


def test_a_short_title_needs_a_second_likeness():
    short = "Snapping hip syndrome"

    assert_doubtful(one(1, title=short), one(2, title=short))
    assert_sure(
        one(1, title=short, authors=("Kim A", "Xu L"), journal="Hip Int"),
        one(2, title=f"{short}.", authors=("Kim, A.", "Xu, L."), journal="Hip International"),
    )


def test_a_similar_title_in_the_same_year_by_the_same_first_author_is_for_a_person():
    typo = TITLE.replace("ischiofemoral", "ischio-femorale")

    assert_doubtful(one(1, authors=("Hatem M",)), one(2, title=typo, authors=("Hatem, Munif",)))
    assert not find_groups([one(1, authors=("Hatem M",)), one(2, title=typo, authors=("Kim A",))])


def test_a_similar_title_without_authors_is_for_a_person():
    typo = TITLE.replace("series", "serie")

    assert_doubtful(one(1, authors=("Hatem M",)), one(2, title=typo))


def test_different_papers_stay_apart():
    assert not find_groups(
        [one(1), one(2, title="Hip arthroscopy: a narrative review of the literature")]
    )


def test_one_record_that_could_be_either_of_two_papers_joins_neither():
    groups = find_groups([one(1, doi="10.1/a"), one(2, doi="10.1/b"), one(3)])

    assert [group.sure for group in groups] == [False]
    assert keys(groups[0]) == {1, 2, 3}


def test_the_most_complete_record_is_kept_and_the_lowest_key_among_equals():
    assert only(find_groups([one(1), one(2, abstract_length=900), one(3, doi="10.1/a")])).kept == 2
    assert only(find_groups([one(1), one(2, volume="3")])).kept == 2
    assert only(find_groups([one(1), one(2, filled=3)])).kept == 2
    assert only(find_groups([one(5), one(3), one(4)])).kept == 3


def test_a_doubtful_candidate_stands_with_the_kept_record_of_the_sure_group():
    groups = find_groups(
        [one(1, doi="10.1/a"), one(2, doi="10.1/a", abstract_length=9), one(3, doi="10.1/b")]
    )
    sure, doubtful = groups

    assert (sure.sure, keys(sure), sure.kept) == (True, {1, 2}, 2)
    assert (doubtful.sure, keys(doubtful)) == (False, {2, 3})


def test_each_match_says_why():
    group = only(
        find_groups([one(1, doi="10.1/a"), one(2, doi="10.1/a", pmid="7"), one(3, pmid="7")])
    )

    assert {match.key: match.why for match in group.members} == {
        1: "same DOI 10.1/a, same title and year",
        2: "the most complete record",
        3: "same PMID 7, same title and year",
    }
    assert all(0 < match.score <= 1 for match in group.members)


def test_records_a_person_told_apart_are_not_brought_together_again():
    records = [one(1, doi="10.1/a"), one(2, doi="10.1/a"), one(3, doi="10.1/a")]

    assert not find_groups(records[:2], apart=[(1, 2)])
    for group in find_groups(records, apart=[(1, 2)]):
        assert not {1, 2} <= keys(group) or not group.sure


@pytest.mark.catalogue("I10")
def test_composed_and_decomposed_letters_are_one_title():
    title = "Traitement endoscopique de la hanche opérée, étude rétrospective"
    assert_sure(
        one(1, title=unicodedata.normalize("NFC", title)),
        one(2, title=unicodedata.normalize("NFD", title)),
    )


@pytest.mark.catalogue("I09")
@pytest.mark.parametrize(
    "title",
    [
        "\u202e" + TITLE + "\u202c",
        TITLE.replace("Endo", "En\u200bdo"),
        TITLE.replace("a", "\u0430").replace("o", "\u043e"),
        f"[{TITLE}]",
        TITLE.replace("case", "<i>case</i>"),
        TITLE.replace(" ", "\u00a0\u2028"),
    ],
)
def test_invisible_marks_look_alikes_brackets_and_markup_do_not_hide_a_duplicate(title):
    assert_sure(one(1), one(2, title=title))


def test_a_normal_title_is_plain_words():
    assert (
        normalise_title("  [Müller’s “α-angle”:\u200b  2-Year results]. ")
        == "mullers alpha angle 2 year results"
    )


def made_up(key, **fields):
    """Return a record whose title has two words of its own behind a common beginning."""
    digest = hashlib.sha256(b"%d" % key).hexdigest()
    words = "".join(chr(97 + int(figure, 16)) for figure in digest)
    title = f"Endoscopic treatment of {words[:9]} and {words[9:18]} in {words[18:24]}"
    return one(key, title=title, **fields)


@pytest.mark.catalogue("I47")
@pytest.mark.parametrize("same", [{"doi": "10.1/a"}, {}, {"authors": ("Kim A",)}])
def test_ten_thousand_identical_records_are_one_group_at_once(same):
    started = time.process_time()
    group = only(find_groups([one(key, **same) for key in range(10_000)]))

    assert len(group.members) == 10_000
    assert group.kept == 0
    assert time.process_time() - started < 5


def test_thousands_of_records_that_say_too_little_make_small_groups_only():
    groups = find_groups([one(key, title="Editorial", year=None) for key in range(3_000)])

    assert not [group for group in groups if group.sure or len(group.members) > 5]


@pytest.mark.catalogue("I48")
@pytest.mark.parametrize("same", [{}, {"doi": "10.1/a"}, {"pmid": "7"}])
def test_a_block_made_to_be_slow_takes_bounded_time_and_merges_nothing(same):
    records = [
        made_up(key, authors=("Kim A",), journal="Hip Int", volume="1", pages="1", **same)
        for key in range(3_000)
    ]
    started = time.process_time()
    groups = find_groups(records)

    assert time.process_time() - started < 8
    assert not [group for group in groups if group.sure]


@pytest.mark.soak
@pytest.mark.parametrize("many", [50_000 if os.environ.get("IFI_SOAK") else 2_000])
def test_one_beginning_of_all_titles_stays_bounded(many):
    records = [made_up(key, authors=(f"Kim{key % 97} A",), pages=str(key)) for key in range(many)]
    started = time.process_time()
    groups = find_groups(records)

    assert time.process_time() - started < many / 1_000
    assert not [group for group in groups if group.sure]


def test_both_search_files_of_the_topic_share_exactly_the_papers_of_the_smaller_one():
    folder = Path(__file__).parent / "files"
    records = [
        record
        for name in ("search_web.ris", "search_pubmed.nbib")
        for record in read_file((folder / name).read_bytes()).records
    ]
    groups = find_groups(
        candidate_of(record, key=key, authors=record.authors) for key, record in enumerate(records)
    )
    doubtful = [records[group.kept].title for group in groups if not group.sure]

    assert [len(group.members) for group in groups if group.sure] == [2] * 23
    # Two entries of the larger file itself: without a year, and as a poster of a congress.
    assert [title.split()[0] for title in doubtful] == ["Osteochondroma", "Predictors"]


CANDIDATES = st.builds(
    Candidate,
    key=st.integers(0, 10**6),
    title=st.sampled_from(["", TITLE, TITLE.upper(), f"Erratum: {TITLE}", "Editorial", "股関節"]),
    year=st.sampled_from([None, 2014, 2015]),
    doi=st.sampled_from(["", "10.1/a", "10.1/b"]),
    pmid=st.sampled_from(["", "1", "2"]),
    volume=st.sampled_from(["", "3"]),
    pages=st.sampled_from(["", "10-19", "e12"]),
    authors=st.sampled_from([(), ("Kim A",), ("Hatem, M.",), ("",)]),
    abstract_length=st.integers(0, 3),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(CANDIDATES, max_size=14, unique_by=lambda c: c.key), st.randoms())
def test_groups_hold_their_rules_whatever_the_records_and_their_order(records, rng):
    groups = find_groups(records)
    shuffled = list(records)
    rng.shuffle(shuffled)
    by_key = {record.key: record for record in records}
    sure = [group for group in groups if group.sure]

    assert find_groups(shuffled) == groups
    assert len([key for group in sure for key in keys(group)]) == len(
        {key for group in sure for key in keys(group)}
    )
    for group in groups:
        assert group.kept in keys(group)
        assert len(group.members) > 1
    titles = Counter(pmid for pmid, _ in {(record.pmid, record.title) for record in records})
    for group in sure:
        pmids = {by_key[key].pmid for key in keys(group)} - {""}
        # A number on many titles names none of them, so it tells no papers apart either.
        assert len([pmid for pmid in pmids if titles[pmid] <= 3]) <= 1
    hidden = {key for group in sure for key in keys(group) - {group.kept}}
    assert not any(keys(group) & hidden for group in groups if not group.sure)
