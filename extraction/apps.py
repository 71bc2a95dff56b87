"""Application configuration of extraction."""

from django.apps import AppConfig


class ExtractionConfig(AppConfig):
    """The application for studies and their data."""

    name = "extraction"
