"""The worked examples load through the services, whole, once, and are proved afterwards."""

import csv
import io
import json

import pytest
from django.core.management import call_command

from extraction.models import CellResolution
from ifi_review.examples import SAMPLE_ACCOUNTS, SAMPLE_PASSWORD
from ifi_review.examples.copies import read_json
from reviews.models import AuditEvent, Membership, Review
from reviews.verification import verify_review
from reviews.work import items_for
from screening.models import Resolution

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]
AGREEING = {"equal", "equal after rounding", "equal under stated reading"}


def printed(*command: str) -> str:
    out = io.StringIO()
    call_command(*command, stdout=out)
    return out.getvalue()


def table(review: str, slug: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(printed("export", review, slug))))


def test_both_examples_load_once_and_say_what_they_should(settings, capsys):
    settings.DEMO = True
    assert json.loads(printed("load_examples"))["loaded"] == ["ifi", "ifi-public-evidence"]
    assert SAMPLE_PASSWORD in capsys.readouterr().err
    events = AuditEvent.objects.count()
    assert json.loads(printed("load_examples"))["loaded"] == []
    assert AuditEvent.objects.count() == events

    summary = {row["quantity"]: row for row in table("ifi", "summary")}
    for quantity, value in {"studies": 7, "patients": 101, "hips": 107, "female": 92}.items():
        assert int(summary[quantity]["value"]) == value
        assert summary[quantity]["studies_reporting"] == "7"
        assert summary[quantity]["note"] == "illustrative"
    assert summary["complications_patients"]["value"] == "0/26"
    assert summary["complications_hips"]["value"] == "4/81"
    claims = table("ifi", "published-claims")
    assert sum(row["verdict"] in AGREEING for row in claims) == 8
    assert sum(row["verdict"] == "for a person" for row in claims) == 6
    assert {row["verdict"] for row in table("ifi-public-evidence", "published-claims")} == {
        "not comparable",
        "for a person",
    }

    planted = read_json("illustration_differences.json")
    assert len(planted) >= 12
    settled = CellResolution.objects.current().filter(review__slug="ifi").exclude(choice="agreed")
    assert settled.count() == len(planted)
    kim = Resolution.objects.current().filter(how="adjudication", verdict="include")
    assert kim.get().record.short_name.startswith("Kim")

    for review in Review.objects.all():
        assert verify_review(review).problems == []
    waiting = Membership.objects.filter(review__slug="ifi-public-evidence").select_related(
        "review", "user"
    )
    busy = {member.user.email for member in waiting if items_for(member)}
    assert busy == set(SAMPLE_ACCOUNTS) - {"observer@example.org"}
