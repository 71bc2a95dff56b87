"""Small filters that the pages of extraction need to look something up."""

from collections.abc import Mapping
from typing import Any

from django import template

from extraction.wording import inside

register = template.Library()


@register.filter
def at(mapping: Mapping[Any, Any], key: object) -> Any:
    """Return what a mapping holds at ``key``."""
    return mapping.get(key)


register.filter(inside)
