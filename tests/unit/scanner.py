"""Look for a secret in a text by undoing every encoding; shares no code with ours."""

from __future__ import annotations

import base64
import binascii
import html
import re
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import unquote, unquote_plus

if TYPE_CHECKING:
    from collections.abc import Iterator

DEPTH = 3
"""How many encodings may lie on top of each other."""


HEX = r"\\x([0-9a-fA-F]{2})"

CONTROLS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


def shows(text: str, secret: str | bytes) -> bool:
    """Tell whether *text* shows *secret*, or 12 signs of it, in any encoding."""
    raw = secret if isinstance(secret, bytes) else secret.encode()
    forms = {raw.decode("latin-1"), secret if isinstance(secret, str) else ""} - {""}
    wanted = {
        form[start : start + 12].lower()
        for form in forms
        for start in range(max(len(form) - 11, 1))
    }
    seen, layer = {text}, {text}
    for _ in range(DEPTH):
        if any(one in found.lower() for found in layer for one in wanted):
            return True
        layer = {decoded for one in layer for decoded in _decoded(one)} - seen
        layer = {one for one in layer if len(one) > 7}
        seen |= layer
    return any(one in found.lower() for found in layer for one in wanted)


def _decoded(text: str) -> Iterator[str]:
    yield unquote(text, "latin-1")
    yield unquote_plus(text)
    yield html.unescape(text)
    yield re.sub(HEX, lambda f: chr(int(f[1], 16)), text.replace("\\\\", "\\"))
    yield re.sub(r"\\(.)", lambda f: CONTROLS.get(f[1], f[1]), text)
    yield re.sub(r"&#x([0-9A-F]+);", lambda f: chr(int(f[1], 16)), text)
    yield re.sub(r"&#(\d+);", lambda f: chr(int(f[1])), text)
    yield re.sub(r"(?:\\u[0-9a-fA-F]{4})+", _json, text)
    yield text.replace("\0", "").replace("\\x00", "").replace("\\u0000", "")
    for separator in ("", ":", " "):
        run = rf"(?:[0-9a-fA-F]{{2}}{separator}){{7,}}[0-9a-fA-F]{{2}}"
        for found in re.findall(run, text):
            yield bytes.fromhex(found.replace(":", "")).decode("latin-1")
    for found in re.findall(r"[A-Za-z0-9+/_-]{10,}", text):
        for start in range(4):
            yield _from_base64(found[start:])


def _json(found: re.Match[str]) -> str:
    units = b"".join(
        int(one, 16).to_bytes(2, "big") for one in found[0].split("\\u")[1:]
    )
    return units.decode("utf-16-be", "replace")


def _from_base64(text: str) -> str:
    text = text.replace("-", "+").replace("_", "/")
    text = text[: len(text) // 4 * 4 + (len(text) % 4 > 1) * (len(text) % 4)]
    with suppress(binascii.Error):
        return base64.b64decode(text + "=" * (-len(text) % 4)).decode("latin-1")
    return ""
