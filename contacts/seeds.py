"""The topics of an empty system; a supervisor's edits are never overwritten."""

from typing import Any

from contacts.models import Outcome, Topic, TopicGroup
from staff.models import Desk

GROUPS = [
    ("fault", "Неисправность", "Fault"),
    ("payment", "Оплата", "Payment"),
    ("charges", "Начисления", "Charges"),
    ("services", "Тарифы и услуги", "Tariffs and services"),
    ("connection", "Подключение", "Connection"),
    ("visit", "Выезд мастера", "Master's visit"),
    ("contract", "Договор", "Contract"),
    ("other", "Другое", "Other"),
]
# code, group, Russian, English, desk; a fault, an outcome other than "answered"
TOPICS: list[tuple[str, str, str, str, str]] = [
    ("no_internet", "fault", "Нет интернета", "No internet", Desk.SUPPORT),
    ("slow_internet", "fault", "Медленный интернет", "Slow internet", Desk.SUPPORT),
    ("no_tv", "fault", "Не работает ТВ", "TV does not work", Desk.SUPPORT),
    ("tv_picture", "fault", "ТВ: рябит или нет части каналов", "TV: bad picture, channels missing", Desk.SUPPORT),
    ("wifi", "fault", "Wi-Fi в квартире", "Wi-Fi at home", Desk.SUPPORT),
    ("equipment", "fault", "Оборудование", "Equipment", Desk.SUPPORT),
    ("payment_terminal", "payment", "Где оплатить", "Where to pay", Desk.FIRST_LINE),
    ("how_to_pay", "payment", "Как оплатить", "How to pay", Desk.FIRST_LINE),
    ("promised_payment", "payment", "Обещанный платёж", "Promised payment", Desk.FIRST_LINE),
    ("payment_lost", "payment", "Платёж не пришёл", "Payment has not come", Desk.FINANCE),
    ("billing", "charges", "Начисления и баланс", "Charges and balance", Desk.FINANCE),
    ("blocked", "charges", "Отключили за долг", "Suspended for debt", Desk.FINANCE),
    ("refund", "charges", "Возврат и перерасчёт", "Refund and recalculation", Desk.FINANCE),
    ("bill", "charges", "Квитанция и детализация", "Bill and its details", Desk.FINANCE),
    ("tariff", "services", "Тарифы и услуги", "Tariffs and services", Desk.FIRST_LINE),
    ("change_tariff", "services", "Сменить тариф", "Change the tariff", Desk.FIRST_LINE),
    ("suspend", "services", "Приостановить на время", "Suspend for a while", Desk.FIRST_LINE),
    ("channels", "services", "Список каналов", "List of channels", Desk.FIRST_LINE),
    ("account_page", "services", "Личный кабинет и пароль", "Personal account and password", Desk.FIRST_LINE),
    ("new_connection", "connection", "Подключение", "New connection", Desk.DISPATCH),
    ("moving", "connection", "Переезд", "Moving house", Desk.DISPATCH),
    ("connection_when", "connection", "Когда подключат", "When it will be connected", Desk.DISPATCH),
    ("visit_when", "visit", "Когда придёт мастер", "When the master comes", Desk.DISPATCH),
    ("visit_move", "visit", "Перенести или отменить выезд", "Move or cancel the visit", Desk.DISPATCH),
    ("contract", "contract", "Договор и документы", "Contract and documents", Desk.FIRST_LINE),
    ("owner_change", "contract", "Смена владельца", "Change of owner", Desk.FINANCE),
    ("termination", "contract", "Расторжение", "Termination", Desk.FINANCE),
    ("office", "other", "Адрес и часы офиса", "Office address and hours", Desk.FIRST_LINE),
    ("complaint", "other", "Жалоба", "Complaint", Desk.FIRST_LINE),
    ("wrong_number", "other", "Ошиблись номером", "Wrong number", Desk.FIRST_LINE),
    ("other", "other", "Другое", "Something else", Desk.FIRST_LINE),
]
FAULTS = {"no_internet", "slow_internet", "no_tv", "tv_picture"}
OUTCOMES = {"wrong_number": Outcome.NOT_OURS}


def seed_topics(**_: Any) -> None:
    groups = [TopicGroup(code=code, title_ru=ru, title_en=en, position=n) for n, (code, ru, en) in enumerate(GROUPS)]
    TopicGroup.objects.bulk_create(groups, ignore_conflicts=True)
    known = dict(TopicGroup.objects.values_list("code", "pk"))
    Topic.objects.bulk_create(
        [
            Topic(
                code=code,
                group_id=known[group],
                title_ru=ru,
                title_en=en,
                desk=desk,
                position=n,
                is_fault=code in FAULTS,
                outcome=OUTCOMES.get(code, Outcome.ANSWERED),
            )
            for n, (code, group, ru, en, desk) in enumerate(TOPICS)
        ],
        ignore_conflicts=True,
    )
