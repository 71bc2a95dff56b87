"""The application as an ASGI server sees it."""

import os

from django.core.asgi import get_asgi_application

from ifi_review.checks import refuse_unsafe_start

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ifi_review.settings")

application = get_asgi_application()
refuse_unsafe_start()
