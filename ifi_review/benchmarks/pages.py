"""How fast the list of records answers, in a small review and in a large one."""

from collections.abc import Iterator
from time import perf_counter
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode

from django.db import connection
from django.forms import IntegerField
from django.template import Template
from django.test import Client
from django.test import utils as testing
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ifi_review.benchmarks.importing import lead_of
from ifi_review.benchmarks.measure import percentile
from ifi_review.benchmarks.papers import COMMON, RARE
from records.models import Record
from reviews.models import Membership

YEAR = 2010
# What of the words in the form's free fields finds something in the made-up files.
ROW = b"data-row data-uid="
WORDS = {"language": "English", "journal": "a", "author": "a"}


def time_pages(*, small: str, large: str, rounds: int) -> dict[str, Any]:
    """Return for every request the queries and times in both reviews, and their ratio.

    The two reviews take turns, so that whatever else the machine does meets both alike.
    """
    leads = {"small": lead_of(small), "large": lead_of(large)}
    client = Client(SERVER_NAME="localhost")
    client.force_login(leads["large"].user)
    asked = {
        size: dict(_requests(lead, _form_of(client, lead).fields)) for size, lead in leads.items()
    }
    figures = {}
    for name in asked["large"]:
        addresses = {size: asked[size][name] for size in leads if name in asked[size]}
        figures[name] = _compared(client, addresses, rounds)
    counts = {
        size: Record.objects.filter(review=lead.review).count() for size, lead in leads.items()
    }
    return {"records": counts, "requests": figures}


def _form_of(client: Client, lead: Membership) -> Any:
    """Return the form with which the page of a review narrows the list.

    Templates tell what they show only while they are watched, which takes time; so once.
    """
    watched = vars(testing)["instrumented_test_render"]
    with patch.object(Template, "_render", watched):
        return client.get(_address(lead)).context["form"]


def _address(lead: Membership) -> str:
    return reverse("screening:record-list", args=[lead.review.slug])


def _requests(lead: Membership, fields: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield a name and the address of each page, filter and search that the form offers."""
    address = _address(lead)
    yield "first page", address
    one = Record.objects.filter(review=lead.review).visible().first()
    title = one.title if one else ""
    searches = {
        "search, rare word": RARE,
        "search, common word": COMMON,
        "search, several words": f"{COMMON} {title.split()[0].strip('.') if title else ''}",
        "search, part of a word": "zygapo",
        "search, nothing found": "qqqqqqqqqq",
    }
    for name, text in searches.items():
        yield name, f"{address}?{urlencode({'q': text})}"
    for name, field in fields.items():
        value = _value(name, field)
        if value:
            yield f"filter, {name}", f"{address}?{urlencode({name: value})}"
            yield f"filter, {name}, and word", f"{address}?{urlencode({name: value, 'q': COMMON})}"


def _value(name: str, field: Any) -> str:
    """Return something that a filter may be set to, empty where there is nothing."""
    rows, choices = getattr(field, "queryset", None), getattr(field, "choices", None)
    if name in {"q", "columns"}:
        return ""
    if rows is not None:
        first = rows.first()
        return str(field.prepare_value(first)) if first else ""
    if choices is not None:
        return next((str(value) for value, _ in choices if value), "")
    return str(YEAR) if isinstance(field, IntegerField) else WORDS.get(name, "")


def _compared(client: Client, addresses: dict[str, str], rounds: int) -> dict[str, Any]:
    times: dict[str, list[float]] = {size: [] for size in addresses}
    result: dict[str, Any] = {}
    for size, address in addresses.items():
        # Once unmeasured: templates are read and the connection is made.
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address)
        rows = answer.content.count(ROW)
        result[size] = {"status": answer.status_code, "queries": len(queries), "rows": rows}
    for _ in range(rounds):
        for size, address in addresses.items():
            start = perf_counter()
            client.get(address)
            times[size].append((perf_counter() - start) * 1000)
    for size, taken in times.items():
        result[size]["p50_ms"] = round(percentile(taken, 0.5), 1)
        result[size]["p95_ms"] = round(percentile(taken, 0.95), 1)
    if len(times) == 2:
        for name in ("p50", "p95"):
            large, small = result["large"][f"{name}_ms"], result["small"][f"{name}_ms"]
            result[f"{name}_ratio"] = round(large / small, 2)
    return result
