"""How long the outcomes table of many studies takes beside few, and when its page paints."""

import importlib
import importlib.util
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from time import process_time
from typing import Any

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.test import Client
from django.test.testcases import LiveServerThread
from django.urls import reverse

from ifi_review.benchmarks.importing import lead_of
from ifi_review.benchmarks.measure import percentile
from ifi_review.benchmarks.scratch import PartFailed
from ifi_review.memory import seek_cycles_seldom
from reporting.reports.outcomes import OUTCOMES
from reporting.snapshot import take_snapshot
from reviews.models import Membership

OK = 200
PLAYWRIGHT = "playwright"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
PAINTED = """() => new Promise((done) => new PerformanceObserver((list) => {
  const [paint] = list.getEntriesByName("first-contentful-paint");
  if (paint) done(paint.startTime);
}).observe({ type: "paint", buffered: true }))"""


def time_results(*, small: str, large: str, rounds: int) -> dict[str, Any]:
    """Return the processor times of the table and its page in both reviews, and their ratios.

    Both only compute, so what else the machine does falls upon neither; they take turns.
    """
    # This process serves the page itself, so it is to be like one of the web server's.
    seek_cycles_seldom()
    leads = {"small": lead_of(small), "large": lead_of(large)}
    clients = {size: _client(lead) for size, lead in leads.items()}
    times: dict[str, dict[str, list[float]]] = {"table": {}, "page": {}}
    rows = {}
    # Once more than counts: templates are read and the connection is made.
    for _ in range(rounds + 1):
        for size, lead in leads.items():
            begun = process_time()
            rows[size] = _rows(lead)
            between = process_time()
            answer = clients[size].get(_address(lead))
            ended = process_time()
            if answer.status_code != OK:
                raise PartFailed(f"the page answered {answer.status_code}")
            times["table"].setdefault(size, []).append(between - begun)
            times["page"].setdefault(size, []).append(ended - between)
    result: dict[str, Any] = {"rows": rows}
    for what, taken in times.items():
        medians = {size: percentile(each[1:], 0.5) for size, each in taken.items()}
        result[what] = {f"{size}_ms": round(1000 * each, 1) for size, each in medians.items()}
        result[what]["ratio"] = round(medians["large"] / medians["small"], 2)
    return {**result, **_painting(leads["large"], rounds)}


def _rows(lead: Membership) -> int:
    snapshot = take_snapshot(lead.review, reader=lead)
    return sum(1 for _ in OUTCOMES.table(snapshot).rows)


def _address(lead: Membership) -> str:
    return reverse("reporting:report-detail", args=[lead.review.slug, OUTCOMES.slug])


def _client(lead: Membership) -> Client:
    client = Client(SERVER_NAME="localhost")
    client.force_login(lead.user)
    return client


def _painting(lead: Membership, rounds: int) -> dict[str, Any]:
    """Return when a browser first paints something of the page, or why that was not measured."""
    browser = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if browser is None or importlib.util.find_spec(PLAYWRIGHT) is None:
        return {"paint_ms": None, "missing": "There is no Chromium here, or no playwright."}
    session = _client(lead).cookies["sessionid"].value
    with _served() as address, _page(browser, address, session) as page:
        paints = []
        for _ in range(rounds + 1):
            page.goto(f"{address}{_address(lead)}", wait_until="commit")
            paints.append(page.evaluate(PAINTED))
    return {"paint_ms": round(percentile(paints[1:], 0.5), 1)}


@contextmanager
def _served() -> Iterator[str]:
    """Serve the application in a thread of this process."""
    server = LiveServerThread("localhost", StaticFilesHandler)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    try:
        yield f"http://localhost:{server.port}"
    finally:
        server.terminate()


@contextmanager
def _page(browser: str, address: str, session: str) -> Iterator[Any]:
    """Open a page of a browser that is signed in."""
    play = importlib.import_module(f"{PLAYWRIGHT}.sync_api").sync_playwright
    with play() as opened:
        chromium = opened.chromium.launch(executable_path=browser, args=FLAGS)
        context = chromium.new_context(viewport={"width": 1280, "height": 900})
        context.add_cookies([{"name": "sessionid", "value": session, "url": address}])
        yield context.new_page()
        chromium.close()
