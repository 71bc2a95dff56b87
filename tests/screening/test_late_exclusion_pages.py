"""The pages of doubts about reports, and that no extractor learns through them of the other."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from extraction.choices import CopyStanding
from extraction.work import items
from reviews.models import AuditEvent
from reviews.roles import Role
from reviews.services import change_role
from reviews.telling import kept_from
from screening.choices import DoubtStanding, Standing
from screening.models import EligibilityDoubt, Resolution
from tests.comparing import Looking, Request, different
from tests.factories import make_member
from tests.screening.late import FULL, make_extracted

pytestmark = pytest.mark.django_db


def url(it, name, uid=None):
    kwargs = {"slug": it.lead.review.slug, **({"uid": uid} if uid else {})}
    return reverse(f"extraction:{name}", kwargs=kwargs)


def study_page(client, it):
    return client.get(url(it, "study-detail", it.study.uid)).content.decode()


def sent(it, **said):
    return {
        "report": str(it.record.uid),
        "reason": str(it.reason().uid),
        "note": "Half of them are children",
        "results_known": "yes",
        **said,
    }


def labels(member):
    return [item.label for item in items(member)]


def test_an_extractor_reports_a_report_and_a_lead_excludes_it(as_member):
    it = make_extracted()
    extractor, lead = as_member(it.a), as_member(it.lead)
    assert "Report as ineligible" in study_page(extractor, it)

    answer = extractor.post(url(it, "study-ineligible", it.study.uid), sent(it))

    assert answer.status_code == 302
    doubt = EligibilityDoubt.objects.get()
    page = study_page(extractor, it)
    assert "You hold that" in page
    assert "Take it back" in page
    assert "Settle 1 doubt about reports" in labels(it.lead)
    listed = lead.get(url(it, "doubt-list")).content.decode()
    assert "Half of them are children" in listed
    settle = url(it, "doubt-settle", doubt.uid)
    assert settle in listed
    assert settle in study_page(lead, it)

    answer = lead.post(settle, {"answer": "uphold", "reason": str(it.reason(1).uid), "note": ""})

    assert answer.status_code == 302
    now = Resolution.objects.current().get(record=it.record, stage=FULL)
    assert (now.verdict, now.reason.label) == (Standing.EXCLUDED, "Design")
    page = study_page(extractor, it)
    assert "was found ineligible at extraction and is excluded" in page
    assert "Report as ineligible" not in page
    assert not [label for label in labels(it.lead) if "doubt" in label]


def test_it_is_included_again_from_the_same_page(as_member):
    it = make_extracted()
    it.exclude()
    lead = as_member(it.lead)
    address = url(it, "study-include-again", it.study.uid)
    assert address in study_page(lead, it)

    asked = {"report": str(it.record.uid), "note": "They answered", "results_known": "no"}
    assert lead.post(address, asked).status_code == 302
    doubt = EligibilityDoubt.objects.open().get()
    third = as_member(it.third)
    page = third.get(url(it, "doubt-settle", doubt.uid)).content.decode()
    assert "Keep it excluded" in page
    assert 'name="reason"' not in page
    third.post(url(it, "doubt-settle", doubt.uid), {"answer": "uphold"})

    assert Resolution.objects.current().get(record=it.record, stage=FULL).verdict == "include"
    assert "is excluded" not in study_page(lead, it)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"report": "no-such-report"}, "Select a valid choice"),
        ({"reason": ""}, "This field is required"),
        ({"reason": "6f0c1b66-0d5d-4b5c-8d36-7b43f5c4c0aa"}, "Select a valid choice"),
        ({"results_known": ""}, "This field is required"),
        ({"results_known": "perhaps"}, "Select a valid choice"),
        ({"note": "x" * 5_001}, "at most 5000 characters"),
    ],
)
def test_what_cannot_be_read_is_refused_beside_its_field(wrong, says, as_member):
    it = make_extracted()

    answer = as_member(it.a).post(url(it, "study-ineligible", it.study.uid), sent(it, **wrong))

    assert answer.status_code == 409
    assert says in answer.content.decode()
    assert not EligibilityDoubt.objects.exists()


def test_a_settlement_without_an_answer_is_refused(as_member):
    it = make_extracted()
    doubt = it.doubt(it.a)

    answer = as_member(it.third).post(url(it, "doubt-settle", doubt.uid), {"answer": "perhaps"})

    assert answer.status_code == 409
    assert EligibilityDoubt.objects.open().get() == doubt


def test_what_was_settled_meanwhile_is_said_and_not_settled_again(as_member):
    it = make_extracted()
    doubt = it.doubt(it.a)
    address = url(it, "doubt-settle", doubt.uid)
    lead, third = as_member(it.lead), as_member(it.third)
    third.post(address, {"answer": "keep", "note": "They are adults"})

    answer = lead.post(address, {"answer": "uphold"})

    assert answer.status_code == 409
    assert "settled, changed or taken back meanwhile" in answer.content.decode()
    assert "meanwhile" in lead.get(address).content.decode()
    page = study_page(as_member(it.a), it)
    assert "Kept as it was" in page
    assert "They are adults" in page


def test_ones_own_doubt_is_taken_back_and_nobody_elses(as_member):
    it = make_extracted()
    doubt = it.doubt(it.a)
    address = url(it, "doubt-withdraw", doubt.uid)
    assert as_member(it.b).post(address).status_code == 404
    assert as_member(it.lead).post(address).status_code == 404

    assert as_member(it.a).post(address).status_code == 302

    assert EligibilityDoubt.objects.current().get().standing == DoubtStanding.WITHDRAWN
    assert "You hold" not in study_page(as_member(it.a), it)


def test_an_observer_reads_no_doubt_and_is_offered_none(as_member):
    it = make_extracted()
    it.doubt(it.a)
    it.make_final(it.record)

    page = study_page(as_member(make_member(it.lead, Role.OBSERVER)), it)

    assert "Report as ineligible" not in page
    assert "holds that" not in page


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.ADJUDICATOR, Role.LEAD])
def test_nobody_learns_of_the_other_extractors_doubt(role, as_member, monkeypatch):
    it = make_extracted()
    if role != Role.REVIEWER:
        change_role(lead=it.lead, member=it.b, role=role)
    addresses = [
        "/",
        f"/reviews/{it.lead.review.slug}/",
        url(it, "study-list"),
        url(it, "study-detail", it.study.uid),
        url(it, "study-ineligible", it.study.uid),
        url(it, "study-include-again", it.study.uid),
        url(it, "extraction-list"),
        url(it, "extraction-edit", it.copies[0][1].uid),
        url(it, "doubt-list"),
    ]
    report = url(it, "study-ineligible", it.study.uid)
    requests = [
        *(Request(address, "get", address) for address in addresses),
        Request("report", "post", report, tuple(sent(it).items())),
    ]
    eyes = Looking(it.b, monkeypatch)
    before = eyes.look(requests)
    assert before[requests[-1]][0] == 302
    doubt = it.doubt(it.a)

    assert different(eyes.look(requests), before) == []
    client = as_member(it.b)
    assert client.get(url(it, "doubt-settle", doubt.uid)).status_code in {403, 404}
    assert not [label for label in labels(it.b) if "doubt" in label]
    assert "screening.doubt_raised" in kept_from(it.b)


def test_once_the_study_is_final_a_lead_who_extracted_it_may_settle(as_member):
    it = make_extracted()
    change_role(lead=it.lead, member=it.b, role=Role.LEAD)
    doubt = it.doubt(it.a)
    address = url(it, "doubt-settle", doubt.uid)
    client = as_member(it.b)
    assert client.get(address).status_code == 404

    it.make_final(it.record)

    assert client.get(address).status_code == 200
    assert client.post(address, {"answer": "uphold"}).status_code == 302
    assert Resolution.objects.current().get(record=it.record, stage=FULL).verdict == "exclude"


def test_the_activity_names_the_act_and_never_what_was_said(as_member):
    it = make_extracted()
    it.exclude(note="Half of them are children")

    page = as_member(it.lead).get(f"/reviews/{it.lead.review.slug}/activity/")

    content = page.content.decode()
    assert AuditEvent.objects.filter(verb="screening.report_excluded_late").count() == 1
    if page.status_code == 200:
        assert "excluded a report found ineligible at extraction" in content
        assert "children" not in content


def test_the_page_costs_the_same_however_many_doubts_there_are(as_member):
    it = make_extracted()
    client = as_member(it.lead)

    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url(it, "study-detail", it.study.uid)).status_code == 200
            assert client.get(url(it, "doubt-list")).status_code == 200
        return len(asked)

    it.doubt(it.a)
    queries()
    one = queries()
    for _ in range(3):
        it.doubt(make_member(it.lead))
    assert queries() == one


def test_the_words_of_a_study_whose_data_are_final_are_unchanged(as_member):
    it = make_extracted()
    it.make_final(it.record)
    it.exclude()

    page = study_page(as_member(it.a), it)

    assert re.search(r"Its data stay, and no table counts them", page)
    assert it.study.extractions.filter(states__standing=CopyStanding.FINAL).exists()
