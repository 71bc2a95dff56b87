"""Every route of the project, read from the resolver, and how to fill in what it names."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.world import World

INSIDE = "reviews/<slug:slug>/"


@dataclass(frozen=True)
class Route:
    """One named URL pattern."""

    name: str
    path: str
    callback: Callable[..., Any]

    @property
    def capability(self) -> str | None:
        """Return the capability its door asks for; ``None`` where there is no door."""
        return getattr(self.callback, "required_capability", None)

    def url(self, **kwargs: Any) -> str:
        """Return the URL with everything it names filled in."""
        return reverse(self.name, kwargs=kwargs)


def all_routes() -> list[Route]:
    """Return every route of the project."""
    return list(_walk(get_resolver(), "", ""))


def review_routes() -> list[Route]:
    """Return the routes inside a review."""
    return [route for route in all_routes() if route.path.startswith(INSIDE)]


def _walk(resolver: URLResolver, prefix: str, namespace: str) -> Iterator[Route]:
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern, path, inner)
        elif isinstance(pattern, URLPattern):
            yield Route(f"{namespace}{pattern.name}", path, pattern.callback)


def samples(world: World) -> dict[str, dict[str, Any]]:
    """Return, for each route that names more than its review, an object it can name."""
    record = world.records
    study, submitted = world.studies
    titles = {"stage": "title-abstract"}
    of_study, of_submitted = {"uid": study.uid}, {"uid": submitted.uid}
    of_copy = {"uid": world.copies["1A"].uid}
    of_element = {**of_copy, "element": world.elements["1A"].uid}
    return {
        # Nobody's session has this name.
        "accounts:session-end": {"uid": world.a.uid},
        "reviews:member-role": {"uid": world.b.uid},
        "reviews:member-remove": {"uid": world.b.uid},
        "reviews:invitation-revoke": {"uid": world.invitation.uid},
        "screening:record-detail": {"uid": record["mine"].uid},
        "screening:record-panel": {"uid": record["mine"].uid},
        "screening:record-details-edit": {"uid": record["mine"].uid},
        "screening:notice-set": {"uid": record["mine"].uid},
        "screening:notice-remove": {"uid": record["mine"].uid, "kind": "retraction"},
        "records:label-rename": {"uid": world.label.uid},
        "records:label-remove": {"uid": world.label.uid},
        "records:label-restore": {"uid": world.label.uid},
        "records:import-detail": {"uid": world.batch.uid},
        "records:import-download": {"uid": world.batch.uid},
        "records:import-cancel": {"uid": world.batch.uid},
        "records:import-resume": {"uid": world.batch.uid},
        "records:import-undo": {"uid": world.batch.uid},
        "records:source-edit": {"uid": world.batch.source.uid},
        "records:duplicate-merge": {"uid": world.group.uid},
        "records:duplicate-separate": {"uid": world.group.uid},
        "records:duplicate-relate": {"uid": world.group.uid},
        "records:duplicate-undo": {"uid": world.decision.uid},
        "screening:stage-open": titles,
        "screening:stage-deal-anew": titles,
        "screening:stage-release": titles,
        "screening:stage-hand-over": titles,
        "screening:stage-close": titles,
        "screening:stage-reopen": titles,
        "screening:record-next": titles,
        "screening:decision-list": titles,
        "screening:record-screen": {**titles, "uid": record["fresh"].uid},
        "screening:decision-withdraw": {**titles, "uid": record["mine"].uid},
        "screening:conflict-adjudicate": {**titles, "uid": record["conflict"].uid},
        "screening:discussion": {**titles, "uid": record["discussed"].uid},
        "screening:full-text-set": {"uid": record["sought"].uid},
        "extraction:study-detail": of_study,
        "extraction:study-assign": of_study,
        "extraction:study-rename": of_study,
        "extraction:study-link": of_study,
        "extraction:study-ineligible": of_study,
        "extraction:study-include-again": of_study,
        "extraction:doubt-settle": {"uid": world.doubt.uid},
        "extraction:doubt-withdraw": {"uid": world.doubt.uid},
        "extraction:study-align": of_submitted,
        "extraction:study-compare": of_submitted,
        "extraction:cell-resolve": of_submitted,
        "extraction:study-take-agreed": of_submitted,
        "extraction:part-leave": of_submitted,
        "extraction:study-finalise": of_submitted,
        "extraction:study-reopen": of_submitted,
        "extraction:extraction-edit": of_copy,
        "extraction:cell-save": of_copy,
        "extraction:extraction-submit": of_copy,
        "extraction:extraction-reopen": of_copy,
        "extraction:element-add": of_copy,
        "extraction:element-remove": of_element,
        "extraction:element-restore": of_element,
        "extraction:element-fill": of_element,
        "reporting:report-detail": {"table": "summary"},
        "reporting:report-download": {"table": "summary"},
        "reporting:cell-lineage": {"table": "summary", "row": "studies", "column": "value"},
    }
