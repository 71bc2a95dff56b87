"""Codebook: every question of every form version in use, and what its answers mean."""

from collections.abc import Iterator

from extraction.models import FormVersion
from extraction.schema import FieldSpec, FieldType, meanings
from reporting.definitions import Cell, Column, ReportDefinition, Row, Snapshot, Table

COLUMNS = (
    Column(key="form", heading="Form"),
    Column(key="version", heading="Version", numeric=True),
    Column(key="group", heading="Group"),
    Column(key="key", heading="Key"),
    Column(key="meaning", heading="Meaning"),
    Column(key="question", heading="Question"),
    Column(key="type", heading="Type"),
    Column(key="unit", heading="Unit"),
    Column(key="options", heading="Options"),
    Column(key="required", heading="Required"),
    Column(key="definition", heading="Definition"),
    Column(key="minimum", heading="Lowest allowed"),
    Column(key="maximum", heading="Highest allowed"),
    Column(key="refers_to", heading="Names elements of"),
    Column(key="source", heading="Source of the definition"),
)


def codebook(snapshot: Snapshot) -> Table:
    """Return every question and every part of a summary statistic, form by form. One query.

    In use are the versions in which a final copy was made, and the last one of each form.
    """
    return Table(rows=tuple(row for version in _in_use(snapshot) for row in _of(snapshot, version)))


def _in_use(snapshot: Snapshot) -> list[FormVersion]:
    rows = FormVersion.objects.filter(review=snapshot.review, recorded_at__lte=snapshot.instant)
    versions = list(rows.select_related("form").order_by("form__title", "form", "number"))
    used = {copy.extraction.form_version_id for copy in snapshot.studies}
    last = {version.form_id: version.pk for version in versions}
    return [v for v in versions if v.pk in used or last[v.form_id] == v.pk]


def _of(snapshot: Snapshot, version: FormVersion) -> Iterator[Row]:
    for spec in version.spec.fields:
        yield _row(snapshot, version, spec, spec)
        if spec.type is FieldType.SUMMARY:
            for part in spec.cells:
                yield _row(snapshot, version, spec, part)


def _row(snapshot: Snapshot, version: FormVersion, asked: FieldSpec, spec: FieldSpec) -> Row:
    known = meanings().get((asked.group, asked.means))
    said = {
        "form": version.form.slug,
        "version": str(version.number),
        "group": spec.group,
        "key": spec.key,
        "meaning": spec.means,
        "question": spec.label(snapshot.units),
        "type": spec.type.value,
        "unit": snapshot.unit_word(spec.unit),
        "options": "; ".join(f"{choice.key} = {choice.label}" for choice in spec.choices),
        "required": "yes" if spec.required else "no",
        "definition": spec.guidance or (known.definition if known else ""),
        "minimum": spec.minimum,
        "maximum": spec.maximum,
        "refers_to": spec.refers_to,
        "source": known.source if known else "",
    }
    return Row(
        key=f"{version.form.slug}-{version.number}-{spec.key}",
        cells={key: Cell(text=text, value=text) for key, text in said.items()},
    )


CODEBOOK = ReportDefinition(
    slug="codebook",
    title="Codebook",
    columns=COLUMNS,
    rows=codebook,
    named_by=("form", "version", "key"),
    source="PRISMA 2020, items 10a and 27 (data items; template data collection forms)",
)
