"""How many parts a text message takes. Pure. 3GPP TS 23.038: 160 signs of the GSM alphabet or 70 of any other; 153 or
67 in each part of a longer one. Letters outside the basic plane count twice, so do the signs behind the escape."""

_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_ESCAPED = frozenset("^{}\\[~]|€\f")


def parts(text: str) -> int:
    """Parts of this message; 0 for no text."""
    if all(sign in _GSM or sign in _ESCAPED for sign in text):
        length, one, many = sum(2 if sign in _ESCAPED else 1 for sign in text), 160, 153
    else:
        length, one, many = len(text.encode("utf-16-le")) // 2, 70, 67
    return int(length > 0) if length <= one else -(-length // many)
