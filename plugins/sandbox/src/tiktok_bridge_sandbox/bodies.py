"""What may stand in the body of a request."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from tiktok_bridge_sandbox.connections import drain
from tiktok_bridge_sandbox.errors import UsageError

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import Message, Receive

LIMIT: Final = 1_000_000
"""Bytes of any body but a chunk's; no request of TikTok's comes near."""

DEEPEST: Final = 64
"""Levels of lists and objects; whatever copies a body descends into each."""


class BodyTooLargeError(Exception):
    """The body is longer than LIMIT; it was read to its end and not kept."""


def limit(receive: Receive) -> Receive:
    """Return *receive*, which refuses a body longer than LIMIT."""
    taken = 0

    async def limited() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > LIMIT:
            if message.get("more_body"):
                await drain(receive)
            raise BodyTooLargeError
        return message

    return limited


def parse(content: bytes) -> object:
    """Return what JSON says.

    Raises:
        ValueError: It is no JSON, or one that only Python takes: with half a
            surrogate pair or NaN. Or nobody could follow its nesting.
    """
    try:
        value: object = json.loads(content)
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except RecursionError as error:
        raise ValueError("the body is nested too deeply") from error
    if _is_deeper(value, DEEPEST):
        raise ValueError("the body is nested too deeply")
    return value


def _is_deeper(value: object, levels: int) -> bool:
    layer = [value]
    for _ in range(levels + 1):
        nodes = [one for one in layer if isinstance(one, dict | list)]
        lists = [list(one.values()) if isinstance(one, dict) else one for one in nodes]
        layer = [child for one in lists for child in one]
        if not nodes:
            return False
    return True


async def read_object(request: Request) -> dict[str, object]:
    """Return the object in the body of a control; no body is an empty one.

    Raises:
        ValueError: It is no JSON object.
    """
    body = parse(await request.body() or b"{}")
    if not isinstance(body, dict):
        raise UsageError("the body is a JSON object")
    return body
