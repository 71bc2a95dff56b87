"""What waits for each member among the records."""

import pytest

from records.services import begin_import, cancel_import
from records.work import items
from tests.factories import make_records, ris
from tests.records.importing import receive

pytestmark = pytest.mark.django_db


def labels(member):
    return [item.label for item in items(member)]


def test_a_lead_is_told_to_import_until_there_are_records(lead):
    assert labels(lead) == ["Import records"]
    waiting = receive(lead, ris(["One"]))
    assert labels(lead) == ["Look at 1 file to import"]
    begin_import(lead=lead, batch=waiting)
    assert labels(lead) == []
    cancel_import(lead=lead, batch=waiting)
    assert labels(lead) == ["Import records"]
    make_records(lead, 2)
    assert labels(lead) == []


def test_who_may_not_import_has_nothing_to_do_here(reviewer_a, observer):
    assert labels(reviewer_a) == labels(observer) == []
