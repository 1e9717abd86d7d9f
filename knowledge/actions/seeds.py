"""The first synonyms of an empty system; a supervisor's edits are never overwritten."""

from typing import Any

from knowledge.actions.common import learn
from knowledge.models import Synonyms

SYNONYMS = (
    "терминал, где оплатить, где заплатить, банкомат",
    "интернет, инет, сеть",
    "роутер, маршрутизатор, вайфай роутер",
    "wi fi, вай фай, вайфай, wifi",
    "приставка, тв приставка, ресивер",
    "телевизор, тв, телевидение, каналы",
    "тариф, тарифный план",
    "деньги, баланс, счет",
    "пароль, логин",
    "расторгнуть, отключиться, отказаться",
    "переезд, новый адрес, перенести",
    "приостановить, заморозить, отпуск",
    "мастер, монтажник, выезд",
    "договор, контракт",
)


def seed_synonyms(**_: Any) -> None:
    if not Synonyms.objects.exists():
        Synonyms.objects.bulk_create([Synonyms(phrases=line) for line in SYNONYMS], ignore_conflicts=True)
        learn(*SYNONYMS)
