"""What the intake is compared with: the same server and database, one view, no middleware, one inserted row.

Used as a settings module (`DJANGO_SETTINGS_MODULE=benchmarks.bare`).
"""

from contactcenter.settings import *  # noqa: F403
from contactcenter.settings import INSTALLED_APPS as ALL_APPS

ROOT_URLCONF = "benchmarks.bare_urls"
MIDDLEWARE = []
# Sign-in insists on its middleware, and the administrator's pages read every model, also those of sign-in.
INSTALLED_APPS = [app for app in ALL_APPS if not app.startswith(("allauth", "django.contrib.admin"))]
