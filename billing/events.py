from django.dispatch import Signal
from django.utils.translation import gettext_lazy as _

from common.history import Fact

account_suspended = Fact("suspended", _("suspended the service"))
"""The service was stopped for money. Data: `reason`."""

account_resumed = Fact("resumed", _("resumed the service"))
"""The service goes on."""

entry_posted = Fact("entry_posted", _("posted an entry"))
"""The ledger has grown. Data: `entry` (its id), `kind`; never a sum."""

tariff_changed = Fact("tariff_changed", _("changed the tariff"))
"""Another fee is in force from a day on. Data: `tariff` (the id of the change)."""

promise_made = Fact("promise_made", _("wrote down a promised payment"))
"""The subscriber will pay until a day. Data: `promise`, `until`."""

promise_ended = Fact("promise_ended", _("closed the promised payment"))
"""A promise was kept or broken. Data: `promise`, `state`."""

dispute_raised = Fact("dispute_raised", _("raised a charges question"))
"""Data: `dispute`, `reason` (its code), `state`."""

dispute_decided = Fact("dispute_decided", _("decided a charges question"))
"""Posted, refused or withdrawn. Data: `dispute`, `state`."""

reason_saved = Fact("reason_saved", _("changed the reason"))
"""A reason for corrections was made or changed. Data: `fields` (the names of what changed; sums stay here)."""

sheet_made = Fact("sheet_made", _("made the compensation sheet"))
"""An incident is over: long enough, or somebody asked for it. Data: `incident`."""

sheet_ticked = Fact("sheet_ticked", _("changed who is on the sheet"))
"""Data: `lines` (how many), `included`."""

sheet_recounted = Fact("sheet_recounted", _("counted the sheet anew"))
"""It was to be posted, but some lines were out of date. Data: `lines` (how many)."""

sheet_decided = Fact("sheet_decided", _("decided the compensation sheet"))
"""Posted or dropped. Data: `state`."""

application_made = Fact("application_made", _("printed the application"))
"""A question needs paper. Data: `number`."""

application_scanned = Fact("application_scanned", _("attached pages to the application"))
"""Data: `pages` (how many)."""

application_scan_removed = Fact("application_scan_removed", _("took back a page of the application"))
"""At the phone, before it was done."""

application_signed = Fact("application_signed", _("took in the signed application"))
"""Data: `due_on` (by when it is answered, or None)."""

application_answered = Fact("application_answered", _("answered the application"))
"""A written answer went out."""

application_withdrawn = Fact("application_withdrawn", _("withdrew the application"))
"""Its question is not asked any more."""

statement_taken = Fact("statement_taken", _("took in the statement"))
"""A file of payments or charges came. Data: `lines` (how many)."""

statement_matched = Fact("statement_matched", _("found whose payment it was"))
"""Data: `line`, `entry`; `instead`: the reversed entry it was before, if it was."""

line_mended = Fact("line_mended", _("mended a line of the statement"))
"""Data: `line`, `fields` (the names of what was typed)."""

line_dismissed = Fact("line_dismissed", _("put a line of the statement aside"))
"""It is none of our subscribers' payments. Data: `line`, `entry` (the reversed one it had), `reason`."""

visitor_came = Fact("visitor_came", _("gave a number at the front desk"))
"""Data: `number`."""

visitor_called = Fact("visitor_called", _("called the visitor"))
"""Data: `number`."""

visitor_named = Fact("visitor_named", _("found out who the visitor is"))
"""The walk-in has a subscriber."""

visitor_gone = Fact("visitor_gone", _("finished with the visitor"))
"""Data: `state`."""

appointment_made = Fact("appointment_made", _("booked an appointment"))
"""A time at the office."""

appointment_kept = Fact("appointment_kept", _("the visitor came to the appointment"))
"""Now in the queue."""

appointment_cancelled = Fact("appointment_cancelled", _("cancelled the appointment"))
"""The time is free."""

letters_due = Signal()
"""Something waits to be sent to a subscriber. Sender: `Letter`."""
