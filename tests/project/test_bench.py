"""The benchmark measures on databases of its own, and says plainly what it found."""

import io
import json
import subprocess
import sys
from itertools import islice

import pytest
from django.core.management import call_command

from ifi_review.benchmarks import (
    course,
    exports,
    importing,
    pages,
    papers,
    results,
    series,
    tables,
    waiting,
)
from ifi_review.benchmarks.course import QUICK, Course, failing_alone
from ifi_review.benchmarks.goals import goals
from ifi_review.benchmarks.measure import measured, percentile
from ifi_review.benchmarks.scratch import PartFailed, SqliteDatabases
from records.importers import read_file
from records.models import Record
from reviews.models import Review
from reviews.verification import verify_review
from screening.models import ScreeningDecision
from tests.project.database import ROOT

TOOK = {"seconds": 2.0, "cpu_seconds": 1.0, "peak_mb": 10.0}


def file_of(tmp_path, kind, number):
    path = tmp_path / f"{kind}.ris"
    papers.write_ris(path, kind, number)
    return path


def test_the_same_number_of_papers_gives_the_same_file(tmp_path):
    first = file_of(tmp_path, "mixed", 80).read_bytes()

    assert file_of(tmp_path, "mixed", 80).read_bytes() == first


@pytest.mark.parametrize("kind", papers.KINDS)
def test_the_made_up_files_are_read_without_a_word(tmp_path, kind):
    read = read_file(file_of(tmp_path, kind, 120).read_bytes())

    assert (read.found, read.problems) == (120, ())
    assert len({record.raw for record in read.records}) == 120
    assert 1_200 < sum(len(r.abstract) for r in read.records) / 120 < 1_800
    if kind == "mixed":
        assert sum(papers.COMMON in r.title.split() for r in read.records) > 30
        assert sum(papers.RARE in r.title for r in read.records) == 1
    if kind == "identical":
        assert len({(r.title, r.doi, r.authors) for r in read.records}) == 1


@pytest.mark.parametrize("form", ["ris", "nbib", "bibtex"])
def test_the_files_of_real_lengths_are_read_without_a_word(tmp_path, form):
    path = tmp_path / "export"
    size = exports.write_export(path, form, 120)
    read = read_file(path.read_bytes())

    assert (read.format, read.found, read.problems) == (form, 120, ())
    assert 1_500 < size / 120 < 2_500
    assert all(record.authors and record.abstract for record in read.records)


def test_reading_is_measured_and_nothing_but_json_is_printed():
    out = io.StringIO()
    call_command("bench", "--quick", "--only", "parse", "--database", "sqlite", stdout=out)

    figures = json.loads(out.getvalue())
    assert figures["parse"]["ours"]["records"] == QUICK.large
    assert figures["parse"]["rispy"]["records"] == QUICK.large
    assert figures["parse"]["ratio"] > 0
    real = figures["parse"]["real"]
    assert {form: took["ours"]["records"] for form, took in real.items()} == {
        "ris": QUICK.real, "nbib": QUICK.real, "bibtex": QUICK.real,
    }  # fmt: skip
    assert real["bibtex"]["bibtexparser"]["records"] == QUICK.real
    assert next(goal["goal"] for goal in figures["goals"]) == "reading, beside rispy"


def test_a_part_refuses_to_work_in_another_database():
    done = subprocess.run(
        [sys.executable, "-m", "ifi_review.benchmarks.child", "import", "{}"],
        cwd=ROOT, env={"DATABASE_URL": "sqlite:////tmp/mine.sqlite3"}, capture_output=True,
        check=False,
    )  # fmt: skip

    assert done.returncode == 1
    assert b"databases of its own" in done.stderr


class Answers:
    """A place where every part takes as long."""

    def run(self, part, **arguments):
        return dict(TOOK)


def test_without_the_library_it_is_said_that_nothing_is_compared(tmp_path, monkeypatch):
    monkeypatch.setattr(course, "is_installed", lambda library: False)

    result = Course(QUICK, tmp_path, lambda _: None).parse(Answers())

    assert result["rispy"] is None
    assert "nbib is not installed" in result["real"]["nbib"]["missing"]
    assert "rispy is not installed" in result["missing"]
    assert "ratio" not in result


def test_a_part_that_fails_leaves_the_other_figures(tmp_path):
    said = []

    def fail():
        raise PartFailed("import ended with 1: no room")

    assert failing_alone(said.append, fail) == {"failed": "import ended with 1: no room"}
    assert said == ["import ended with 1: no room"]


def test_an_error_of_a_part_is_told(tmp_path):
    scratch = SqliteDatabases(tmp_path).bare()

    with pytest.raises(PartFailed, match=r"parse ended with 1: (?s:.*)No such file"):
        scratch.run("parse", reader="ours", path=str(tmp_path / "none.ris"))


@pytest.mark.django_db
def test_imports_duplicates_and_pages_are_measured(tmp_path, monkeypatch):
    # The others are asked in the same way.
    every = pages._requests
    monkeypatch.setattr(pages, "_requests", lambda *of: islice(every(*of), 8))
    large, small = file_of(tmp_path, "mixed", 60), tmp_path / "small.ris"
    papers.write_ris(small, "mixed", 10)

    took = importing.run_import(review="large", path=str(large))
    importing.run_import(review="small", path=str(small))
    found = importing.run_duplicates(review="large")
    asked = pages.time_pages(small="small", large="large", rounds=1)

    assert (took["imported"], took["standing"]) == (60, "published")
    assert found["records"] == 60
    assert found["merged"] > 0
    assert asked["records"] == {"small": 10, "large": 60}
    assert {"first page", "search, rare word", "search, common word"} <= set(asked["requests"])
    assert any(name.startswith("filter, ") for name in asked["requests"])
    for name, request in asked["requests"].items():
        assert request["large"]["status"] == 200, name
        assert request["large"]["queries"] > 0
    assert asked["requests"]["first page"]["large"]["rows"] == 50


@pytest.mark.django_db
def test_tables_of_many_studies_are_measured_beside_those_of_few(monkeypatch):
    monkeypatch.setattr(results, "_painting", lambda lead, rounds: {"paint_ms": None})

    entered = [series.enter_series(review=r, number=n) for r, n in (("few", 1), ("many", 4))]
    took = results.time_results(small="few", large="many", rounds=1)

    assert entered[1]["values"] == 4 * entered[0]["values"]
    # Two instruments a study, and one row for each category of treatment on who reports.
    assert took["rows"] == {"small": 2 + 1, "large": 8 + 2}
    assert took["table"]["ratio"] > 0
    assert took["page"]["large_ms"] > 0


@pytest.mark.django_db
def test_bare_inserts_write_the_same_rows_as_an_import(tmp_path):
    path = file_of(tmp_path, "mixed", 30)
    importing.run_import(review="import", path=str(path))

    bare = importing.run_bare(review="bare", path=str(path))

    assert bare["rows"] == 30
    told = [field.name for field in Record._meta.concrete_fields]
    told = [n for n in told if n not in {"id", "uid", "review", "batch", "recorded_at"}]
    rows = [list(Record.objects.filter(review__slug=s).values(*told)) for s in ("import", "bare")]
    assert rows[0] == rows[1]


@pytest.mark.django_db
def test_votes_are_cast_and_timed_until_told_to_stop(tmp_path, monkeypatch):
    prepared = waiting.prepare(review="votes", path=str(file_of(tmp_path, "mixed", 6)))
    ready, stop = tmp_path / "ready", tmp_path / "stop"
    monkeypatch.setattr(waiting.time, "sleep", lambda _: stop.touch())

    voted = waiting.vote(review="votes", ready=str(ready), stop=str(stop))

    assert prepared["seats"] == 12
    assert ready.exists()
    assert (len(voted["waits"]), voted["refused"]) == (1, 0)
    assert ScreeningDecision.objects.count() == 1
    assert verify_review(Review.objects.get(slug="votes")).problems == []


def test_a_wait_counts_for_every_stretch_it_reaches_into():
    waits = [[10.0, 0.1], [19.5, 2.0], [30.0, 0.2]]

    assert course._waits(waits, 20.0, 25.0) == {
        "votes": 1, "longest_seconds": 2.0, "over_a_second": 1,
    }  # fmt: skip


def test_goals_say_what_is_missed():
    large = {"queries": 14, "p50_ms": 90.0, "p95_ms": 120.0, "rows": 50}
    page = {"large": large, "small": {"rows": 50}, "p50_ratio": 1.1}
    fewer = {"large": large, "small": {"rows": 9}, "p50_ratio": 2.0}
    figures = {
        "parse": {"ours": TOOK, "ratio": 0.9},
        "databases": {
            "sqlite": {
                "imports": {"import_ratio": 3.5, "duplicates_ratio": 0.5, "growth": 11.0},
                "hard_cases": {"failed": "no room"},
                "pages": {"requests": {"first page": page, "search": fewer}},
                "waits": {"import": {"longest_seconds": 0.4}},
            }
        },
    }

    judged = {goal["goal"]: goal["met"] for goal in goals(figures)}

    assert [name for name, met in judged.items() if not met] == [
        "import, beside bare inserts", "queries of a page",
    ]  # fmt: skip
    figures |= {"goals": goals(figures), "load_before": 0.5}
    figures["machine"] = {"processor": "P", "processors": 2, "system": "S", "python": "3"}
    assert {goal["figure"] for goal in figures["goals"] if "beside small" in goal["goal"]} == {1.1}
    text = "\n".join(tables.tables(figures))
    assert "| 14; 90, 120; 2, 50 to 9 |" in text
    assert "| import, beside bare inserts | 3 | **3.5, missed** |" in text
    assert "| reading, beside rispy | 1 | 0.9 |" in text


@pytest.mark.parametrize(("share", "value"), [(0.5, 3), (0.95, 5), (0.2, 1), (1.0, 5)])
def test_a_percentile_is_one_of_the_values(share, value):
    assert percentile([5, 3, 1, 4, 2], share) == value


def test_memory_is_measured_above_what_was_held():
    with measured() as took:
        held = bytearray(30 * 1024 * 1024)
        held[::4096] = b"x" * len(held[::4096])

    assert took.peak_mb >= 25
    assert took.as_json()["seconds"] >= 0
