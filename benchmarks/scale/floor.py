"""The product with one page more: the least a signed-in page can cost here. A settings module and its URLs.

One indexed SELECT and a small template, behind the same middleware, session and permission as every page.
"""

from contactcenter.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.scale.floor_urls"
