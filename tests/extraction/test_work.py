import re
from pathlib import Path

import pytest

from extraction.services import open_studies, publish_form, submit_extraction
from extraction.work import PHRASES, items
from tests.extraction.factories import SMALL_FORM, fill, include, make_world, submit
from tests.factories import make_records

pytestmark = pytest.mark.django_db
SERVICES = Path(__file__).parents[2] / "extraction" / "services"


def labels(member) -> list[str]:
    return [item.label for item in items(member)]


def test_the_lead_is_led_from_included_reports_to_assigned_studies(lead):
    include(lead, make_records(lead, 2))
    assert labels(lead) == ["Make studies of 2 included reports"]
    open_studies(lead=lead)
    assert labels(lead) == ["Publish the form of extraction"]
    publish_form(lead=lead, definition=SMALL_FORM)
    assert labels(lead) == ["Assign 2 studies to extractors"]


def test_an_extractor_is_told_of_their_own_drafts_alone():
    world = make_world()
    fill(world.first, world.a)
    fill(world.second, world.b)
    assert labels(world.first) == ["Extract 1 study"]
    submit_extraction(extractor=world.second, extraction=world.b)
    assert labels(world.first) == ["Extract 1 study"]
    submit_extraction(extractor=world.first, extraction=world.a)
    assert labels(world.first) == []


def test_who_may_settle_a_study_is_told_once_both_are_submitted():
    world = make_world()
    fill(world.first, world.a)
    fill(world.second, world.b)
    assert labels(world.adjudicator) == []
    submit(world)
    assert labels(world.adjudicator) == ["Settle 1 study"]
    assert items(world.adjudicator)[0].url.endswith("/adjudications/")


def test_every_event_of_extraction_has_its_words():
    verbs = set()
    for module in SERVICES.glob("*.py"):
        verbs |= set(re.findall(r'"(extraction\.\w+)"', module.read_text(encoding="utf-8")))
    assert verbs == set(PHRASES)
