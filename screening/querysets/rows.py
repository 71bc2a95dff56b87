"""The rows of a model by its name: querysets are imported by the models they read."""

from typing import Any

from django.apps import apps


def rows(model: str) -> Any:
    """Return all rows of one of this package's models."""
    return apps.get_model("screening", model)._default_manager.all()
