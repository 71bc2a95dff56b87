"""Words for what a person prefers."""

from django.db import models


class Theme(models.TextChoices):
    """Light or dark pages."""

    SYSTEM = "system", "As the device"
    LIGHT = "light", "Light"
    DARK = "dark", "Dark"
