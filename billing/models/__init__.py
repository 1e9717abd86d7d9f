"""The finance desk's own tables: only the `finance` database role may touch them (common.grants)."""

from billing.models.accounts import (
    Account,
    AccountEvent,
    AccountQuerySet,
    FinanceSession,
    PromisedPayment,
    State,
)
from billing.models.applications import Application, ApplicationEvent, ApplicationScan, ScanLink, ScanRemoval
from billing.models.compensations import CompensationLine, CompensationSheet, SheetEvent
from billing.models.disputes import DayLimit, Dispute, DisputeEvent, DisputeQuerySet, Reason, ReasonEvent, Rule
from billing.models.entries import PAID_INTO, Book, Entry, EntryQuerySet, Kind
from billing.models.exchange import OrdersFile, RefusedFile
from billing.models.front_desk import Appointment, AppointmentEvent, WalkIn, WalkInEvent
from billing.models.letters import Letter
from billing.models.readings import FinanceReading, OfficeAlarm
from billing.models.statements import Statement, StatementEvent, StatementLine
from billing.models.tariffs import TariffChange

__all__ = [
    "PAID_INTO",
    "Account",
    "AccountEvent",
    "AccountQuerySet",
    "Application",
    "ApplicationEvent",
    "ApplicationScan",
    "Appointment",
    "AppointmentEvent",
    "Book",
    "CompensationLine",
    "CompensationSheet",
    "DayLimit",
    "Dispute",
    "DisputeEvent",
    "DisputeQuerySet",
    "Entry",
    "EntryQuerySet",
    "FinanceReading",
    "FinanceSession",
    "Kind",
    "Letter",
    "OfficeAlarm",
    "OrdersFile",
    "PromisedPayment",
    "Reason",
    "ReasonEvent",
    "RefusedFile",
    "Rule",
    "ScanLink",
    "ScanRemoval",
    "SheetEvent",
    "State",
    "Statement",
    "StatementEvent",
    "StatementLine",
    "TariffChange",
    "WalkIn",
    "WalkInEvent",
]
