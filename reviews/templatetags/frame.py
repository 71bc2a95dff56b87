"""What the frame of every page asks for."""

from collections.abc import Mapping

from django import template

from reviews.work import Step

register = template.Library()


@register.filter
def step(steps: Mapping[str, Step], key: str) -> Step | None:
    """Return the step of a key that a template cannot write with a dot."""
    return steps.get(key)
