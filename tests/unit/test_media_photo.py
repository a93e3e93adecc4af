"""What a photo is, is measured from its header."""

from __future__ import annotations

import io
import random
import struct
import sys
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from tests.unit.films import Memory, photo
from tiktok_bridge.errors import MediaError
from tiktok_bridge.media import photo as photos

if TYPE_CHECKING:
    from tiktok_bridge.media.facts import PhotoFacts

NAME = "photos[1] https://media.example.com/a.jpg"


def measured(data: bytes | Memory) -> PhotoFacts:
    source = data if isinstance(data, Memory) else Memory(data)
    return photos.measure(source, source.stat(), NAME)


def refusal(data: bytes | Memory) -> str:
    with pytest.raises(MediaError) as caught:
        measured(data)
    assert caught.value.hint
    return caught.value.message


def webp(**options: object) -> bytes:
    out = io.BytesIO()
    image = Image.new("RGBA", (641, 361), (9, 9, 9, 100))
    image.save(out, "WEBP", **options)
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "name"), [("JPEG", "jpeg"), ("WEBP", "webp"), ("PNG", "png")]
)
def test_format_and_pixels_are_told(kind: str, name: str) -> None:
    facts = measured(photo(kind, (641, 361)))

    assert (facts.format, facts.width, facts.height) == (name, 641, 361)


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "AVIF"])
def test_what_people_try_instead_is_named(kind: str) -> None:
    assert measured(photo(kind)).format == kind.lower()


@pytest.mark.parametrize(
    "data",
    [webp(lossless=True), webp(lossless=False), webp(exif=b"Exif\0\0" + bytes(20))],
    ids=["VP8L", "VP8X with alpha", "VP8X with Exif"],
)
def test_every_kind_of_webp_tells_its_pixels(data: bytes) -> None:
    facts = measured(data)

    assert (facts.width, facts.height) == (641, 361)


def test_a_turned_jpeg_of_several_segments_tells_its_pixels() -> None:
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6
    image = Image.new("CMYK", (641, 361))
    image.save(out, "JPEG", exif=exif, progressive=True, icc_profile=bytes(200_000))

    facts = measured(out.getvalue())

    assert (facts.width, facts.height) == (641, 361)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_only_the_header_is_read(kind: str) -> None:
    data = photo(kind)
    if kind == "WEBP":
        data = data[:4] + struct.pack("<I", 19_000_000) + data[8:]
    source = Memory(data + bytes(19_000_100), 19_000_100 + len(data))

    measured(source)

    assert source.total <= 64 * 1024


def test_a_bomb_is_measured_and_not_unpacked() -> None:
    data = photo("JPEG")
    at = data.find(b"\xff\xc0") + 5
    bomb = data[:at] + b"\xff\xff\xff\xff" + data[at + 4 :]

    facts = measured(bomb)

    assert (facts.width, facts.height) == (65_535, 65_535)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_a_header_that_is_cut_off_is_refused_by_name(kind: str) -> None:
    data = photo(kind)
    stop = data.find(b"\xff\xc0") if kind == "JPEG" else len(data) - 1
    for length in range(12, stop, 5):
        assert refusal(data[:length]).startswith(f"{NAME} is broken")


def test_a_header_without_end_is_refused() -> None:
    segment = b"\xff\xe1\xff\xff" + bytes(65_533)
    source = Memory(b"\xff\xd8" + segment * 100)

    assert "nothing in 4,194,304 bytes tells its size" in refusal(source)


def test_text_is_no_photo_whatever_its_name_says() -> None:
    message = refusal(b"This is text.\n" * 9)

    assert message == f"{NAME} is no JPEG or WebP photo, whatever its name says"


def test_no_damage_ends_otherwise_than_in_facts_or_in_a_refusal() -> None:
    chance = random.Random(4)  # noqa: S311 - the same damage each time
    for number in range(600):
        data = bytearray(photo("JPEG" if number % 2 else "WEBP"))
        for _ in range(1 + number % 8):
            data[chance.randrange(3, len(data))] = chance.choice((0, 1, 127, 255))
        try:
            measured(bytes(data))
        except MediaError as error:
            assert error.message.startswith(NAME)  # noqa: PT017 - facts are fine, too


def test_without_pillow_a_webp_is_measured_and_a_jpeg_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)

    assert measured(photo("WEBP")).width == 320
    assert measured(photo("JPEG")).width == 0
