"""Say in bytes who holds an account, and what its record is; pure.

An object is a line of JSON of always the same length, the account's name, and, where
there is a record, a line end and the record. So the size alone tells in a listing
whether there is one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tiktok_bridge_s3.keys import decode, encode

LINE = 512  #: bytes of the first line, its end included
FORMAT = "tiktok-bridge-s3 account 1"
LONGEST_OWNER = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """What the object of an account says.

    Attributes:
        fence: Counts who has held the account; it only grows.
        owner: Who holds it, empty when nobody does.
        until: When that ends, seconds since the epoch by the server's clock.
        nonce: Differs with every write, so that no two contents have the same ETag.
        record: The sealed record, None when there is none.
    """

    fence: int = 0
    owner: str = ""
    until: float = 0.0
    nonce: str = ""
    record: bytes | None = None

    def is_held(self, now: float) -> bool:
        """Tell whether somebody holds it at *now*, by the server's clock."""
        return bool(self.owner) and now <= self.until + RESOLUTION


RESOLUTION = 1.0
"""Seconds that a `Date` may be behind: it has no fractions."""


def pack(account: str, entry: Entry) -> bytes:
    """Return the object of *account*."""
    name = encode(account)
    line = {
        "format": FORMAT,
        "fence": entry.fence,
        "owner": entry.owner[:LONGEST_OWNER],
        "until": entry.until,
        "nonce": entry.nonce,
        "name_bytes": len(name),
    }
    head = json.dumps(line).encode("ascii").ljust(LINE - 1) + b"\n"
    return head + name + (b"" if entry.record is None else b"\n" + entry.record)


def unpack(account: str, content: bytes) -> Entry:
    """Return what the object of *account* says.

    Raises:
        ValueError: It is no such object, or another account's.
    """
    line, name, rest = _split(content)
    if name != encode(account):
        raise ValueError("it is another account's")
    return Entry(
        fence=int(line["fence"]),
        owner=str(line["owner"]),
        until=float(line["until"]),
        nonce=str(line["nonce"]),
        record=rest[1:] if rest else None,
    )


def account_in(content: bytes) -> tuple[str, bool]:
    """Return whose object it is, and whether it holds a record.

    Raises:
        ValueError: It is no such object.
    """
    _, name, rest = _split(content)
    return decode(name), bool(rest)


def has_record(account: str, size_bytes: int) -> bool:
    """Tell from its size whether the object of *account* holds a record."""
    return size_bytes > LINE + len(encode(account))


def _split(content: bytes) -> tuple[dict[str, Any], bytes, bytes]:
    head, rest = content[:LINE], content[LINE:]
    try:
        line = json.loads(head)
        known, length = line["format"] == FORMAT, int(line["name_bytes"])
        missing = {"fence", "owner", "until", "nonce"} - line.keys()
    except (ValueError, TypeError, KeyError, RecursionError):
        known, missing, length = False, set(), 0
    if not known or missing or length > len(rest):
        raise ValueError("it was not written by this plugin, or it is damaged")
    return line, rest[:length], rest[length:]
