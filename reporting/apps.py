"""Application configuration of reporting."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    """The application for tables and files."""

    name = "reporting"
