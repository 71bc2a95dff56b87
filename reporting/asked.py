"""What may be asked of a report: a layout, a part of its figure, a format; the rest is refused."""

from dataclasses import replace

from django.core.exceptions import ValidationError

from reporting.definitions import ReportDefinition, Snapshot
from reporting.layouts import LAYOUTS, laid_out, layouts_of
from reporting.renderers import RENDERERS, Renderer


def renderer_of(definition: ReportDefinition, name: str) -> Renderer:
    """Return the format of this name in which a report is written.

    Raises:
        ValidationError: there is no such format (code ``unknown_format``), or the report is not
            written in it (code ``no_such_file``).
    """
    if name not in RENDERERS:
        raise ValidationError(
            f"There is no format “{name}”; there are {', '.join(RENDERERS)}.",
            code="unknown_format",
        )
    if name not in definition.formats:
        raise ValidationError(
            f"The table “{definition.slug}” is not written as {name}; take one of "
            f"{', '.join(definition.formats)}.",
            code="no_such_file",
        )
    return RENDERERS[name]


def in_layout(definition: ReportDefinition, name: str) -> ReportDefinition:
    """Return a report in the layout of this name.

    Raises:
        ValidationError: there is no such layout (code ``unknown_layout``), or the report has none
            of this name (code ``no_such_layout``).
    """
    if name not in LAYOUTS:
        raise ValidationError(
            f"There is no layout “{name}”; there are {', '.join(LAYOUTS)}.", code="unknown_layout"
        )
    known = layouts_of(definition)
    if name not in known:
        raise ValidationError(
            f"The table “{definition.slug}” has no {name} layout; take {known[0]}.",
            code="no_such_layout",
        )
    return laid_out(definition, name)


def with_part(definition: ReportDefinition, snapshot: Snapshot, key: str) -> ReportDefinition:
    """Return a report of which this part is drawn; without a key it is the first.

    Raises:
        ValidationError: the report's figure has no part of this key (code ``no_such_part``).
    """
    if not key:
        return definition
    parts = dict(definition.figure.parts(snapshot)) if definition.figure is not None else {}
    if key not in parts:
        known = [part for part in parts if part]
        has = f"take one of {', '.join(known)}" if known else "it has no parts"
        raise ValidationError(
            f"The table “{definition.slug}” has no part “{key}”; {has}.", code="no_such_part"
        )
    return replace(definition, part=key)


def default_layout(definition: ReportDefinition, renderer: Renderer) -> str:
    """Return the layout in which a format writes a report when none is asked for."""
    known = layouts_of(definition)
    return renderer.layout if renderer.layout in known else known[0]
