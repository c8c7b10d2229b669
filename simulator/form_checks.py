"""What Slack's own client checks before it sends a form."""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from simulator.blocks import HOLDS, with_those_inside
from simulator.state import Json, View

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
URL = re.compile(r"https?://[^\s/]+\.?\S*")
REQUIRED = "Please complete this required field."


def check_form(view: View) -> dict[str, str]:
    """What the person has to correct, by block."""
    errors = {}
    for block in with_those_inside(view.blocks):
        if block["type"] == "input":
            error = _check(block, view.values)
            if error:
                errors[block["block_id"]] = error
    return errors


def _check(block: Json, values: Json) -> str | None:
    element = block["element"]
    state = values.get(block["block_id"], {}).get(element["action_id"], {})
    value = state.get(HOLDS[element["type"]][0])
    if not value or (isinstance(value, str) and not value.strip()):
        return None if block.get("optional") else REQUIRED
    if element["type"] == "plain_text_input":
        return _check_length(element, value)
    if element["type"] == "number_input":
        return _check_number(element, value)
    if element["type"] == "email_text_input" and not EMAIL.fullmatch(value):
        return "Enter a valid email address."
    if element["type"] == "url_text_input" and not URL.fullmatch(value):
        return "Enter a valid URL."
    return _check_count(element, value)


def _check_length(element: Json, value: str) -> str | None:
    least, most = element.get("min_length") or 0, element.get("max_length") or 3000
    if len(value) < least:
        return f"Enter at least {least} characters."
    return f"Enter no more than {most} characters." if len(value) > most else None


def _check_number(element: Json, value: str) -> str | None:
    number = _number(value)
    if number is None:
        return "Enter a valid number."
    if not element["is_decimal_allowed"] and number != number.to_integral_value():
        return "Enter a whole number."
    least, most = _number(element.get("min_value")), _number(element.get("max_value"))
    if least is not None and number < least:
        return f"Enter a number greater than or equal to {least}."
    if most is not None and number > most:
        return f"Enter a number less than or equal to {most}."
    return None


def _check_count(element: Json, value: Any) -> str | None:
    most = element.get("max_files" if element["type"] == "file_input" else "max_selected_items")
    if most and isinstance(value, list) and len(value) > most:
        return f"Choose no more than {most}."
    return None


def _number(text: str | None) -> Decimal | None:
    try:
        number = Decimal(text) if text is not None else None
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() else None
