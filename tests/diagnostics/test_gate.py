"""The gate finds every secret in every encoding, and nothing else."""

from __future__ import annotations

import base64
import gzip
import io
import itertools
import json
import zipfile
from pathlib import Path

import pytest

from tests.diagnostics.canary import (
    ENCODERS,
    HEX_ENCODERS,
    PERSONAL,
    SECRETS,
    SEEDS,
    UNREADABLE,
    around,
    in_zip,
    leaks,
)
from tiktok_bridge_diagnostics import gate

ROOT = Path(__file__).parents[2]
LONG = {name: seed for name, seed in SEEDS.items() if len(seed.encode()) >= 12}
UPLOAD = (
    "https://open-upload.tiktokapis.com/video/?upload_id=67890&upload_token=Xk3mQ9zT"
)


def is_found(name: str, artefact: bytes) -> bool:
    return 0 in {hit.secret for hit in gate.scan(artefact, [SEEDS[name]])}


def test_the_corpus_is_as_large_as_it_says() -> None:
    assert (len(SECRETS), len(PERSONAL)) == (15, 7)
    assert len(ENCODERS) + len(HEX_ENCODERS) + len(UNREADABLE) >= 24
    assert any(one != two and two.startswith(one) for one, two in pairs())
    assert min(map(len, SEEDS.values())) == 6


def pairs() -> list[tuple[str, str]]:
    return list(itertools.permutations(SEEDS.values(), 2))


@pytest.mark.parametrize("encoder", ENCODERS)
def test_every_secret_is_found_in_this_encoding(encoder: str) -> None:
    missed = [
        name
        for name, seed in SEEDS.items()
        if not is_found(name, ENCODERS[encoder](seed))
    ]

    assert missed == []


@pytest.mark.parametrize("encoder", HEX_ENCODERS)
def test_digits_are_found_whatever_their_case(encoder: str) -> None:
    assert is_found("signature", HEX_ENCODERS[encoder](SEEDS["signature"]))


@pytest.mark.parametrize("encoder", UNREADABLE)
def test_what_cannot_be_decoded_is_a_hit(encoder: str) -> None:
    hits = gate.scan(UNREADABLE[encoder](SEEDS["state"]), SEEDS.values())

    assert [hit.rule for hit in hits] == ["unreadable"]


@pytest.mark.parametrize("name", LONG)
def test_any_twelve_bytes_of_a_secret_are_a_leak(name: str) -> None:
    raw = LONG[name].encode()
    parts = [raw[at : at + 12] for at in range(len(raw) - 11)]
    own = parts[raw.startswith(b"https://") * len("https://") :]
    missed = [one for one in own if not gate.scan(b"--" + one + b"--", [raw])]

    assert missed == []


@pytest.mark.parametrize(
    "encoder", ["json", "base64 url 1 ", "hex with colons", "html decimal", "utf-16 le"]
)
def test_twelve_signs_are_found_in_encodings(encoder: str) -> None:
    seed = SEEDS["refresh_token"]
    parts = [seed[at : at + 12] for at in range(len(seed) - 11)]

    assert [
        one for one in parts if not is_found("refresh_token", ENCODERS[encoder](one))
    ] == []


def test_eleven_bytes_of_a_long_secret_are_none() -> None:
    assert gate.scan(around(SEEDS["refresh_token"][4:15]), SEEDS.values()) == []


def test_a_short_secret_is_found_as_a_whole_and_a_shorter_one_is_not_searched() -> None:
    assert leaks(around("Zq7$x!")) != []
    assert gate.scan(around("Zq7$x"), ["Zq7$x!"]) == []
    assert gate.scan(around("Zq7$x"), ["Zq7$x", "", b""]) == []


def test_a_key_is_found_decoded() -> None:
    key = bytes(range(7, 39))

    assert gate.scan(around(key.hex()), [base64.b64encode(key)])
    assert gate.scan(b"\0" + key, [key.hex()])


def test_documents_and_code_show_no_secret() -> None:
    paths = [
        *ROOT.glob("docs/**/*.md"),
        *ROOT.glob("schemas/**/*.json"),
        *ROOT.glob("tiktok_bridge/**/*.py"),
        *ROOT.glob("tests/recorded/*"),
    ]
    bundle = in_zip(*(path.read_bytes() for path in paths))

    assert len(paths) > 100
    assert gate.scan(bundle, [*SEEDS.values(), UPLOAD]) == []


def test_what_is_public_in_a_secret_is_no_leak() -> None:
    public = around(UPLOAD.partition("67890")[0] + "11111&upload_token=other-token")

    assert gate.scan(public, [UPLOAD]) == []
    assert gate.scan(around("Xk3mQ9zT"), [UPLOAD]) != []
    assert gate.scan(around("/home/site/lib/python"), ["/home/site/lib/python"])
    assert not gate.scan(
        b"/home/site/lib", ["/home/site/lib/x"], public=["/home/site/lib/"]
    )


def test_a_line_of_dashes_is_no_part_of_a_secret() -> None:
    assert gate.scan(b"-" * 40, ["a1B2-" + "-" * 20]) == []


def test_the_path_says_where_it_is_and_never_what() -> None:
    seed = SEEDS["upload_token"]
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("cassettes/001.json", json.dumps({"a": "%58" + seed[1:]}))
        archive.writestr(f"logs/{seed}.txt", seed + "1")
        archive.writestr(f"logs/{seed.encode().hex()}.txt", seed + "2")
    hits = gate.scan(held.getvalue(), [seed], name="bundle.zip")

    assert "bundle.zip!cassettes/001.json>percent" in {hit.path for hit in hits}
    assert {"bundle.zip!#1", "bundle.zip!#2"} <= {hit.path for hit in hits}
    assert seed not in repr(hits)
    assert seed.encode().hex() not in repr(hits)
    assert {hit.secret for hit in hits} == {0}


def test_a_hit_tells_a_whole_secret_from_a_part() -> None:
    seed = SEEDS["handle"]

    assert {hit.rule for hit in gate.scan(around(seed), [seed])} == {"whole"}
    assert {hit.rule for hit in gate.scan(around(seed[3:18]), [seed])} == {"part"}


def locked() -> bytes:
    whole = bytearray(in_zip(b"nothing at all"))
    whole[6] |= 1
    return bytes(whole)


def foreign_method() -> bytes:
    whole = bytearray(in_zip(b"nothing at all"))
    whole[8] = 99
    return bytes(whole)


def nested(times: int) -> bytes:
    said = b"nothing"
    for _ in range(times):
        said = in_zip(said)
    return said


CLOSED = {
    "a password": locked(),
    "a method nobody knows": foreign_method(),
    "a truncated member": in_zip(b"nothing at all " * 90)[:60],
    "a truncated stream": gzip.compress(bytes(range(256)))[:-30],
    "another format": b"\x28\xb5\x2f\xfd" + bytes(40),
    "noise": bytes(range(256)) * 3,
    "noise in an archive": in_zip(bytes(range(256)) * 3),
    "a truncated tar": ENCODERS["tar"]("x")[:520] + b"x" * 9,
}


@pytest.mark.parametrize("what", CLOSED)
def test_what_cannot_be_looked_into_is_a_hit(what: str) -> None:
    assert "unreadable" in {hit.rule for hit in gate.scan(CLOSED[what], ["a" * 12])}


def test_a_format_that_cannot_be_opened_is_a_hit_even_where_noise_is_none() -> None:
    lenient = gate.Limits(opaque=False)

    assert gate.scan(CLOSED["another format"], ["no such secret"], limits=lenient)
    assert gate.scan(CLOSED["noise"], ["no such secret"], limits=lenient) == []


def test_a_good_archive_of_text_is_no_hit() -> None:
    for kind in ("zip in zip", "tar in gzip", "tar", "deflate", "xz", "utf-16 bom"):
        assert gate.scan(ENCODERS[kind]("nothing"), ["no such secret"]) == []


def test_archives_in_archives_are_followed_to_a_depth() -> None:
    assert gate.scan(nested(12), ["no such secret"]) == []
    assert {h.rule for h in gate.scan(nested(20), ["no such secret"])} == {"too-deep"}


def test_percent_signs_without_end_are_too_deep() -> None:
    said = b"%" + b"25" * 30 + b"41"

    assert "too-deep" in {hit.rule for hit in gate.scan(said, ["no such secret"])}


def test_what_inflates_too_far_is_a_hit() -> None:
    bomb = in_zip(bytes(2 << 20))
    small = gate.Limits(member_bytes=1 << 20)
    little = gate.Limits(decoded_bytes=1 << 20)

    assert "too-large" in {h.rule for h in gate.scan(bomb, ["no"], limits=small)}
    assert "too-large" in {h.rule for h in gate.scan(bomb, ["no"], limits=little)}


def test_what_takes_too_long_is_a_hit() -> None:
    clock = itertools.count(0, 200).__next__
    hits = gate.scan(in_zip(b"a"), ["no"], limits=gate.Limits(clock=clock))

    assert {hit.rule for hit in hits} == {"too-slow"}


def test_a_secret_below_two_encodings_is_found() -> None:
    inner = ["json", "percent upper", "html decimal", "base64 url 2 ", "repr of bytes"]
    outer = ["json every sign", "hex upper", "base64 wrapped", "gzip in base64", "tar"]
    missed = [
        (one, two)
        for one, two in itertools.product(inner, outer)
        if not is_found("code", ENCODERS[two](ENCODERS[one](SEEDS["code"]).decode()))
    ]

    assert missed == []


def test_leaks_names_what_an_artefact_shows() -> None:
    assert leaks(b"SQLite format 3\0\xff\xfe" + bytes(range(256))) == []
    assert leaks(around(SEEDS["handle"]), name="log") == [
        "whole handle at log",
    ]
