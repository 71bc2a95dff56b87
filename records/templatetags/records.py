"""Small filters that the pages of records need to print numbers."""

from django import template

register = template.Library()


@register.filter
def grouped(number: int) -> str:
    """Return a whole number with a comma after every three digits."""
    return f"{number:,}"
