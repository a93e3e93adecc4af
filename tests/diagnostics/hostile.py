"""Bundles and documents that nobody but an enemy makes, built by code.

As a program it reads all of them and says what became of each, as JSON.
"""

from __future__ import annotations

import gzip
import io
import json
import random
import resource
import struct
import sys
import tarfile
import time
import zlib
from typing import TYPE_CHECKING, Any, NamedTuple

from tiktok_bridge_diagnostics import archive, safe_json

if TYPE_CHECKING:
    from collections.abc import Callable

MEMORY = 200 << 20
"""Bytes that reading may take beyond what the interpreter has."""

LOCAL = "<4s5H3I2H"
CENTRAL = "<4s6H3I5H2I"
END = "<4s4H2IH"


class File(NamedTuple):
    """A file of an archive; None stands for what is true."""

    name: bytes = b"a.json"
    data: bytes = b"{}"
    method: int = 0
    flags: int = 0
    attributes: int = 0o100600 << 16
    packed: bytes | None = None
    size: int | None = None
    packed_size: int | None = None
    crc: int | None = None
    extra: bytes = b""
    comment: bytes = b""
    disk: int = 0
    offset: int | None = None
    between: bytes = b""
    local_name: bytes | None = None
    local_method: int | None = None
    local_flags: int | None = None
    local_size: int | None = None
    local_crc: int | None = None
    local_extra: bytes = b""
    magic: bytes = b"PK\x03\x04"


def deflated(data: bytes, level: int = 9) -> bytes:
    packer = zlib.compressobj(level, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def unended(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH)


def first(*values: int | None) -> int:
    return next(one for one in values if one is not None)


def build(
    *files: File,
    before: bytes = b"",
    gap: bytes = b"",
    after: bytes = b"",
    directory_end: bytes = b"",
    **end: int,
) -> bytes:
    """Return an archive of *files* that says what it is told to say."""
    body, directory = bytearray(before), bytearray()
    for one in files:
        packed = one.packed
        if packed is None:
            packed = deflated(one.data) if one.method == 8 else one.data
        crc = first(one.crc, zlib.crc32(one.data))
        sizes = (first(one.packed_size, len(packed)), first(one.size, len(one.data)))
        name = one.name if one.local_name is None else one.local_name
        here = first(one.offset, len(body))
        body += struct.pack(
            LOCAL,
            one.magic,
            20,
            first(one.local_flags, one.flags),
            first(one.local_method, one.method),
            0,
            33,
            first(one.local_crc, crc),
            sizes[0],
            first(one.local_size, sizes[1]),
            len(name),
            len(one.local_extra),
        )
        body += name + one.local_extra + packed + one.between
        directory += struct.pack(
            CENTRAL,
            b"PK\x01\x02",
            3 << 8 | 20,
            20,
            one.flags,
            one.method,
            0,
            33,
            crc,
            *sizes,
            len(one.name),
            len(one.extra),
            len(one.comment),
            one.disk,
            0,
            one.attributes,
            here,
        )
        directory += one.name + one.extra + one.comment
    start = len(body) + len(gap)
    directory += directory_end
    tail = struct.pack(
        END,
        b"PK\x05\x06",
        end.get("this_disk", 0),
        end.get("first_disk", 0),
        end.get("here", end.get("count", len(files))),
        end.get("count", len(files)),
        end.get("size", len(directory)),
        end.get("start", start),
        end.get("comment", 0),
    )
    return bytes(body + gap + directory + tail + after)


def named(*names: bytes, flags: int = 1 << 11) -> Callable[[], bytes]:
    return lambda: build(*(File(name=name, flags=flags) for name in names))


def one(**said: Any) -> Callable[[], bytes]:  # noqa: ANN401 - a field of File
    return lambda: build(File(**said))


def overlapping() -> bytes:
    """Two names for the same bytes."""
    return build(File(name=b"a"), File(name=b"b", offset=0))


def quoting() -> bytes:
    """The first file's content is the second, header and all."""
    inner = build(File(name=b"b", data=b"x" * 99))[: 30 + 1 + 99]
    return build(
        File(name=b"a", data=inner), File(name=b"b", data=b"x" * 99, offset=31)
    )


def in_tar() -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as tar:
        tar.addfile(tarfile.TarInfo("a"))
    return held.getvalue()


def bomb() -> bytes:
    """More than the memory that reading may take."""
    packer = zlib.compressobj(1, zlib.DEFLATED, -15)
    parts = [packer.compress(bytes(1 << 20)) for _ in range(300)]
    return b"".join([*parts, packer.flush()])


def slowly_packed(size: int) -> tuple[bytes, bytes]:
    """Return *size* bytes that pack some fifty times, and how they are packed."""
    noise = random.Random(1).randbytes(1200)  # noqa: S311 - the same every time
    data = (noise * 20).ljust(72_000, b"a")
    data = (data * (size // len(data) + 1))[:size]
    return data, deflated(data)


def many_megabytes() -> bytes:
    data, packed = slowly_packed(15 << 20)
    return build(
        *(File(name=b"%d" % n, data=data, method=8, packed=packed) for n in range(5))
    )


def lies_at_the_end() -> bytes:
    """All that a bundle may hold, and the last byte is another."""
    data, packed = slowly_packed(16 << 20)
    files = [File(name=b"%d" % n, data=data, method=8, packed=packed) for n in range(4)]
    return build(*files[:3], files[3]._replace(crc=1))


ZIP64 = struct.pack("<HHQQQ", 1, 24, 2, 2, 0)
LINK = 0o120777 << 16
WIDE = 0xFFFFFFFF

BUNDLES: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "text": lambda: b"a: [1, 2]\n",
    "only an end": build,
    "a truncated archive": lambda: build(File())[:-7],
    "only the first half": lambda: build(File(data=b"x" * 400))[:200],
    "more than the limit": lambda: bytes((64 << 20) + 1),
    "too many files": lambda: build(*(File(name=b"%d" % n) for n in range(2001))),
    "a count that lies up": lambda: build(File(), count=2),
    "a count that lies down": lambda: build(File(), File(name=b"b"), count=1),
    "two counts": lambda: build(File(), here=2, count=1),
    "65,535 files": lambda: build(File(), count=65535),
    "several disks": lambda: build(File(), this_disk=1),
    "an earlier disk": lambda: build(File(), first_disk=1),
    "a file on another disk": one(disk=3),
    "a link": one(attributes=LINK, data=b"/etc/passwd"),
    "a folder": one(name=b"a/", data=b""),
    "a folder by its attribute": one(attributes=0x10),
    "a device": one(attributes=0o060600 << 16),
    "a pipe": one(attributes=0o010600 << 16),
    "an absolute name": named(b"/etc/passwd"),
    "a name that climbs": named(b"../../etc/passwd"),
    "a name that climbs later": named(b"a/../../b"),
    "a name with a dot": named(b"a/./b"),
    "a drive": named(b"C:/a"),
    "a drive without a root": named(b"c:a"),
    "a stream of a file": named(b"a.txt:hidden"),
    "a share": named(b"//server/share"),
    "a backslash": named(b"a\\..\\b"),
    "a zero byte": named(b"a\0.json"),
    "a line end": named(b"a\nb"),
    "a terminal's command": named(b"a\x1b]0;title\x07\x1b[2J"),
    "a turned name": named("a\u202egnp.exe".encode()),
    "an invisible sign": named("a\u200bb".encode()),
    "an empty name": named(b""),
    "a long name": named(b"a" * 256),
    "a blank at the end": named(b"a "),
    "a dot at the end": named(b"a/b."),
    "a name in no encoding": named(b"\xff\xfe.json"),
    "a name of code page 437": named(b"\x81.json", flags=0),
    "a name twice": named(b"a", b"a"),
    "a name in capitals": named(b"a.json", b"A.JSON"),
    "a name composed": named("é".encode(), "e\u0301".encode()),
    "a name of wide letters": named(b"a", "\uff41".encode()),
    "a sharp s": named("ß".encode(), b"ss"),
    "a file that is a folder": named(b"a", b"a/b"),
    "a password": one(flags=1),
    "strong encryption": one(flags=1 | 1 << 6),
    "a hidden directory": one(flags=1 << 13),
    "a size that comes later": one(flags=1 << 3),
    "bzip2": one(method=12),
    "lzma": one(method=14),
    "deflate64": one(method=9),
    "zstd": one(method=93),
    "AES": one(method=99),
    "overlapping files": overlapping,
    "a quoted file": quoting,
    "a file inside another": lambda: build(
        File(name=b"a", data=b"x" * 90), File(name=b"b", offset=40)
    ),
    "a file beyond the end, behind one that says so": lambda: build(
        File(packed_size=1 << 20, size=1 << 20),
        File(name=b"b", offset=30 + len(b"a.json") + (1 << 20)),
    ),
    "a file outside": one(offset=1 << 30),
    "no file where it should be": one(magic=b"PK\x07\x08"),
    "a wrong checksum": one(crc=7),
    "a wrong checksum of a packed file": one(crc=7, method=8),
    "a larger size": one(method=8, size=3),
    "a smaller size": one(method=8, size=1),
    "a smaller packed size": one(packed_size=1),
    "a larger packed size": one(packed_size=3),
    "a packed size beyond the end": one(packed_size=1 << 20, size=1 << 20),
    "a stream that is damaged": one(method=8, packed=b"\xff" * 9),
    "a stream that does not end": one(
        method=8, packed=deflated(b"x" * 99)[:-3], size=9
    ),
    "a stream without an end": one(method=8, packed=unended(b"{}")),
    "a stream with a tail": one(method=8, packed=deflated(b"{}") + b"tail"),
    "data before": lambda: build(File(), before=b"#!/bin/sh\n"),
    "data before, with true offsets": lambda: b"MZ" + build(File()),
    "data after": lambda: build(File(), after=b"\n"),
    "data between files": lambda: build(File(between=b"?"), File(name=b"b")),
    "data before the directory": lambda: build(File(), gap=b"PK\x01\x02"),
    "data in the directory": lambda: build(File(), directory_end=b"more"),
    "a comment": lambda: build(File(), comment=2, after=b"hi"),
    "a comment that holds an end": lambda: build(
        File(), comment=22, after=struct.pack(END, b"PK\x05\x06", 0, 0, 0, 0, 0, 0, 0)
    ),
    "a comment of a file": one(comment=b"hi"),
    "an extra header": one(extra=b"UT\x05\0\x03abcd"),
    "an extra header of the file": one(local_extra=b"UT\x05\0\x03abcd"),
    "another name for Unicode": one(extra=b"up\x06\0\x01abcde"),
    "zip64 sizes": one(size=WIDE, packed_size=WIDE, extra=ZIP64),
    "zip64 without need": one(extra=ZIP64),
    "zip64 offset": one(offset=WIDE, extra=ZIP64),
    "zip64 end": lambda: build(File(), start=WIDE, size=WIDE),
    "zip64 locator": lambda: build(
        File(), directory_end=b"PK\x06\x07" + bytes(16), size=46 + 6
    ),
    "another name in the file's header": one(local_name=b"b.json"),
    "another method in the file's header": one(local_method=8),
    "another flag in the file's header": one(local_flags=1),
    "another size in the file's header": one(local_size=9),
    "another checksum in the file's header": one(local_crc=9),
    "a directory that is not there": lambda: build(File(), start=7),
    "a directory that ends early": lambda: build(File(), size=20),
    "a bomb": one(method=8, data=bytes(16 << 20)),
    "a bomb that lies": one(method=8, packed=bomb(), data=b"", size=1000, crc=0),
    "a file of 17 MiB": one(data=bytes(17 << 20)),
    "a file of 4 GiB": one(method=8, size=WIDE - 1),
    "75 MiB in files": many_megabytes,
    "64 MiB and a lie": lies_at_the_end,
    "an archive in it": lambda: build(File(name=b"a.zip", data=build(File()))),
    "an empty archive in it": lambda: build(File(data=build())),
    "gzip in it": lambda: build(File(data=gzip.compress(b"a"))),
    "tar in it": lambda: build(File(data=in_tar())),
}
"""Archives that are refused, each by a function: some are large."""

YAML = b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
    b"%c: &%c [%s]\n" % (98 + n, 98 + n, b",".join([b"*%c" % (97 + n)] * 9))
    for n in range(9)
)

DOCUMENTS: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "an alias bomb": lambda: YAML,
    "YAML that makes an object": lambda: b"!!python/object/apply:os.system ['id']",
    "two documents": lambda: b"{} {}",
    "a comment": lambda: b"{} // no",
    "65 lists": lambda: b"[" * 65 + b"]" * 65,
    "65 objects": lambda: b'{"a":' * 65 + b"1" + b"}" * 65,
    "100,000 lists": lambda: b"[" * 100_000 + b"]" * 100_000,
    "16 MiB of open lists": lambda: b"[" * (16 << 20),
    "200,000 open objects": lambda: b'{"a":' * 200_000,
    "many values": lambda: b"[" + b"{}," * 300_000 + b"{}]",
    "17 MiB": lambda: b'"' + b"a" * (17 << 20) + b'"',
    "a number of a million digits": lambda: b"1" * 1_000_000,
    "a number of 21 digits": lambda: b"[-" + b"9" * 21 + b"]",
    "a number that is too large": lambda: b"[1e999]",
    "a long fraction": lambda: b"[0." + b"1" * 1_000_000 + b"]",
    "a long exponent": lambda: b"[1e" + b"1" * 1_000_000 + b"]",
    "NaN": lambda: b'{"a": NaN}',
    "Infinity": lambda: b"[-Infinity]",
    "a key twice": lambda: b'{"a": 1, "b": {"c": 1, "\\u0063": 2}}',
    "100,000 keys twice": lambda: (
        b"{" + b",".join(b'"%d":1' % (n // 2) for n in range(200_000)) + b"}"
    ),
    "the last of 100,000 keys twice": lambda: (
        b"{" + b",".join(b'"%d":1' % n for n in range(100_000)) + b',"99999":1}'
    ),
    "no UTF-8": lambda: b'"\xff"',
    "UTF-16": lambda: '{"a": 1}'.encode("utf-16"),
    "a byte order mark": lambda: b"\xef\xbb\xbf{}",
    "an overlong slash": lambda: b'"\xc0\xaf"',
    "a surrogate in UTF-8": lambda: b'"\xed\xa0\x80"',
    "a lone surrogate": lambda: b'["\\ud800"]',
    "a lone surrogate as a key": lambda: b'{"\\udfff": 1}',
    "a raw control": lambda: b'"a\x1b[2J"',
    "a zero byte": lambda: b'"a\0"',
    "a trailing comma": lambda: b"[1,]",
    "single quotes": lambda: b"{'a': 1}",
    "a plus": lambda: b"[+1]",
    "a leading zero": lambda: b"[01]",
}
"""Documents that are no JSON of ours."""


def verdict(read: Callable[[bytes], object], data: bytes) -> tuple[str, float, str]:
    """Return the error's class that *read* ends with, the seconds, and its words."""
    begun = time.process_time()
    try:
        read(data)
    except Exception as error:  # noqa: BLE001 - what it is gets told
        seconds = time.process_time() - begun
        return type(error).__name__, seconds, str(error)
    return "", time.process_time() - begun, ""


def main() -> None:
    """Read all of them in little memory."""
    verdicts = {}
    for kind, read, all_of_them in (
        ("bundle", archive.read, BUNDLES),
        ("document", safe_json.loads, DOCUMENTS),
    ):
        for name, make in all_of_them.items():
            data = make()
            pages = int(open("/proc/self/statm").read().split()[0])  # noqa: PTH123, SIM115
            limit = pages * resource.getpagesize() + MEMORY
            resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))
            verdicts[f"{kind}: {name}"] = verdict(read, data)
            free = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
            resource.setrlimit(resource.RLIMIT_AS, free)
    json.dump(verdicts, sys.stdout)


if __name__ == "__main__":
    main()
