"""Small filters that the pages of extraction need to look something up."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import template

from extraction.wording import Names

register = template.Library()


@register.filter
def at(mapping: Mapping[Any, Any], key: object) -> Any:
    """Return what a mapping holds at ``key``."""
    return mapping.get(key)


@register.filter
def words(text: str) -> list[str]:
    """Return the words of a text."""
    return text.split()


@register.filter
def underscored(key: str) -> str:
    """Return a key as words."""
    return key.replace("_", " ")


@register.filter
def name_of(names: Names, uid: UUID) -> str:
    """Return what a person calls an element."""
    return names.of(uid)
