"""Received files, each on a card to be looked at before it is imported."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from records.choices import BatchStanding
from records.forms import CardForm
from records.forms.imports import FORMAT_NAMES
from records.importers import FORMATS
from records.models import BatchState, ColumnMapping, ImportBatch
from records.previews import Preview, look_into
from records.services import begin_import, header_sha256
from records.tasks import enqueue_import
from reviews.access import review_view
from reviews.http import ILL_FORMED, REFUSED, ReviewRequest, posted
from reviews.models import Membership
from reviews.roles import Capability

CARDS_SHOWN = 20
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}


@dataclass(kw_only=True)
class Card:
    """One received file: what its beginning shows, and how it is to be read."""

    batch: ImportBatch
    form: CardForm
    preview: Preview
    format: str
    header: str = ""
    seen: bool = True
    earlier: ImportBatch | None = None
    refusal: str = ""

    @property
    def format_name(self) -> str:
        """Return what the file is read as, in words."""
        return FORMAT_NAMES.get(self.preview.format or self.format, "")

    @property
    def delimiter(self) -> str:
        """Return what parts the columns of a table, in words."""
        head = self.preview.head
        return DELIMITERS.get(head.delimiter, "") if head else ""

    @property
    def is_ready(self) -> bool:
        """Say whether the file can be imported as the page says it shall be read."""
        return self.seen and self.form.is_valid() and not self.preview.refusal


@require_http_methods(["GET", "POST"])
@review_view(Capability.IMPORT)
def import_check(request: ReviewRequest, member: Membership) -> HttpResponse:
    """Show the files that wait to be looked at; import those that the page showed."""
    data = posted(request)
    waiting = _waiting(member, data)
    cards = _cards(member, waiting[:CARDS_SHOWN], data)
    status = 200
    if data is not None and "look" not in data:
        status = ILL_FORMED
        if all(card.is_ready for card in cards):
            begun, cards = _begin_all(member, cards)
            if not cards:
                return _to_progress(member, begun)
            status = REFUSED
    context = {"cards": cards, "status": status, "more": max(0, len(waiting) - CARDS_SHOWN)}
    return render(request, "records/import_check.html", context, status=status)


def _waiting(member: Membership, data: QueryDict | None) -> list[BatchState]:
    """Return the files that wait, the oldest first; of those that a page showed, if one is sent."""
    states = BatchState.objects.current().filter(
        review=member.review, standing=BatchStanding.RECEIVED
    )
    states = states.select_related("batch__source", "batch__member__user").order_by("batch_id")
    shown = set(data.getlist("batch")) if data is not None else None
    return [state for state in states if shown is None or str(state.batch.uid) in shown]


def _cards(member: Membership, states: list[BatchState], data: QueryDict | None) -> list[Card]:
    looked = [_look(state, data) for state in states]
    rows = ColumnMapping.objects.current().filter(
        review=member.review, header_sha256__in=[header for *_, header in looked if header]
    )
    remembered = {row.header_sha256: row.read() for row in rows}
    earlier = _earlier(member, [state.batch for state in states])
    cards = []
    for state, format_name, preview, header in looked:
        card = _card(state, format_name, preview, header, remembered.get(header, {}), data)
        card.earlier = earlier.get((state.batch.source_id, state.batch.file_sha256))
        cards.append(card)
    return cards


def _look(state: BatchState, data: QueryDict | None) -> tuple[BatchState, str, Preview, str]:
    """Read a file as it was asked for, to know which columns a table has."""
    chosen = data.get(f"{state.batch.uid.hex}-format", "") if data is not None else ""
    format_name = chosen if chosen in FORMATS else state.asked_format
    preview = look_into(state.batch, read_as=format_name, mapping={})
    return state, format_name, preview, header_sha256(preview.head.columns) if preview.head else ""


def _card(
    state: BatchState,
    format_name: str,
    preview: Preview,
    header: str,
    remembered: dict[str, str],
    data: QueryDict | None,
) -> Card:
    prefix = state.batch.uid.hex
    seen = data is None or data.get(f"{prefix}-header", "") == header
    how: dict[str, Any] = {"prefix": prefix, "head": preview.head, "remembered": remembered}
    # Columns that the page did not show yet were not chosen by anybody.
    form = CardForm(data if seen else None, asked=format_name, **how)
    if form.is_bound:
        form.is_valid()
    mapping = form.mapping()
    told = format_name
    if preview.head and format_name == "auto":
        format_name = preview.head.format
    if mapping or (preview.refusal and format_name != told):
        preview = look_into(state.batch, read_as=format_name, mapping=mapping)
    return Card(
        batch=state.batch, form=form, preview=preview, format=format_name, header=header, seen=seen
    )


def _earlier(member: Membership, batches: list[ImportBatch]) -> dict[tuple[int, str], ImportBatch]:
    """Return the imports in force of the very same file from the same source."""
    published = (
        BatchState.objects.current()
        .published()
        .filter(
            review=member.review, batch__file_sha256__in=[batch.file_sha256 for batch in batches]
        )
    )
    same = (state.batch for state in published.select_related("batch"))
    return {(batch.source_id, batch.file_sha256): batch for batch in same}


def _begin_all(member: Membership, cards: list[Card]) -> tuple[list[ImportBatch], list[Card]]:
    """Begin the imports and queue the job; return what was begun, and the cards refused."""
    begun, refused = [], []
    for card in cards:
        try:
            begin_import(
                lead=member,
                batch=card.batch,
                format=card.format,
                mapping=card.form.mapping(),
                header_sha256=card.header,
            )
            begun.append(card.batch)
        except ValidationError as refusal:
            if refusal.code != "not_received":
                card.refusal = refusal.messages[0]
                refused.append(card)
    if begun:
        enqueue_import(member.review)
    return begun, refused


def _to_progress(member: Membership, begun: list[ImportBatch]) -> HttpResponse:
    if len(begun) == 1:
        return redirect("records:import-detail", slug=member.review.slug, uid=begun[0].uid)
    return redirect("records:import-list", slug=member.review.slug)
