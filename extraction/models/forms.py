"""Forms: what is asked of every study."""

import json
from functools import cached_property

from django.db import models

from extraction.choices import (
    Level,
)
from extraction.schema import FormSpec, load_form
from reviews.models import Review
from reviews.versions import AppendOnly


class Form(AppendOnly):
    """A set of questions asked of every study; what it asks is in its versions."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="forms")
    slug = models.SlugField(max_length=60)
    title = models.CharField(max_length=200)

    class Meta:
        ordering = ["title", "pk"]
        constraints = [models.UniqueConstraint(fields=["review", "slug"], name="form_slug_once")]

    def __str__(self) -> str:
        return self.title


class FormVersion(AppendOnly):
    """One version of a form, never edited; ``definition`` is the JSON that ``schema`` reads."""

    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    definition = models.TextField()

    class Meta:
        ordering = ["form", "number"]
        constraints = [
            models.UniqueConstraint(fields=["form", "number"], name="form_version_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.form} version {self.number}"

    @cached_property
    def spec(self) -> FormSpec:
        """Return what this version asks, read and checked."""
        return load_form(json.loads(self.definition))


class Field(AppendOnly):
    """One question of one version of a form."""

    form_version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="fields")
    key = models.CharField(max_length=60)
    level = models.CharField(max_length=20, choices=Level)
    position = models.PositiveIntegerField()
    question = models.TextField()

    class Meta:
        ordering = ["form_version", "position"]
        constraints = [
            models.UniqueConstraint(fields=["form_version", "key"], name="field_key_once")
        ]

    def __str__(self) -> str:
        return self.question
