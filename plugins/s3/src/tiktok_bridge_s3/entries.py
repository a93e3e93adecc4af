"""Say in bytes who holds an account, and what its record is; pure.

An object is a line of JSON of always the same length, the account's name, and, where
there is a record, a line end, the record before it, and the record. So the size alone
tells in a listing whether there is one, and both are always replaced in one write.
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
        previous: The record before it, None without it or without a record.
    """

    fence: int = 0
    owner: str = ""
    until: float = 0.0
    nonce: str = ""
    record: bytes | None = None
    previous: bytes | None = None

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
    if entry.record is None:
        records = b""
    else:
        records = b"\n" + (entry.previous or b"") + entry.record
        if entry.previous is not None:
            line["previous_bytes"] = len(entry.previous)
    return json.dumps(line).encode("ascii").ljust(LINE - 1) + b"\n" + name + records


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
        **_records(rest, line.get("previous_bytes")),
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


def _records(rest: bytes, previous_bytes: int | None) -> dict[str, bytes | None]:
    """Return the record and the one before it; the latter outlives a cut-off end."""
    if not rest:
        return {}
    if previous_bytes is None:
        return {"record": rest[1:]}
    return {"record": rest[1 + previous_bytes :], "previous": rest[1:][:previous_bytes]}


def _wrong_previous(value: object) -> set[str]:
    return set() if isinstance(value, int) and value >= 0 else {"previous_bytes"}


def _split(content: bytes) -> tuple[dict[str, Any], bytes, bytes]:
    head, rest = content[:LINE], content[LINE:]
    try:
        line = json.loads(head)
        known, length = line["format"] == FORMAT, int(line["name_bytes"])
        missing = {"fence", "owner", "until", "nonce"} - line.keys()
        missing |= _wrong_previous(line.get("previous_bytes", 0))
    except (ValueError, TypeError, KeyError, RecursionError):
        known, missing, length = False, set(), 0
    if not known or missing or length > len(rest):
        raise ValueError("it was not written by this plugin, or it is damaged")
    return line, rest[:length], rest[length:]
