"""What the intake is compared with: the same server and database, one view, no middleware, one inserted row.

Used as a settings module (`DJANGO_SETTINGS_MODULE=benchmarks.bare`).
"""

from contactcenter.settings import *  # noqa: F403
from contactcenter.settings import INSTALLED_APPS as ALL_APPS

ROOT_URLCONF = "benchmarks.bare_urls"
MIDDLEWARE = []
INSTALLED_APPS = [app for app in ALL_APPS if not app.startswith("allauth")]  # it insists on its middleware
