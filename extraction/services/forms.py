"""Publishing the questions that are asked of every study."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError

from extraction.models import Field, Form, FormVersion
from extraction.querysets.orphans import orphans_of
from extraction.schema import FormRefused, FormSpec, load_form, shipped_form
from reviews import audit
from reviews.acts import all_or_nothing
from reviews.models import Membership, Review
from reviews.roles import Capability

MOST_NAMED = 5


@all_or_nothing
def publish_form(
    *,
    lead: Membership,
    definition: Mapping[str, Any] | None = None,
    extra_fields: Sequence[Mapping[str, Any]] = (),
    follows: int | None = None,
) -> FormVersion:
    """Publish a form, or the next version of one; without a definition, the form that ships.

    Publishing what is the form's latest version already changes nothing. Copies that were begun
    stay on their version. The version of the definition is that of its publication.

    Args:
        lead: who publishes it.
        definition: the form as plain data.
        extra_fields: a review's own questions after those of the definition.
        follows: the number of the version it was made from, 0 for a form that must be new; left
            out, it follows whatever is there.

    Raises:
        ValidationError: the definition cannot be used (code ``form_refused``), answers would lose
            their question (code ``orphans``), there is a form of this name already (code
            ``form_exists``), or another version was published meanwhile (code
            ``changed_meanwhile``).
    """
    spec = _read(definition, extra_fields)
    act = audit.begin_as(member=lead, capability=Capability.MANAGE)
    form = Form.objects.filter(review=act.review, slug=spec.slug).first()
    latest = form.versions.order_by("number").last() if form else None
    if latest is not None and is_same(latest, spec):
        return latest
    _in_order(follows, latest)
    if form is not None:
        _keep_answers(form, spec)
    else:
        form = act.insert(Form(slug=spec.slug, title=spec.title))
    number = latest.number + 1 if latest else 1
    text = audit.canonical(replace(spec, version=number).as_data())
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


def is_same(version: FormVersion, spec: FormSpec) -> bool:
    """Return whether a version asks exactly what a form asks, whatever number that bears."""
    said = {**json.loads(version.definition), "version": 0}
    return bool(said == {**spec.as_data(), "version": 0})


def _in_order(follows: int | None, latest: FormVersion | None) -> None:
    """Refuse what was made from another version than the one that is there."""
    if follows is None or follows == (latest.number if latest else 0):
        return
    if follows == 0 and latest is not None:
        raise ValidationError(
            f"There is a form “{latest.form.slug}” already: “{latest.form}”. Give this one another "
            "short name, or start from that form to publish its next version.",
            code="form_exists",
        )
    raise ValidationError(
        "Another version of this form was published meanwhile. Nothing was saved; start again "
        "from the version that is in force now.",
        code="changed_meanwhile",
    )


def _keep_answers(form: Form, spec: FormSpec) -> None:
    """Refuse a version that leaves answers without their question, as the lock shows them."""
    lost = orphans_of(form, spec)
    if lost:
        more = f" and {len(lost) - MOST_NAMED} more" if len(lost) > MOST_NAMED else ""
        raise ValidationError(
            f"A new version keeps all answers, and this one would lose some: "
            f"{'; '.join(lost[:MOST_NAMED])}{more}. Ask these as they are asked now, or publish "
            "a form of another name.",
            code="orphans",
        )


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
    except RecursionError as refused:
        raise ValidationError(
            "The form is nested too deeply to be one.", code="form_refused"
        ) from refused
