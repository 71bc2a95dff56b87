"""Where the votes of a paper of several records are read: the list, its pages, the agreement."""

import pytest

from records.services import import_file, merge_group, separate_group
from reporting.reports.screening_agreement import agreement_table
from reporting.snapshot import take_snapshot
from screening.models import ScreeningDecision
from screening.references import marks_of
from screening.services import release_records
from tests.factories import make_source, ris
from tests.records.grouping import make_group
from tests.screening.papers import EXCLUDE, INCLUDE, TITLES, UNSURE, pair, vote

pytestmark = pytest.mark.django_db


def test_the_list_and_the_page_of_a_paper_show_ones_own_votes_on_what_is_behind_it(as_member):
    lead, (a, _), (one, other), group = pair()
    vote(a, other, UNSURE)
    merge_group(lead=lead, group=group, kept=one)

    assert [v.verdict for v in marks_of([one], a)[one.pk].votes] == [UNSURE]
    client = as_member(a)
    at = f"/reviews/{lead.review.slug}/records/"
    for asked, found in (("unsure", 1), ("include", 0), ("none", 1)):
        listed = client.get(f"{at}?mine={TITLES}:{asked}").content.decode()
        assert (f"{one.uid}" in listed) is bool(found), asked
    assert "answered unsure" in client.get(f"{at}{one.uid}/").content.decode()


def test_a_reviewer_reads_a_record_behind_another_with_the_papers_best_fields(as_member):
    lead, (a, _), (one, other), _ = pair()
    data = ris([one.title], AB="The one abstract there is. " * 10)
    batch = import_file(lead=lead, source=make_source(lead), file_name="a.ris", data=data)
    full = batch.records.get()
    merge_group(lead=lead, group=make_group(lead, [full, other]))
    url = f"/reviews/{lead.review.slug}/screening/{TITLES}/records/{other.uid}/"

    page = as_member(a).get(url)

    assert "The one abstract there is." in page.content.decode()
    assert as_member(a).post(url, {"verdict": "include"}).status_code == 302
    assert ScreeningDecision.objects.get().record == other


def test_each_two_people_agree_once_on_a_paper_where_both_judged_it_first():
    lead, (a, b), (one, other), group = pair()
    for record, verdict in ((other, EXCLUDE), (one, INCLUDE)):
        vote(a, record)
        vote(b, record, verdict)
    merge_group(lead=lead, group=group)
    release_records(lead=lead, stage=TITLES)

    table = agreement_table(take_snapshot(lead.review))

    first = table.rows[0]
    assert first.cell("records").text == "1"
    assert first.cell("raw_agreement").text == "0.000"
    assert list(first.cell("raw_agreement").records) == [one.uid]
    separate_group(lead=lead, group=group)
    assert agreement_table(take_snapshot(lead.review)).rows[0].cell("records").text == "2"
