"""Secrets that nobody has, every encoding that they could leak in, and a search.

`SEEDS` go into a run; what the run leaves behind goes into `leaks`.
"""

from __future__ import annotations

import base64
import bz2
import gzip
import html
import io
import json
import lzma
import quopri
import tarfile
import zipfile
import zlib
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

import brotli
import yaml

from tiktok_bridge_diagnostics import gate

if TYPE_CHECKING:
    from collections.abc import Callable

SECRETS = {
    "access_token": 'act.Ks8+v2/Qx=Zp%41n\\Wd"q7!4567.e1',
    "refresh_token": "rft.Hq3Lm9Rt5Vx7Bz1Nc4Kd6Wf8Yg2Jp0Sa!4567.e1",
    "client_access_token": 'act.Ks8+v2/Qx=Zp%41n\\Wd"q7!4567.e1.longer.Uy6',
    "client_secret": "9fK2mX7qL4wR8tV3zB6nC1jD5hG0sPaE",
    "code": "Yx7%2BqW2/eR4+tY6=uI8*v!4431.u2",
    "verifier": "tVq7GmXc2-LpZ9rKe_4WyNb6HsD1uJfA8oTiE3xBvQ0",
    "state": "sT4t3-nOnCe_91xQ",
    "upload_token": "Xza123Qm8Wn7Eb6Rv5Tc4Yx3Uz2",
    "signature": "5257a869e7ecebeda32affa62cdca3fa51cad7e77a0e56ff536d0ce8e108d8bd",
    "s3_key": "AKIAQX7M2N9PL4ZR8TVB",
    "s3_secret": "hT9xLw/K7Qe2+bPxRfiCYzQ8sVh3kLm2TqANv5Uj",
    "redis_password": "p@ss\nw0rd with\ttabs & <line> breaks",
    "proxy_password": "Zq7$x!",
    "store_key": "hN3k+Qz8/Lw2Vx5Tb9Rm4Yc7Pf1Sd6Gj0Ka3We8Ui5s=",
    "cookie": "sid_tt=8d1f0a7be92c4c55;sïd_ünïcode=ключ-от-дома",
}
"""What the bridge keeps: 15, one the beginning of another, one of six signs."""

PERSONAL = {
    "handle": "@zoë.van.der.meulen_42",
    "nickname": "Зоя Вандермюлен 🌻 山田",
    "avatar": "https://p16-sign-va.tiktokcdn.com/tos-maliva/7310~c5_168x168.jpeg?x-e=1&s=Zk3",
    "open_id": "_000QpLmZ8rVxW3nT6yKcB1dFgH5jS9aE",
    "home": "/home/zoe.vandermeulen/tiktok/posts",
    "caption": 'Grandma\'s "secret" garden: 100% roses & no=thorns',
    "email": "zoe+tiktok@vandermeulen.example",
}
"""What belongs to the creator: 7."""

SEEDS = SECRETS | PERSONAL

LIMITS = gate.Limits(opaque=False)
"""A ledger is no text, and no leak either."""


def leaks(artefact: bytes, *, name: str = "artefact") -> list[str]:
    """Return which seeds *artefact* shows, and where; empty if all is well."""
    names = list(SEEDS)
    return [
        f"{hit.rule} {names[hit.secret]} at {hit.path}"
        if hit.secret is not None
        else f"{hit.rule} at {hit.path}"
        for hit in gate.scan(artefact, SEEDS.values(), name=name, limits=LIMITS)
    ]


def around(said: str) -> bytes:
    return f"2026-11-22 a log that says {said} among words\n".encode()


def escaped(secret: str) -> str:
    """Return *secret* with every sign as JSON's \\uXXXX."""
    units = secret.encode("utf-16-be")
    return "".join(
        f"\\u{units[at] << 8 | units[at + 1]:04x}" for at in range(0, len(units), 2)
    )


def percent(secret: str, digits: str) -> str:
    return "".join(f"%{one:{digits}}" for one in secret.encode())


def aligned(shift: int, *, url: bool, padded: bool) -> Callable[[str], bytes]:
    def encode(secret: str) -> bytes:
        raw = b"xyz"[:shift] + secret.encode()
        code = (base64.urlsafe_b64encode if url else base64.b64encode)(raw)
        return around((code if padded else code.rstrip(b"=")).decode())

    return encode


def behind(before: str, secret: str) -> bytes:
    return around(":" + before + base64.b64encode(around(secret)).decode())


def nested(secret: str, times: int) -> bytes:
    for _ in range(times):
        secret = json.dumps({"body": secret, "status": 200})
    return secret.encode()


def in_zip(*members: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, one in enumerate(members):
            archive.writestr(f"inner/{number}.bin", one)
    return held.getvalue()


def in_tar(member: bytes) -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as archive:
        info = tarfile.TarInfo("one.txt")
        info.size = len(member)
        archive.addfile(info, io.BytesIO(member))
    return held.getvalue()


def deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def wrapped(secret: str, between: str) -> bytes:
    size = max(len(secret) // 3, 2)
    parts = [secret[at : at + size] for at in range(0, len(secret), size)]
    return around(between.join(parts))


def in_chunks(secret: str) -> bytes:
    raw = around(secret)
    middle = raw.index(secret.encode()) + len(secret.encode()) // 2
    parts = (raw[:middle], raw[middle:])
    return b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in parts) + b"0\r\n\r\n"


def in_yaml(secret: str, style: str | None = None) -> bytes:
    said = {"a": {"b": f"some words before {secret} and words after"}}
    text = yaml.safe_dump(said, allow_unicode=True, width=20, default_style=style)
    return text.encode()


ENCODERS: dict[str, Callable[[str], bytes]] = {
    "plain": around,
    "percent upper": lambda one: around(percent(one, "02X")),
    "percent lower": lambda one: around(percent(one, "02x")),
    "percent double": lambda one: around(quote(percent(one, "02X"), safe="")),
    "percent where needed": lambda one: around(quote(one, safe="")),
    "form": lambda one: around(quote_plus(one)),
    "json": lambda one: nested(one, 1),
    "json every sign": lambda one: around(escaped(one)),
    "json twice": lambda one: nested(one, 2),
    "json thrice": lambda one: nested(one, 3),
    "json slashes": lambda one: nested(one, 1).replace(b"/", b"\\/"),
    "json of percent": lambda one: nested(quote(one, safe=""), 2),
    "yaml plain or folded": in_yaml,
    "yaml double quotes": lambda one: in_yaml(one, '"'),
    "yaml single quotes": lambda one: in_yaml(one, "'"),
    "yaml folded": lambda one: in_yaml(one, ">"),
    "yaml literal": lambda one: in_yaml(one, "|"),
    **{
        f"base64 {'url' if url else 'standard'} {shift} {'padded' if padded else ''}": (
            aligned(shift, url=url, padded=padded)
        )
        for url in (False, True)
        for shift in range(3)
        for padded in (False, True)
    },
    "base64 behind one sign": lambda one: behind("p", one),
    "base64 behind two signs": lambda one: behind("p/", one),
    "base64 behind three signs": lambda one: behind("ab/", one),
    "base64 wrapped": lambda one: base64.encodebytes(around(one) * 2),
    "base64 in short lines": lambda one: b"\n".join(
        base64.b64encode(around(one))[at : at + 10]
        for at in range(0, len(one.encode()) * 2 + 80, 10)
    ),
    "base64 twice": lambda one: base64.b64encode(base64.b64encode(around(one))),
    "base64 in json": lambda one: nested(base64.b64encode(around(one)).decode(), 2),
    "basic authorization": lambda one: around(
        "Basic " + base64.b64encode(f"user:{one}".encode()).decode()
    ),
    "base64 of utf-16": lambda one: base64.b64encode(one.encode("utf-16-le")),
    "hex upper": lambda one: around(one.encode().hex().upper()),
    "hex lower": lambda one: around(one.encode().hex()),
    "hex with colons": lambda one: around(one.encode().hex(":")),
    "hex with blanks": lambda one: around(one.encode().hex(" ", 2)),
    "hex of base64": lambda one: around(base64.b64encode(around(one)).hex()),
    "html names": lambda one: around(html.escape(one)),
    "html decimal": lambda one: around("".join(f"&#{ord(c)};" for c in one)),
    "html hexadecimal": lambda one: around("".join(f"&#x{ord(c):X};" for c in one)),
    "html of percent": lambda one: around(html.escape("&" + quote(one, safe="&"))),
    "quoted-printable every sign": lambda one: around(
        "".join(f"={c:02X}" for c in one.encode())
    ),
    "quoted-printable": lambda one: quopri.encodestring(around("x" * 40 + one)),
    "utf-16 le": lambda one: around(one).decode().encode("utf-16-le"),
    "utf-16 be": lambda one: around(one).decode().encode("utf-16-be"),
    "utf-16 bom": lambda one: around(one).decode().encode("utf-16"),
    "utf-32": lambda one: around(one).decode().encode("utf-32"),
    "gzip": lambda one: gzip.compress(around(one) * 2),
    "gzip in base64": lambda one: nested(
        base64.b64encode(gzip.compress(around(one))).decode(), 1
    ),
    "gzip in hexadecimal": lambda one: around(
        "dead beef " + gzip.compress(around(one)).hex()
    ),
    "gzip after a header": lambda one: (
        b"HTTP/1.1 200\r\n\r\n" + gzip.compress(around(one))
    ),
    "zlib": lambda one: zlib.compress(around(one), 9),
    "deflate": lambda one: deflated(around(one)),
    "bzip2": lambda one: bz2.compress(around(one)),
    "xz": lambda one: lzma.compress(around(one)),
    "zip": lambda one: in_zip(b"nothing", around(one)),
    "zip in zip": lambda one: in_zip(in_zip(around(one)), b"nothing"),
    "tar": lambda one: in_tar(around(one)),
    "tar in gzip": lambda one: gzip.compress(in_tar(around(one))),
    "chunks of HTTP": in_chunks,
    "chunks in a list": lambda one: wrapped(one, '", "'),
    "bytes in a list": lambda one: wrapped(one, "', b'"),
    "lines": lambda one: wrapped(one, "\n"),
    "indented lines": lambda one: wrapped(one, "\r\n        "),
    "lines of a log": lambda one: wrapped(
        one, "\n2026-11-22 10:00:00,123 DEBUG tiktok_bridge.client: "
    ),
    "lines of a log in JSON": lambda one: nested(
        wrapped(one, "\n2026-11-22T10:00:00.123Z [INFO] httpx: ").decode(), 1
    ),
    "repr": lambda one: around(repr(one)),
    "ascii": lambda one: around(ascii(one)),
    "repr of bytes": lambda one: around(repr(one.encode())),
    "repr of repr": lambda one: around(repr(repr(one.encode()))),
    "octal": lambda one: around("".join(f"\\{c:03o}" for c in one.encode())),
}
"""How an artefact may show a secret, by name."""

HEX_ENCODERS: dict[str, Callable[[str], bytes]] = {
    "case reversed": lambda one: around(one.swapcase()),
    "capitals": lambda one: around(one.upper()),
}
"""Further ones, of secrets that are hexadecimal digits."""

UNREADABLE: dict[str, Callable[[str], bytes]] = {
    "brotli": lambda one: brotli.compress(around(one) * 3),
    "brotli in base64": lambda one: nested(
        base64.b64encode(
            brotli.compress((around(one) + bytes(range(256))) * 2)
        ).decode(),
        1,
    ),
}
"""What cannot be decoded, and is a hit for that."""
