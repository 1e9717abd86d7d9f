"""One round of catching up: everything a lost message would have started is found again in PostgreSQL.

Called by Celery's beat, by `manage.py sweep --loop` (so that a dead broker costs seconds, not an emergency) and by
tests. Safe to run in any number of copies: each part claims its rows.
"""

from collections.abc import Callable

from common.once import forget_answers
from common.rounds import go_round
from customers import actions as customers
from dispatch import actions as dispatch
from firstline import actions as firstline
from incidents import actions as incidents
from knowledge import actions as knowledge
from messaging import actions as messaging
from staff import actions as staff
from tickets import actions as tickets
from tickets import counts as ticket_counts

HEART = "sweep"

SWEEPS: tuple[Callable[[], object], ...] = (
    incidents.evaluate_contacts,
    incidents.learn_rates_if_due,
    incidents.close_faded,
    incidents.send_word,
    dispatch.order_missing_visits,
    dispatch.assign_waiting,
    tickets.wake_postponed,
    tickets.return_work_of_absent,
    tickets.give_answers,
    ticket_counts.keep,
    tickets.follow_holidays,
    tickets.refresh_stale,
    tickets.ring_alarms,
    tickets.carry_on_rules,
    tickets.forget_runs,
    firstline.catch_missed,
    firstline.forget_viewers,
    knowledge.remind_owners,
    firstline.forget_notes,
    staff.forget_notices,
    customers.carry_out_erasures,
    tickets.forget_viewers,
    tickets.forget_old_drafts,
    forget_answers,
    messaging.catch_up_messages,
    messaging.catch_up_webhooks,
    messaging.remove_orphans,
    messaging.remove_strays,
    messaging.forget_deliveries,
)


def sweep() -> None:
    go_round(HEART, SWEEPS)
