"""Publishing the questions that are asked of every study."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError

from extraction.models import Field, Form, FormVersion
from extraction.schema import FormRefused, FormSpec, load_form, shipped_form
from reviews import audit
from reviews.acts import all_or_nothing
from reviews.models import Membership, Review
from reviews.roles import Capability


@all_or_nothing
def publish_form(
    *,
    lead: Membership,
    definition: Mapping[str, Any] | None = None,
    extra_fields: Sequence[Mapping[str, Any]] = (),
) -> FormVersion:
    """Publish a form, or the next version of one; without a definition, the form that ships.

    Publishing what is in force already changes nothing. Copies that were begun stay on their
    version.

    Raises:
        ValidationError: the definition cannot be used (code ``form_refused``).
    """
    spec = _read(definition, extra_fields)
    text = audit.canonical(spec.as_data())
    act = audit.begin_as(member=lead, capability=Capability.MANAGE)
    form = Form.objects.filter(review=act.review, slug=spec.slug).first()
    latest = form.versions.order_by("number").last() if form else None
    if latest is not None and latest.definition == text:
        return latest
    if form is None:
        form = act.insert(Form(slug=spec.slug, title=spec.title))
    number = latest.number + 1 if latest else 1
    version = act.insert(FormVersion(form=form, number=number, definition=text))
    act.bulk_insert(
        [
            Field(
                form_version=version,
                key=field.key,
                group=field.group,
                means=field.means,
                position=position,
                question=field.question,
            )
            for position, field in enumerate(spec.fields, start=1)
        ]
    )
    act.log("extraction.form_published", subject=version, form=spec.slug, number=number)
    return version


def latest_form(review: Review) -> FormVersion:
    """Return the form version that new copies are made with: the one published last.

    Raises:
        ValidationError: the review has published no form (code ``no_form``).
    """
    versions = FormVersion.objects.filter(review=review).select_related("form")
    version = versions.order_by("recorded_at", "pk").last()
    if version is None:
        raise ValidationError("Publish a form before studies are assigned.", code="no_form")
    return version


def _read(
    definition: Mapping[str, Any] | None, extra_fields: Sequence[Mapping[str, Any]]
) -> FormSpec:
    try:
        if definition is None:
            return shipped_form(extra_fields=extra_fields)
        # A definition is JSON: what cannot be written as JSON is refused before it is read.
        return load_form(json.loads(json.dumps(definition)), extra_fields)
    except (FormRefused, TypeError, ValueError) as refused:
        raise ValidationError(str(refused), code="form_refused") from refused
