"""The reasons of an empty finance desk; what an accountant has changed is never overwritten."""

from decimal import Decimal
from typing import Any

from billing.models import Reason, Rule

ADVANCE_BASIS = "Правила оказания телематических услуг связи, постановление Правительства РФ от 31.12.2021 № 2607"
CLAIM_BASIS = "Федеральный закон от 07.07.2003 № 126-ФЗ «О связи», ст. 55"
CLAIM_DAYS = 30  # the same article: a claim is answered within 30 days of its registration
# code, Russian, English, rule, fixed sum, accountant's own limit, legal basis of an application
REASONS: list[tuple[str, str, str, str, str | None, str, str]] = [
    ("wrong_tariff", "Начислено не по тарифу", "Not by the tariff", Rule.DIFFERENCE, None, "1000", ""),
    ("no_service", "Услуга не работала", "No service", Rule.DOWNTIME, None, "1000", ""),
    ("charged_twice", "Начислено дважды", "Charged twice", Rule.CHARGED_TWICE, None, "1500", ""),
    ("goodwill", "Жест доброй воли", "Goodwill", Rule.FIXED, "100", "300", ""),
    ("payment_lost", "Платёж не дошёл, чек показан", "Payment lost, receipt shown", Rule.BY_HAND, None, "1000", ""),
    ("advance", "Возврат аванса", "Refund of the advance", Rule.ADVANCE, None, "3000", ADVANCE_BASIS),
    ("claim", "Претензия к начислениям", "Claim about charges", Rule.BY_HAND, None, "1000", CLAIM_BASIS),
]


def seed_reasons(**_: Any) -> None:
    rows = [
        Reason(
            code=code,
            title_ru=ru,
            title_en=en,
            rule=rule,
            fixed=Decimal(fixed) if fixed else None,
            own_limit=Decimal(limit),
            legal_basis=basis,
            answer_days=CLAIM_DAYS if basis == CLAIM_BASIS else None,
            position=10 * n,
        )
        for n, (code, ru, en, rule, fixed, limit, basis) in enumerate(REASONS, 1)
    ]
    Reason.objects.bulk_create(rows, ignore_conflicts=True)
