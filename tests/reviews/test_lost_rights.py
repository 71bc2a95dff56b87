"""Every service that a member calls asks for their right once more, under the review's lock."""

import ast
import importlib
import inspect
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import transaction

from extraction.models import Extraction, StudyDetails
from extraction.services import SheetInput
from extraction.vocabularies import Term
from records.services import create_label, save_view
from reviews.models import Membership, Review
from reviews.roles import Role
from reviews.services import change_role, remove_member
from tests.factories import make_batch, make_member, make_user
from tests.racing import fresh
from tests.world import World, make_world

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ["records", "screening", "extraction", "reviews", "reporting"]
OURS = [*PACKAGES, "accounts"]
# What writes into a review without a member: an invitation is taken up by who is none yet.
SYSTEM_ACTS = {"reviews/services/people.py", "reviews/services/protocol.py"}


def services() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield every public service whose first argument is the member who acts."""
    for package in PACKAGES:
        module = importlib.import_module(f"{package}.services")
        for name, service in inspect.getmembers(module, inspect.isfunction):
            first = next(iter(inspect.signature(service).parameters.values()), None)
            if first is not None and first.annotation is Membership:
                yield f"{package}.{name}", service


SERVICES = dict(services())
# What any member may do, an observer may: only removal takes that right.
LOSSES = [
    (name, loss)
    for name, service in SERVICES.items()
    for loss in ("removed", "demoted")
    if loss == "removed" or next(iter(inspect.signature(service).parameters)) != "member"
]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker) -> Iterator[World]:
    """Make one review for all of them; each test is rolled back."""
    with django_db_blocker.unblock():
        atomic = transaction.atomic()
        atomic.__enter__()
        try:
            yield make_world()
        finally:
            transaction.set_rollback(True)
            atomic.__exit__(None, None, None)


def actor_of(service: Callable[..., Any], world: World) -> tuple[str, Membership]:
    name = next(iter(inspect.signature(service).parameters))
    people = {"adjudicator": world.adjudicator, "settler": world.adjudicator, "lead": None}
    actor = people.get(name, world.a) or make_member(world.lead, Role.LEAD)
    return name, actor


def arguments(name: str, service: Callable[..., Any], world: World) -> dict[str, Any]:
    """Return something fit for every argument that the service cannot do without."""
    record, study, copy = world.records["conflict"], world.studies[1], world.copies["1A"]
    element = world.elements["1A"]
    fit: dict[str, Any] = {
        "batch": world.batch, "source": world.batch.source, "record": record, "group": world.group,
        "label": world.label, "event": world.decision, "study": study, "extraction": copy,
        "element": element, "element_a": world.elements["2A"], "element_b": world.elements["2B"],
        "stage": "title-abstract", "verdict": "include", "standing": "retrieved",
        "kind": "inclusion" if name == "reviews.set_criteria" else "retraction",
        "reference": "Somewhere", "language": "German", "name": "Another name", "query": "q=hip",
        "text": "Case series", "key": "design", "level": "cohort", "reason": "So", "choice": "a",
        "cells": [], "pairs": [], "records": [record.pk], "claims": [], "labels": ["One"],
        "texts": ["One"], "inclusion": ["One"], "exclusion": ["Two"], "changes": {"title": "New"},
        "first": world.a, "second": world.b, "screeners": [world.a, world.b],
        "extractors": [world.a, world.b], "file_name": "a.ris", "stream": BytesIO(b"TY  - JOUR\n"),
        "instants": [datetime(2026, 1, 1, tzinfo=UTC)], "email": "x@example.org",
        "role": Role.REVIEWER, "member": world.b, "invitation": world.invitation,
        "doubt": world.doubt, "results_known": True, "uphold": False, "seen": {},
        "given": a_sheet(copy), "slug": "table-1", "table": "outcomes",
        "spec": {"columns": [{"key": "study"}]},
        "terms": {"categories": [Term("Injection")]} if name.endswith("ies") else [Term("Needle")],
    }  # fmt: skip
    if name == "extraction.set_vocabulary":
        fit["name"] = "categories"
    if name == "reviews.add_member":
        fit["user"] = make_user()
    if name == "records.restore_view":
        save_view(member=world.a, name=fit["name"], query="q=hip")
    if name == "records.find_duplicates":
        # It writes only where there is something to find.
        make_batch(world.lead, ["The very same title of a paper on hips"])
        make_batch(world.lead, ["The very same title of a paper on hips"])
    if name == "extraction.rename_study":
        fit["label"] = "Another name"
    needed = list(inspect.signature(service).parameters.values())[1:]
    return {
        parameter.name: fit[parameter.name]
        for parameter in needed
        if parameter.default is parameter.empty and parameter.kind is not parameter.VAR_KEYWORD
    }


def a_sheet(copy: Extraction) -> SheetInput:
    """Return a sheet of one answer for a copy."""
    label = StudyDetails.objects.current().get(study=copy.study).label
    rows = f'study,group,element,parent,question,value\n"{label}",cohort,S,,label,All\n'
    return SheetInput(
        data=rows.encode(), file_name="a.csv", form=copy.form_version.form.slug, way=copy.seat
    )


def everything(review: int) -> dict[str, Any]:
    """Return how many rows there are of everything, how many are current, and the chain."""
    found: dict[str, Any] = {"chain": Review.objects.get(pk=review).chain_length}
    for model in apps.get_models():
        if model._meta.app_label in OURS and model._meta.managed:
            rows = model._default_manager.all()
            names = {field.name for field in model._meta.concrete_fields}
            current = rows.filter(superseded_at=None).count() if "superseded_at" in names else 0
            found[model._meta.label] = (rows.count(), current)
    return found


@pytest.mark.django_db
@pytest.mark.catalogue("C16")
@pytest.mark.parametrize(("name", "loss"), LOSSES)
def test_who_lost_the_right_between_the_door_and_the_lock_changes_nothing(name, loss, world):
    service = SERVICES[name]
    role, actor = actor_of(service, world)
    given = arguments(name, service, world)
    at_the_door = fresh(actor)
    if loss == "removed":
        remove_member(lead=world.lead, member=actor)
    else:
        change_role(lead=world.lead, member=actor, role=Role.OBSERVER)
    before = everything(world.lead.review_id)

    with pytest.raises(ValidationError) as refusal:
        service(**{role: at_the_door}, **given)

    assert refusal.value.code == "right_lost"
    assert everything(world.lead.review_id) == before


@pytest.mark.django_db
def test_a_role_that_changed_at_the_door_is_the_one_that_a_service_judges_by(world):
    """A lead who became a reviewer makes no label that the whole team sees."""
    other = make_member(world.lead, Role.LEAD)
    at_the_door = fresh(other)
    change_role(lead=world.lead, member=other, role=Role.REVIEWER)
    with pytest.raises(ValidationError) as refusal:
        create_label(member=at_the_door, name="For all", shared=True)
    assert refusal.value.code == "not_yours"


def test_there_are_services_to_try():
    assert len(SERVICES) > 55


def calls(path: Path) -> Iterator[ast.Call]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def test_no_service_begins_an_act_of_the_system_in_place_of_a_members():
    found = {
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in ROOT.glob(f"{package}/**/*.py")
        for call in calls(path)
        if ast.unparse(call.func) == "audit.begin"
    }
    assert found == SYSTEM_ACTS


def test_every_transaction_of_a_service_is_one_that_is_tried_again():
    found = [
        f"{path.relative_to(ROOT)}: {node.name}"
        for package in PACKAGES
        for path in [*ROOT.glob(f"{package}/services/*.py"), *ROOT.glob(f"{package}/services.py")]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
        and any(ast.unparse(d) == "transaction.atomic" for d in node.decorator_list)
    ]
    assert found == []
