"""What the editors do with place cards."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common import changes, clock, history
from common.errors import DomainError
from common.history import Fact
from knowledge import events, hours
from knowledge.actions.articles import CodeTaken
from knowledge.actions.common import Actor, free_code, learn, line
from knowledge.markup import tidy
from knowledge.models import PlaceCard, PlaceKind
from staff.models import User

FIELDS = (*PlaceCard.tracked, "code", "checked_by")
# By what people call such a place, whatever its card says.
_WORDS = {
    PlaceKind.TERMINAL: "терминал оплаты где оплатить заплатить внести деньги наличными payment terminal pay cash",
    PlaceKind.OFFICE: "офис отделение абонентский отдел касса где находится office",
    PlaceKind.SHOP: "магазин партнёр салон связи где оплатить заплатить купить shop partner",
}


class BadPlace(DomainError):
    code = "bad_place"
    status = 422


@transaction.atomic
def save_place(
    *, by: Actor, place: PlaceCard | None = None, fact: Fact = events.place_saved, **values: Any
) -> PlaceCard:
    """Write a card or change one; nothing changed, nothing is written. Raises BadPlace, CodeTaken."""
    assert values.keys() <= set(FIELDS)
    if place:
        kept = PlaceCard.objects.select_for_update(of=("self",)).defer("vector").get(pk=place.pk)
        changes.remember(kept)
    else:
        kept = PlaceCard()
    for name, value in values.items():
        setattr(kept, name, value)
    _make_sound(kept)
    kept.words = f"{_WORDS[PlaceKind(kept.kind)]} {kept.where} {kept.how_to_find}"
    # Whatever else differs: a second look at a card that stays as it is leaves no row.
    if (
        place
        and changes.snapshot(kept) == changes.snapshot(place)
        and (kept.code, kept.words) == (place.code, place.words)
    ):
        return kept
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError as error:
        if "code" not in str(error):
            raise
        raise CodeTaken(
            _("Another place has this name in files."), fields={"code": _("Choose another one.")}
        ) from error
    learn(kept.title, kept.words, kept.services)
    history.record(kept, fact, by=by)
    return kept


def _make_sound(place: PlaceCard) -> None:
    for name in ("title", "address", "how_to_find", "hours", "commission", "services"):
        setattr(place, name, line(tidy(getattr(place, name))))
    place.exceptions = tidy(place.exceptions)
    if not place.code:
        taken = PlaceCard.objects.exclude(pk=place.pk).values_list("code", flat=True)
        place.code = free_code(place.title, taken)
    wrong: dict[str, str] = {}
    try:
        place.clean_fields(exclude=["vector", "checked_by", "building", "topic"])
    except ValidationError as error:
        wrong = {name: " ".join(some) for name, some in error.message_dict.items()}
    if "hours" not in wrong:
        wrong |= _of_hours(place)
    if place.building is None and not place.address:
        wrong["address"] = _("Choose the house, or write the address.")
    if (place.latitude is None) != (place.longitude is None):
        wrong["longitude"] = _("Latitude and longitude go together.")
    elif not (-90 <= (place.latitude or 0) <= 90 and -180 <= (place.longitude or 0) <= 180):
        wrong["latitude"] = _("Such a point is not on the Earth.")
    if wrong:
        raise BadPlace(next(iter(wrong.values())), fields=wrong)


def _of_hours(place: PlaceCard) -> dict[str, str]:
    wrong = {}
    try:
        hours.parse(place.hours)
    except hours.BadHours as bad:
        wrong["hours"] = _("Cannot read “%(part)s”. Write it like: пн-пт 9-21; сб 10-18") % {"part": str(bad)[:60]}
    try:
        hours.parse_exceptions(place.exceptions)
    except hours.BadHours as bad:
        wrong["exceptions"] = _("Cannot read “%(part)s”. Write a line like: 31.12.2026 9-15 short day") % {
            "part": str(bad)[:60]
        }
    return wrong


@transaction.atomic
def check_place(*, place: PlaceCard, by: User) -> PlaceCard:
    """Somebody made sure today that the card is true."""
    kept = PlaceCard.objects.select_for_update(of=("self",)).defer("vector").get(pk=place.pk)
    changes.remember(kept)
    kept.checked_on, kept.checked_by = timezone.localdate(clock.now()), by
    kept.save(update_fields=["checked_on", "checked_by"])
    history.record(kept, events.place_checked, by=by)
    return kept
