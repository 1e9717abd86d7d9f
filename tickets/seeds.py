"""What each desk asks of the first line in an empty system, one field each. A supervisor's edits are kept."""

from typing import Any

from contacts.models import Topic
from contacts.seeds import FAULTS, seed_topics
from staff.models import Desk
from tickets.models import FieldDefinition

# A script that was gone through has answered it: see guidance.queries.answers.
WHAT_FAILS = "what_fails"
_LINE = (*sorted(FAULTS), "wifi", "equipment")
# key, desk, Russian, English, hint in Russian, hint in English, topics
FIELDS: list[tuple[str, str, str, str, str, str, tuple[str, ...]]] = [
    (
        WHAT_FAILS,
        Desk.SUPPORT,
        "Что не работает и с какого времени",
        "What does not work, since when",
        "Ответы скрипта подставятся сами",
        "The answers of a script fill it",
        _LINE,
    ),
    (
        "when_to_come",
        Desk.DISPATCH,
        "Когда удобно и как попасть",
        "When to come and how to get in",
        "Часы, домофон, кто будет дома",
        "Hours, door phone, who is at home",
        (*_LINE, "visit_move", "moving"),
    ),
    (
        "which_months",
        Desk.FINANCE,
        "За какой период вопрос",
        "Which months it is about",
        "Например, февраль 2026; сумму не спрашиваем",
        "For example February 2026; no sums",
        ("payment_lost", "billing", "refund", "bill"),
    ),
]


def seed_fields(**_: Any) -> None:
    if FieldDefinition.objects.exists():
        return
    seed_topics()  # fields belong to topics, whichever app is seeded first
    known = dict(Topic.objects.values_list("code", "pk"))
    for n, (key, desk, label_ru, label_en, help_ru, help_en, topics) in enumerate(FIELDS):
        words = {"label_ru": label_ru, "label_en": label_en, "help_ru": help_ru, "help_en": help_en}
        made = FieldDefinition.objects.create(key=key, desk=desk, on_arrival=True, position=10 + n, **words)
        made.topics.set(known[code] for code in topics)
