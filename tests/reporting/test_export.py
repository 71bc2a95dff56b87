"""The export command: one table to standard output, files with what they were made from."""

import csv
import hashlib
import io
import json

import pytest
from django.core.management import CommandError, call_command

from records.services import find_duplicates
from reporting.renderers import RENDERERS
from reporting.reports import REPORTS
from reporting.snapshot import take_snapshot
from reviews.models import Review
from reviews.verification import verify_review
from tests.factories import make_batch, make_lead
from tests.racing import at_once, fresh
from tests.reporting.factories import change_value, hip_series, make_study

TITLES = [f"Arthroscopic treatment of the hip in {number} patients" for number in range(12, 24)]


def export(*args, **options):
    out = io.StringIO()
    call_command("export", *args, stdout=out, **options)
    return out.getvalue()


def test_a_table_alone_is_printed(lead):
    make_study(lead, cohorts=[hip_series()])

    printed = export(lead.review.slug, "summary")

    snapshot = take_snapshot(lead.review)
    assert printed.encode() == RENDERERS["csv"].whole(REPORTS["summary"], snapshot)


@pytest.mark.catalogue("E09")
def test_a_file_has_its_snapshot_and_digest_beside_it(lead, tmp_path):
    study = make_study(lead, cohorts=[hip_series()])
    first = tmp_path / "first.json"
    export(lead.review.slug, "summary", format="json", out=str(first))
    meta = json.loads((tmp_path / "first.json.meta.json").read_text())
    change_value(lead, study, "patients.treated", "11")

    again = tmp_path / "again.json"
    export(lead.review.slug, "summary", format="json", out=str(again), as_of=meta["as_of"])

    assert again.read_bytes() == first.read_bytes()
    assert meta["sha256"] == hashlib.sha256(first.read_bytes()).hexdigest()
    assert json.loads((tmp_path / "again.json.meta.json").read_text()) == meta
    assert len(meta["chain_head"]) == 64


def test_all_tables_in_all_formats_go_to_a_folder(lead, tmp_path):
    export(lead.review.slug, all=True, out=str(tmp_path / "new"))

    files = [path for path in (tmp_path / "new").iterdir() if "meta" not in path.name]
    names = {path.name for path in files}
    # What a format is written in when nothing is said has no word in its name, the other has.
    for written in ("csv", "full.docx", "journal.csv", "docx", "md", "full.md", "journal.json"):
        assert f"outcomes.{written}" in names
    assert "records.ris" in names
    assert {name.partition(".")[0] for name in names} >= set(REPORTS)
    metas = [json.loads(path.read_text()) for path in (tmp_path / "new").glob("outcomes.*.json")]
    told = {(meta["format"], meta["layout"]) for meta in metas if "sha256" in meta}
    assert told == {
        (name, layout) for name in REPORTS["outcomes"].formats for layout in ("journal", "full")
    }


@pytest.mark.catalogue("C18", "E08")
@pytest.mark.django_db(transaction=True)
def test_an_export_while_others_import_and_merge_is_of_one_instant(tmp_path):
    lead = make_lead()
    for _ in range(2):
        make_batch(lead, TITLES)
        find_duplicates(lead=lead)
    busy, quiet = tmp_path / "busy", tmp_path / "quiet"

    raised = at_once(
        lambda: export(lead.review.slug, all=True, out=str(busy)),
        lambda: [make_batch(fresh(lead), TITLES[:number]) for number in range(1, 6)],
        lambda: [find_duplicates(lead=fresh(lead)) for _ in range(3)],
    )

    assert raised == [None, None, None]
    metas = {path.name: json.loads(path.read_text()) for path in busy.glob("*.meta.json")}
    [as_of] = {meta["as_of"] for meta in metas.values()}
    export(lead.review.slug, all=True, out=str(quiet), as_of=as_of)
    for path in busy.iterdir():
        assert path.read_bytes() == (quiet / path.name).read_bytes(), path.name
    rows, flow = (
        list(csv.DictReader((busy / f"{table}.csv").read_text(encoding="utf-8").splitlines()))
        for table in ("records", "prisma")
    )
    boxes = {row["field"]: row["value"] for row in flow}
    assert boxes["database_results"] == str(len(rows))
    assert boxes["duplicates"] == str(sum(bool(row["merged_behind"]) for row in rows))
    assert verify_review(Review.objects.get(pk=lead.review_id)).problems == []


@pytest.mark.parametrize(
    ("args", "options", "said"),
    [
        (["no-such-table"], {}, "There is no table “no-such-table”"),
        (["summary"], {"format": "exe"}, "There is no format “exe”"),
        (["summary"], {"format": "ris"}, "The table “summary” is not written as ris"),
        (["totals"], {"layout": "journal"}, "The table “totals” has no journal layout; take full"),
        (["totals"], {"layout": "wide"}, "There is no layout “wide”; there are journal, full"),
        (["totals"], {"part": "mhhs"}, "The table “totals” has no part “mhhs”; it has no parts"),
        (["summary"], {"as_of": "yesterday"}, "Give a date or a time in ISO form"),
        (["summary"], {"as_of": "1990-01-01"}, "The review did not exist at that time"),
        ([], {}, "Name a table"),
        ([], {"all": True}, "Name a folder"),
        (["summary"], {"by": "nobody@example.org"}, "is not a member"),
        (["summary"], {"out": "/proc/nowhere/x.csv"}, "cannot be written"),
    ],
)
def test_what_cannot_be_exported_is_refused_in_one_sentence(lead, args, options, said):
    with pytest.raises(CommandError, match=said):
        export(lead.review.slug, *args, **options)
