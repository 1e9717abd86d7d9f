"""The scripts and phrases of an empty system; a supervisor's edits are never overwritten."""

import json
from pathlib import Path
from typing import Any

from common.history import System
from contacts.models import Topic
from contacts.seeds import seed_topics
from guidance import actions
from guidance.models import CalmingPhrase, Script

FOLDER = Path(__file__).parent / "scripts"
# A file's name is the script's key.
SCRIPTS = {
    "no_internet": ("Нет интернета", "No internet", ["no_internet"]),
    "no_tv": ("Не работает ТВ", "TV does not work", ["no_tv", "tv_picture"]),
    "slow_internet": ("Медленный интернет", "Slow internet", ["slow_internet", "wifi"]),
}
PHRASES = [
    ("Понимаю, как это неприятно. Давайте разберёмся вместе.", "I see how unpleasant this is. Let us sort it out."),
    ("Вы правы, так быть не должно. Я займусь этим прямо сейчас.", "You are right, this must not be. I am on it now."),
    (
        "Спасибо, что сказали. Я записываю всё, повторять не придётся.",
        "Thank you. I write it all down.",
    ),
    ("Я останусь на линии, пока мы не найдём решение.", "I stay on the line until we find a way."),
    ("Скажу честно, что могу сделать сейчас и что будет дальше.", "Here is what I can do now, and what comes next."),
    (
        "Хотите, мастер или старший смены перезвонит вам сегодня?",
        "Shall the head of the shift call you today?",
    ),
]


def seed(**_: Any) -> None:
    if not Script.objects.exists():
        seed_topics()  # scripts belong to topics, whichever app is seeded first
        for key, (title_ru, title_en, codes) in SCRIPTS.items():
            topics = Topic.objects.filter(code__in=codes)
            made = actions.save_script(by=System.SETUP, key=key, title_ru=title_ru, title_en=title_en, topics=topics)
            actions.load_draft(script=made, raw=json.loads((FOLDER / f"{key}.json").read_text()), by=System.SETUP)
            actions.publish(script=made, by=System.SETUP)
    if not CalmingPhrase.objects.exists():
        rows = [CalmingPhrase(text_ru=ru, text_en=en, position=n) for n, (ru, en) in enumerate(PHRASES)]
        CalmingPhrase.objects.bulk_create(rows, ignore_conflicts=True)
