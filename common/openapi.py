"""What every REST operation shares stands in the schema once: refusals, and the key that makes a deed happen once."""

from typing import Any

_REFUSAL = {
    "type": "object",
    "description": "Every refusal: a code for machines, a text for people, texts beside the fields that are wrong.",
    "properties": {
        "code": {"type": "string"},
        "message": {"type": "string"},
        "fields": {"type": "object", "additionalProperties": {}},
    },
    "required": ["code", "message", "fields"],
}
_IDEMPOTENT = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "maxLength": 200},
    "description": "The same key with the same request is answered as before and done once, for a day.",
}
# status -> (what it means, an example's code, its message, its fields)
_REFUSALS: dict[str, tuple[str, str, str, dict[str, list[str]]]] = {
    "400": ("Not what the schema says.", "invalid", "Invalid input.", {"reason": ["This field is required."]}),
    "401": ("No living key.", "authentication_failed", "Invalid token.", {}),
    "403": ("The key's user may not do this.", "permission_denied", "You may not do this.", {}),
    "404": ("There is none, or not for this user to see.", "not_found", "Not found.", {}),
    "409": ("Not now.", "already_taken", "Sergey Titov has already taken this ticket.", {}),
    "422": ("Understood, but wrong.", "wrong_desk", "This desk does not take tickets.", {"desk": ["Choose another."]}),
}
_READING = ("400", "401", "403", "404")


def describe_refusals(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """Add to each operation the refusals that it does not describe itself. For drf-spectacular."""
    result["components"].setdefault("schemas", {})["Refusal"] = _REFUSAL
    for path in result["paths"].values():
        for method, operation in path.items():
            reads = method == "get"
            for status in _READING if reads else _REFUSALS:
                operation["responses"].setdefault(status, _response(status))
            if not reads:
                operation.setdefault("parameters", []).append(_IDEMPOTENT)
    return result


def _response(status: str) -> dict[str, Any]:
    meaning, code, message, fields = _REFUSALS[status]
    content = {
        "schema": {"$ref": "#/components/schemas/Refusal"},
        "example": {"code": code, "message": message, "fields": fields},
    }
    return {"description": meaning, "content": {"application/json": content}}
