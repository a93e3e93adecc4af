"""Undo the escapes of text, one kind at a time."""

from __future__ import annotations

import html
import re
from functools import cache
from sys import maxunicode
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CONTEXT: Final = 128
"""Bytes on either side of an escape that are kept: the rest stands in the layer."""

ROUNDS: Final = 8
"""How often the escapes of a secret itself are undone."""

_PERCENT: Final = rb"%(?:[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4})"
_ESCAPE: Final = (
    rb"\\(?:u[dD][89abAB][0-9A-Fa-f]{2}\\u[dD][c-fC-F][0-9A-Fa-f]{2}"
    rb"|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|x[0-9A-Fa-f]{2}|u\{[0-9A-Fa-f]{1,6}\}"
    rb"|[0-7]{1,3}|\r?\n[ \t]*|[^ux0-7\r\n])"
)
_ENTITY: Final = rb"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,31}[0-9]{0,2});?"
_QUOTED: Final = rb"=(?:[0-9A-F]{2}|[ \t]*\r?\n)"
_WIDE: Final = re.compile(rb"(?:[^\0]\0{1,3}){6,}[^\0]?|(?:\0{1,3}[^\0]){6,}")
_SINGLE: Final = {
    b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"v": b"\v",
    b"a": b"\a", b"e": b"\x1b", b"_": b"\xc2\xa0", b"N": b"\xc2\x85",
    b"L": b"\xe2\x80\xa8", b"P": b"\xe2\x80\xa9",
}  # fmt: skip

_JOINT: Final = re.compile(
    rb"\r?\n[0-9A-Fa-f]{1,8}\r\n"  # the size of an HTTP chunk
    rb"|\r?\n(?:\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.,\d]*"
    rb"(?:Z|[+-]\d\d:?\d\d)?\]?\s?)?"
    rb"(?:[^\n]{0,60}?\b(?:DEBUG|INFO|WARNING|ERROR|CRITICAL)\b[]: |-]*"
    rb"(?:[\w.]{1,60}(?:\[\d{1,9}\])?: ?)?)?(?:[>#|*] ?)?"
    rb"|['\"]\s{0,40}[,+]?\s{0,40}[bfru]?['\"]"
)


def settled(data: bytes) -> bytes:
    """Return *data* after its escapes were undone until there are none."""
    for _ in range(ROUNDS):
        before, data = data, _ANY.sub(_undo, data)
        if data == before:
            break
    return data


def rewritten(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield what *data* says around its escapes, with the name of the encoding."""
    for name, pattern in _KINDS:
        if (said := _undone(data, pattern)) is not None:
            yield name, said
    if b"\0" in data:
        wide = b"\n".join(one[0].replace(b"\0", b"") for one in _WIDE.finditer(data))
        yield "utf-16", wide


def joined(data: bytes) -> bytes:
    """Return *data* without what stands between the parts of one text.

    That is the ends of lines with what begins the next in a log, the sizes of HTTP
    chunks, and the quotes between two literals.
    """
    return _JOINT.sub(b"", data)


def _undone(data: bytes, pattern: re.Pattern[bytes]) -> bytes | None:
    """Return what is around the escapes of *pattern*, or None where there are none."""
    parts: list[bytes] = []
    end = 0
    for found in pattern.finditer(data):
        said = _undo(found)
        if said == found[0]:
            continue
        start = found.start()
        if start - end <= 2 * CONTEXT:
            parts.append(data[end:start])
        else:
            parts += data[end : end + CONTEXT], b"\n", data[start - CONTEXT : start]
        parts.append(said)
        end = found.end()
    return b"".join([*parts, data[end : end + CONTEXT]]) if parts else None


def _undo(found: re.Match[bytes]) -> bytes:
    return _KIND_OF[found[0][:1]](found[0])


@cache
def _of_percent(code: bytes) -> bytes:
    return _sign(code[2:]) if code[1:2] == b"u" else bytes.fromhex(code[1:].decode())


@cache
def _of_entity(code: bytes) -> bytes:
    return html.unescape(code.decode()).encode("utf-8", "surrogatepass")


@cache
def _of_equals(code: bytes) -> bytes:
    return b"" if code[-1:] == b"\n" else bytes.fromhex(code[1:].decode())


def _of_escape(code: bytes) -> bytes:
    kind = code[1:2]
    if kind in b"uU" and len(code) > len(b"\\u") + 1:
        units = code.replace(b"\\", b"").lstrip(b"uU").split(b"u")
        if len(units) > 1:
            return bytes.fromhex(b"".join(units).decode()).decode("utf-16-be").encode()
        return _sign(units[0].strip(b"{}"))
    if kind == b"x":
        return bytes.fromhex(code[2:].decode())
    if kind.isdigit() and kind < b"8":
        return bytes([int(code[1:], 8) & 0xFF])
    if kind in b"\r\n":
        return b""
    return _SINGLE.get(kind, kind)


def _sign(digits: bytes) -> bytes:
    number = int(digits, 16)
    return chr(number).encode("utf-8", "surrogatepass") if number <= maxunicode else b""


_ANY: Final = re.compile(b"|".join((_PERCENT, _ESCAPE, _ENTITY)))
_KINDS: Final = (
    ("percent", re.compile(_PERCENT)),
    ("escape", re.compile(_ESCAPE)),
    ("entity", re.compile(_ENTITY)),
    ("quoted-printable", re.compile(_QUOTED)),
)
_KIND_OF: Final[dict[bytes, Callable[[bytes], bytes]]] = {
    b"%": _of_percent,
    b"\\": _of_escape,
    b"&": _of_entity,
    b"=": _of_equals,
}
