"""Application configuration of screening."""

from django.apps import AppConfig


class ScreeningConfig(AppConfig):
    """The application for records and votes."""

    name = "screening"
