#!/usr/bin/env python3
"""Run one of the project's management commands."""

import os
import sys


def main() -> None:
    """Hand the command line over to Django; settings that are refused are told in a sentence."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ifi_review.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as refusal:
        sys.exit(str(refusal))


if __name__ == "__main__":
    main()
