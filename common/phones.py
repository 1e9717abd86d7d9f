"""Phone numbers: kept as E.164, shown as people write them."""

import re
from functools import lru_cache

import phonenumbers
from django.conf import settings

_MAX_TYPED = 40


@lru_cache(maxsize=4096)  # a PBX says the same few numbers all day
def normalise(raw: str) -> str | None:
    """E.164 of a number typed or reported in any usual form; None when it is no phone number. Never raises.

    Seven digits are local: the town's area code is put before them.
    """
    if len(raw) > _MAX_TYPED:
        return None
    digits = re.sub(r"\D", "", raw)
    if len(digits) == 7 and not raw.strip().startswith("+"):
        raw = settings.PHONE_AREA_CODE + digits
    elif len(digits) == 11 and digits.startswith("7") and not raw.strip().startswith("+"):
        raw = "+" + digits  # bridges drop the plus; without it a 7 would be read as a Russian area code
    try:
        number = phonenumbers.parse(raw, settings.PHONE_REGION)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def shown(number: str) -> str:
    """ "+79125551452" -> "+7 912 555-14-52"; what is no number stays as it was typed."""
    if not number.startswith("+"):
        return number
    if re.fullmatch(r"\+7\d{10}", number):
        return f"+7 {number[2:5]} {number[5:8]}-{number[8:10]}-{number[10:]}"
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def masked(number: str) -> str:
    """Only the end, for those who may not see numbers: "+7 *** ***-14-52"."""
    if re.fullmatch(r"\+7\d{10}", number):
        return f"+7 *** ***-{number[8:10]}-{number[10:]}"
    return f"*** {number[-2:]}" if number else ""


def oddity(number: str) -> str:
    """What is strange about a stored number: the code of its country ("KZ"), "?" for what is no number, else empty."""
    if not number or re.fullmatch(r"\+7[3-589]\d{9}", number):
        return ""
    try:
        parsed = phonenumbers.parse(number) if number.startswith("+") else None
    except phonenumbers.NumberParseException:
        parsed = None
    if parsed is None:
        return "?"
    region = phonenumbers.region_code_for_number(parsed) or "?"
    return "" if region == settings.PHONE_REGION else region


def gets_sms(number: str) -> bool:
    """May a text message arrive at this E.164 number? A landline gets none."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return False
    kinds = phonenumbers.PhoneNumberType
    return phonenumbers.number_type(parsed) not in {kinds.FIXED_LINE, kinds.TOLL_FREE, kinds.SHARED_COST, kinds.VOIP}
