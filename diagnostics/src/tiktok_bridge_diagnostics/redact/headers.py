"""Keep the headers that explain an exchange, if they say nothing but that."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_DATE: Final = r"[A-Z][a-z]{2}, [0-3][0-9] [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT"
_TYPES: Final = (
    r"(?:application/(?:json|x-www-form-urlencoded|octet-stream|problem\+json)"
    r"|text/(?:html|plain|xml)|video/(?:mp4|quicktime|webm)|image/(?:jpeg|png|webp))"
)

SHAPES: Final = {
    "content-type": re.compile(
        _TYPES + "(?:; ?charset=(?:utf-8|us-ascii))?", re.IGNORECASE
    ),
    "date": re.compile(_DATE),
    "retry-after": re.compile(rf"[0-9]{{1,6}}|{_DATE}"),
    "content-range": re.compile(
        r"bytes (?:[0-9]{1,14}-[0-9]{1,14}|\*)/(?:[0-9]{1,14}|\*)"
    ),
}
"""Headers that stay, and how they look; any other is dropped."""

RULED: Final = {
    "authorization": "authorization",
    "x-tt-logid": "log_id",
    "location": "url",
}
"""Headers whose value has a rule."""

LENGTH: Final = "content-length"


def redacted(
    headers: Mapping[str, Sequence[str]],
    size: int,
    apply: Callable[[str, str], str],
) -> dict[str, list[str]]:
    """Return what may stay of *headers*.

    Args:
        headers: By name.
        size: Bytes of the redacted body, which is what its length says.
        apply: Applies the rule of a name to a value.
    """
    kept: dict[str, list[str]] = {}
    for name, values in headers.items():
        lower = name.lower()
        if lower in RULED:
            kept[lower] = [apply(RULED[lower], one) for one in values]
        elif lower == LENGTH:
            kept[lower] = [str(size)]
        elif shape := SHAPES.get(lower):
            kept[lower] = [one for one in values if shape.fullmatch(one)]
    return {name: values for name, values in kept.items() if values}
