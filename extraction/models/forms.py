"""Forms: what is asked of every study."""

import json
from functools import cached_property, lru_cache

from django.db import models

from extraction.schema import FormSpec, load_form
from reviews.models import Review
from reviews.versions import CURRENT, AppendOnly, Versioned


@lru_cache(maxsize=64)
def _read(definition: str) -> FormSpec:
    """Return a definition read and checked, once for as long as it is in use."""
    return load_form(json.loads(definition))


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
        return _read(self.definition)


class Field(AppendOnly):
    """One question of one version of a form; ``means`` is what it means, if it means anything."""

    form_version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="fields")
    key = models.CharField(max_length=60)
    group = models.CharField(max_length=40)
    means = models.CharField(max_length=60, blank=True)
    position = models.PositiveIntegerField()
    question = models.TextField()

    class Meta:
        ordering = ["form_version", "position"]
        constraints = [
            models.UniqueConstraint(fields=["form_version", "key"], name="field_key_once")
        ]

    def __str__(self) -> str:
        return self.question


class VocabularyTerms(Versioned):
    """The words of one vocabulary that a review adds to those that ship, as JSON in their order."""

    name = models.CharField(max_length=20)
    terms = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["review", "name"], condition=CURRENT, name="vocabulary_one_current"
            )
        ]

    def __str__(self) -> str:
        return self.name
