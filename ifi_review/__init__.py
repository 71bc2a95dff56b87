"""The project: settings, root URLs, and the commands that cross apps."""

__version__ = "0.1.0"
