"""The flow diagram as a list, which takes the place of its drawing on narrow pages."""

from collections.abc import Sequence

from django import template

from reporting.definitions import Snapshot
from reporting.proof import Entry
from reporting.reports.prisma import beside

register = template.Library()


@register.simple_tag
def flow_list(snapshot: Snapshot) -> Sequence[Entry]:
    """Return the boxes of the flow diagram with their numbers, parts below what they are of."""
    entries: Sequence[Entry] = beside(snapshot)["flow"]
    return entries
