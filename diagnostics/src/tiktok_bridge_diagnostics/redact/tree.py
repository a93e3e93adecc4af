"""Redact JSON, field by field."""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any, Final

from tiktok_bridge_diagnostics.redact import fields, words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tiktok_bridge_diagnostics.redact.fields import Place
    from tiktok_bridge_diagnostics.redact.maker import Maker

DEPTH: Final = 32
"""Objects and lists within each other; no answer of TikTok has more than five."""

LARGEST: Final = 10**14
"""From here on, a number may be somebody's id; TikTok's times have 13 digits."""

NAME: Final = re.compile(
    r"[a-z]{1,20}(?:_[a-z0-9]{1,20}){0,8}"
    r"|[a-z]{1,12}(?:[A-Z][a-z]{1,12}){1,4}"
    r"|[A-Z]{2,20}(?:_[A-Z]{1,20}){0,6}"
    r"|[a-z]{1,20}(?:-[a-z0-9]{1,20}){1,8}"
)
"""What fields are called, or what is counted: `log_id`, `errCode`, `SELF_ONLY`,
`upper-case`."""

IDS: Final = ("publish_id", "post_id", "number")
"""Rules that numbers have, too."""


class UnreadableError(Exception):
    """It is no JSON that can be kept."""


def parsed(body: str) -> Any:  # noqa: ANN401 - any JSON
    """Return what *body* says.

    Raises:
        UnreadableError: It is no JSON.
    """
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnreadableError from error


def redacted(maker: Maker, value: Any, place: Place) -> Any:  # noqa: ANN401 - any JSON
    """Return *value* by the rules of its fields.

    Raises:
        UnreadableError: It is nested too deep, or has numbers that are none.
    """
    return _value(maker, value, fields.DEFAULT, place, 0)


def _value(maker: Maker, value: Any, rule: str, place: Place, depth: int) -> Any:  # noqa: ANN401 - any JSON
    if depth > DEPTH:
        raise UnreadableError
    if isinstance(value, dict):
        return _object(maker, value, place, depth + 1)
    if isinstance(value, list | tuple):
        return [_value(maker, one, rule, place, depth + 1) for one in value]
    if isinstance(value, str):
        return maker.apply(rule, value)
    if isinstance(value, int) and not isinstance(value, bool):
        return _number(maker, value, rule)
    if isinstance(value, float) and not math.isfinite(value):
        raise UnreadableError
    return (
        value
        if isinstance(value, bool | float | None)
        else maker.apply(rule, str(value))
    )


def _object(
    maker: Maker, value: Mapping[str, Any], place: Place, depth: int
) -> dict[str, Any]:
    in_error = "message" in value
    found = {}
    for key, one in value.items():
        name = str(key)
        rule = fields.rule(name, place, in_error=in_error)
        found[_key(maker, name, place)] = _value(maker, one, rule, place, depth)
    return found


def _key(maker: Maker, name: str, place: Place) -> str:
    """Return a name; one that nobody would give to a field is a value."""
    if place == "fact":
        name = maker.apply("name", name) if maker.is_name(name) else name
    if NAME.fullmatch(name) or name in words.vocabulary():
        return name
    return maker.apply("field", name)


def _number(maker: Maker, value: int, rule: str) -> int:
    if rule in IDS:
        return int(maker.apply(rule, str(value)))
    return (
        value if abs(value) < LARGEST else int(maker.apply("number", str(abs(value))))
    )
