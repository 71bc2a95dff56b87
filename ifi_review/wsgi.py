"""The application as a WSGI server sees it."""

import os

from django.core.wsgi import get_wsgi_application

from ifi_review.checks import refuse_unsafe_start
from ifi_review.memory import seek_cycles_seldom

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ifi_review.settings")

application = get_wsgi_application()
refuse_unsafe_start()
seek_cycles_seldom()
