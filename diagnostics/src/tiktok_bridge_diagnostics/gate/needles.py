"""Turn secrets into the byte strings that are searched."""

from __future__ import annotations

import base64
import binascii
import re
import string
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tiktok_bridge_diagnostics.gate import text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

WINDOW: Final = 12
"""Bytes in a row that are a leak, of a secret that has as many."""

SHORTEST: Final = 6
"""Bytes of the shortest secret that is searched, as a whole."""

GRAM: Final = 6
"""Bytes of the pieces by which a window is noticed; see `search`."""

KEY: Final = 16
"""Bytes of the shortest key that is searched decoded as well."""

DISTINCT: Final = 3
"""Different bytes that a window has at least; `------------` stands everywhere."""

PUBLIC: Final = (
    "https://open.tiktokapis.com/v2/post/publish/video/init/",
    "https://open.tiktokapis.com/v2/post/publish/inbox/video/init/",
    "https://open.tiktokapis.com/v2/post/publish/content/init/",
    "https://open.tiktokapis.com/v2/post/publish/creator_info/query/",
    "https://open.tiktokapis.com/v2/post/publish/status/fetch/",
    "https://open.tiktokapis.com/v2/oauth/token/",
    "https://open.tiktokapis.com/v2/user/info/",
    "https://open-upload.tiktokapis.com/video/?upload_id=",
    "https://open-upload.tiktokapis.com/upload?upload_id=",
    "https://www.tiktok.com/v2/auth/authorize/?client_key=",
    "&upload_token=",
)
"""Text that is no secret even where a secret, such as an upload's address, has it."""

_SHARED: Final = 8
"""Bytes that a secret has to share with public text before they count as public."""

_HEX_LIKE: Final = re.compile(rb"[0-9A-Fa-f][0-9A-Fa-f:-]{5,}")
_BASE64: Final = re.compile(rb"[A-Za-z0-9+/_-]{22,}={0,2}")
_PLAIN: Final = (string.ascii_letters + string.digits).encode()
_JOINTS: Final = b" \t\r\n\v\f\"'`,\\"
_PUNCTUATION: Final = bytes(one for one in range(128) if one not in _PLAIN)
_CODES: Final = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
_LATIN: Final = re.compile(r"[\0-\xff]+")
_STANDARD: Final = bytes.maketrans(b"-_", b"+/")


@dataclass(frozen=True, slots=True)
class Needles:
    """What is searched.

    Attributes:
        windows: Every 12 bytes in a row, and the number of their secret.
        grams: Every 6 bytes in a row of the windows, as `struct` unpacks them.
        short: What is searched as a whole, and the number of its secret.
        forms: For each secret, how it looks as a whole.
    """

    windows: dict[bytes, int]
    grams: frozenset[tuple[bytes]]
    short: tuple[tuple[bytes, int], ...]
    forms: dict[int, frozenset[bytes]]


def needles(secrets: Iterable[str | bytes], public: Iterable[str] = ()) -> Needles:
    """Return what to search for *secrets*, which are numbered in their order."""
    known = _shared(one.encode() for one in (*PUBLIC, *public))
    windows: dict[bytes, int] = {}
    short: dict[bytes, int] = {}
    forms: dict[int, frozenset[bytes]] = {}
    for number, secret in enumerate(secrets):
        raw = (
            secret.encode("utf-8", "surrogatepass")
            if isinstance(secret, str)
            else (secret)
        )
        forms[number] = frozenset(_forms(raw))
        parts = [form for part in _own(raw, known) for form in _forms(part)]
        for form in dict.fromkeys([*parts, *_keys(raw)]):
            own = [one for one in _windows(form) if len(set(one)) >= DISTINCT]
            for one in own:
                windows.setdefault(one, number)
            if not own and len(form) >= SHORTEST:
                for one in _encoded(form):
                    short.setdefault(one, number)
    grams = frozenset(
        (one[at : at + GRAM],) for one in windows for at in range(WINDOW - GRAM + 1)
    )
    return Needles(windows, grams, tuple(short.items()), forms)


def unspaced(data: bytes) -> bytes:
    """Return *data* without the signs at which lines and literals are joined."""
    return data.translate(None, _JOINTS)


def bare(data: bytes) -> bytes:
    """Return the letters, the digits and what is no ASCII of *data*."""
    return data.translate(None, _PUNCTUATION)


def _shared(public: Iterable[bytes]) -> frozenset[bytes]:
    """Return every few bytes in a row of *public*, and what is as short as they."""
    return frozenset(
        one[at : at + size]
        for one in public
        for size in range(SHORTEST, _SHARED + 1)
        for at in range(len(one) - size + 1)
    )


def _own(secret: bytes, shared: frozenset[bytes]) -> list[bytes]:
    """Return the parts of *secret* that no public text has."""
    if secret in shared:
        return []
    is_own = bytearray(b"\1" * len(secret))
    for at in range(len(secret) - _SHARED + 1):
        if secret[at : at + _SHARED] in shared:
            is_own[at : at + _SHARED] = bytes(_SHARED)
    spans = re.finditer(rb"\x01+", is_own)
    return [secret[one.start() : one.end()] for one in spans]


def _forms(secret: bytes) -> Iterator[bytes]:
    """Yield how *secret* may be spelt, before it is encoded."""
    for one in _spellings(secret):
        for form in (one, text.settled(one), one.replace(b" ", b"+")):
            yield form
            yield unspaced(form)
            if len(bare(form)) >= WINDOW:
                yield bare(form)


def _spellings(secret: bytes) -> Iterator[bytes]:
    yield secret
    if _HEX_LIKE.fullmatch(secret):
        yield from (secret.lower(), secret.upper(), secret.swapcase())
    if secret.isascii():
        return
    with suppress(UnicodeDecodeError):
        said = secret.decode()
        for form in ("NFC", "NFD"):
            yield unicodedata.normalize(form, said).encode()
        yield secret.decode("latin-1").encode()  # read in the wrong code page
        yield from (one.encode("latin-1") for one in _LATIN.findall(said))
        yield from (said.encode(code) for code in _CODES)


def _keys(secret: bytes) -> Iterator[bytes]:
    """Yield the bytes of a key that is kept in hexadecimal or in Base64."""
    with suppress(binascii.Error):
        if len(raw := binascii.unhexlify(secret)) >= KEY:
            yield raw
    if _BASE64.fullmatch(secret):
        with suppress(binascii.Error):
            raw = base64.b64decode(secret.translate(_STANDARD) + b"==")
            yield from [raw] if len(raw) >= KEY else []


def _windows(secret: bytes) -> Iterator[bytes]:
    for at in range(len(secret) - WINDOW + 1):
        yield secret[at : at + WINDOW]


def _encoded(short: bytes) -> Iterator[bytes]:
    """Yield *short* as it looks in encodings whose runs are too short to decode."""
    yield short
    yield short.hex().encode()
    yield short.hex().upper().encode()
    for shift in range(3):
        code = base64.b64encode(bytes(shift) + short)
        first = -(-shift * 8 // 6)
        sure = code[first : (shift + len(short)) * 8 // 6]
        yield from (sure, sure.translate(bytes.maketrans(b"+/", b"-_")))
