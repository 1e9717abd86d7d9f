"""Turn locale/*/LC_MESSAGES/django.po into .mo files; needs no gettext tools."""

from pathlib import Path

import polib

for source in sorted((Path(__file__).resolve().parent.parent / "locale").glob("*/LC_MESSAGES/django.po")):
    polib.pofile(str(source)).save_as_mofile(str(source.with_suffix(".mo")))
