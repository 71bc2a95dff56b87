"""Application configuration of reporting."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    """The application for tables and files."""

    name = "reporting"

    def ready(self) -> None:
        """Hand ``reviews``, which may not import it, what events say and the figure of the flow."""
        from reporting.activity import PHRASES
        from reporting.overview import figure
        from reporting.places import PAGES, tables
        from reviews import activity, overview, places

        places.register_pages(*PAGES)
        places.register(tables)
        activity.register(PHRASES)
        overview.register_figure(figure)
