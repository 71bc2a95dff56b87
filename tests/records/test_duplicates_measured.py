"""The labelled set, what is measured on it, and the command that prints it."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from ifi_review.benchmarks.duplicates import LABELLED
from ifi_review.benchmarks.duplicates.generator import labelled
from records.duplicates import Group, Match
from records.duplicates.measures import measure


def group(*keys, sure):
    return Group(tuple(Match(key, 1.0, "") for key in keys), keys[0], sure=sure)


TRUTH = {1: "a", 2: "a", 3: "a", 4: "b", 5: "b", 6: "c", 7: "d"}


def test_measures_of_pairs_and_of_records():
    groups = [group(1, 2, sure=True), group(4, 6, sure=True), group(1, 3, sure=False)]
    told = measure(groups, TRUTH).as_dict()

    assert (told["records"], told["papers"], told["duplicates"], told["true_pairs"]) == (7, 4, 3, 4)
    assert told["automatic"] == {
        "pairs": 2,
        "precision": 0.5,
        "recall": 0.25,
        "duplicates_removed": 1,
        "sensitivity": 0.33333,
        "papers_lost": 1,
        "specificity": 0.75,
    }
    assert told["suggested"] == {"groups": 1, "useless": 0, "recall_with_automatic": 0.75}


def test_false_merges_misses_and_useless_suggestions_are_named():
    groups = [group(1, 2, 4, sure=True), group(1, 6, sure=False), group(6, 7, sure=False)]
    found = measure(groups, TRUTH)

    assert found.false_merges == ((1, 4),)
    assert found.missed == ((1, 3), (4, 5))
    assert found.useless == ((1, 6), (6, 7))


def test_a_suggestion_through_a_kept_record_reaches_all_that_stand_behind_it():
    found = measure([group(1, 2, sure=True), group(1, 3, sure=False)], TRUTH)

    assert found.reachable_true == 3


def test_nothing_to_find_is_no_failure():
    told = measure([], {1: "a", 2: "b"}).as_dict()

    assert told["automatic"]["precision"] == told["automatic"]["recall"] == 1.0


def test_the_labelled_set_is_what_its_generator_makes():
    assert LABELLED.read_text(encoding="utf-8") == labelled()


def run(file, **options):
    printed = StringIO()
    call_command("measure_duplicates", str(file), stdout=printed, **options)
    return json.loads(printed.getvalue())


@pytest.fixture(scope="module")
def told():
    """Return what the command prints of the labelled set."""
    return run(LABELLED)


def test_on_the_labelled_set_nothing_is_merged_wrongly_and_nearly_all_is_found(told):
    assert told["records"] >= 2_500
    assert told["false_merges"] == []
    assert told["automatic"]["precision"] == told["automatic"]["specificity"] == 1
    assert told["automatic"]["recall"] >= 0.9865
    assert told["suggested"]["recall_with_automatic"] == 1


def test_the_documentation_shows_the_figures_of_the_labelled_set(told):
    text = Path("docs/deduplication.md").read_text(encoding="utf-8")
    row = (
        f"| the labelled set | {told['records']:,} | {told['true_pairs']:,} "
        f"| {told['automatic']['precision']:.4f} | {told['automatic']['recall']:.4f} "
        f"| {told['suggested']['recall_with_automatic']:.4f} | {told['suggested']['useless']} |"
    )

    assert row in text


def test_another_label_and_records_without_one(tmp_path):
    title = "Endoscopic treatment of ischiofemoral impingement: a case series"
    table = tmp_path / "table.csv"
    table.write_text(
        "id,title,year,journal,paper\n"
        f"x1,{title},2015,Hip Int,P1\nx2,{title},2015,Hip Int,\nx3,Another one,2001,Hip Int,\n",
        encoding="utf-8",
    )
    told = run(table, label="paper")

    assert (told["papers"], told["false_merges"]) == (3, [["x1", "x2"]])


def test_a_table_without_the_label_is_refused_in_one_sentence(tmp_path):
    table = tmp_path / "table.csv"
    table.write_text("id,title\n1,A title\n", encoding="utf-8")

    with pytest.raises(CommandError, match="duplicate_group"):
        call_command("measure_duplicates", str(table))
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("measure_duplicates", str(tmp_path / "none.csv"))
