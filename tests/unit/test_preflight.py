"""What preflight says of a post's files."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.films import Memory, film, photo
from tiktok_bridge.errors import MediaError, PluginError
from tiktok_bridge.models import Post
from tiktok_bridge.publish.preflight import UNSEEN, Objection, Preflight

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "s3://b/good.mp4": film(),
    "s3://b/slow.mp4": film(fps=10, size=(200, 200)),
    "s3://b/jerky.mp4": film(
        times=tuple(time + 30 * (time % 80 == 0) for time in range(0, 1200, 40))
    ),
    "s3://b/film.mkv": film("matroska"),
    "s3://b/text.mp4": b"This is text.\n" * 9,
    "s3://b/empty.mp4": b"",
    "s3://b/good.jpg": photo(),
    "s3://b/large.jpg": photo("JPEG", (1254, 1254)),
    "s3://b/picture.png": photo("PNG"),
}


class Host:
    """Opens what `FILES` has, and counts how often."""

    def __init__(self) -> None:
        self.opened: list[str] = []

    def open_media_source(self, url: str) -> Memory:
        self.opened.append(url)
        if url.startswith("https:"):
            raise PluginError("no installed plugin opens https: URLs")
        if url not in FILES:
            raise MediaError(f"{url} is missing")
        return Memory(FILES[url])


class Settings:
    def __init__(self, media_root: Path) -> None:
        self.media_root = media_root
        self.media_hosts = ()


class Vault:
    def read(self, _account: str) -> Token:
        return Token()

    def is_over(self, _token: Token) -> bool:
        return False


class Token:
    scopes = ("video.publish", "video.upload")


@pytest.fixture
def preflight(tmp_path: Path) -> Preflight:
    parts: Any = Settings(tmp_path), Host(), Vault()
    return Preflight(*parts)


def post(video: str = "", **fields: Any) -> Post:  # noqa: ANN401 - those of `Post`
    defaults = {"id": "one", "account": "acme", "privacy": "SELF_ONLY"}
    return Post(**defaults | {"video": video} | fields)


def test_a_good_video_has_no_objection_and_its_size_and_facts_are_known(
    preflight: Preflight,
) -> None:
    one = post("s3://b/good.mp4")

    assert preflight.check(one) == ([], len(FILES[one.video]))
    facts = preflight.facts(one)
    assert facts
    assert facts.codec == "h264"
    assert preflight.url(one) == one.video


def test_each_fault_is_an_objection_with_the_command_that_repairs_all(
    preflight: Preflight,
) -> None:
    objections, size = preflight.check(post("s3://b/slow.mp4"))

    assert [one.key for one in objections] == ["video", "video"]
    assert "s3://b/slow.mp4 has 10 frames per second" in objections[0].message
    assert "s3://b/slow.mp4 has 200x200 pixels" in objections[1].message
    command = (
        "ffmpeg -i ./slow.mp4 -vf fps=30,scale=360:360,setsar=1 -c:v libx264"
        " -pix_fmt yuv420p -c:a aac -movflags +faststart ./slow-tiktok.mp4"
    )
    assert {one.hint for one in objections} == {command}
    assert size == len(FILES["s3://b/slow.mp4"])


def test_a_doubt_is_a_warning(preflight: Preflight) -> None:
    ((objection,), _) = preflight.check(post("s3://b/jerky.mp4"))

    assert objection.warning
    assert "variable rate" in objection.message


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("film.mkv", "is no MP4, MOV or WebM video but Matroska"),
        ("text.mp4", "is no MP4, MOV or WebM video, whatever its name says"),
        ("empty.mp4", "is empty"),
        ("no.mp4", "is missing"),
    ],
)
def test_what_is_no_video_is_refused_by_name(
    preflight: Preflight, name: str, said: str
) -> None:
    ((objection,), _) = preflight.check(post(f"s3://b/{name}"))

    assert objection.message.startswith(f"s3://b/{name} ")
    assert said in objection.message
    assert not objection.warning


def test_each_file_is_looked_at_once_in_a_run(preflight: Preflight) -> None:
    for number in range(3):
        preflight.check(post("s3://b/good.mp4", id=str(number)))
        preflight.check(post("s3://b/slow.mp4", id=f"slow-{number}"))
        preflight.check(post(photos=("s3://b/good.jpg",), id=f"photos-{number}"))

    opened: Any = preflight.host
    videos = ["s3://b/good.mp4", "s3://b/slow.mp4"]
    assert opened.opened == [*videos, *["s3://b/good.jpg"] * 2]  # once for its address


def test_each_wrong_photo_is_named_by_number_and_address(preflight: Preflight) -> None:
    photos = ("s3://b/good.jpg", "s3://b/picture.png", "s3://b/large.jpg", "s3://b/no")

    objections, size = preflight.check(post(photos=photos))

    starts = ["photos[1] s3://b/picture.png", "photos[2] s3://b/large.jpg"]
    for one, start in zip(objections, [*starts, "photos[3] s3://b/no"], strict=True):
        assert one.message.startswith(start)
    assert "PNG" in objections[0].message
    assert objections[1].hint
    assert "scale=1080:1080" in objections[1].hint
    assert size is None


def test_what_tiktok_fetches_from_where_we_cannot_is_no_refusal(
    preflight: Preflight,
) -> None:
    url = "https://media.example.com/a"

    ((of_photo,), _) = preflight.check(post(photos=(url, f"{url}2")))
    (of_pull, _) = preflight.check(post(url, transfer="pull"))
    ((of_upload,), _) = preflight.check(post("https://127.0.0.1/a"))

    assert (of_photo.message, of_photo.warning) == (UNSEEN, True)
    assert of_pull == []  # it was said
    assert of_upload.message.endswith("127.0.0.1 is no public address")
    assert not of_upload.warning


def test_a_cover_behind_the_end_is_a_warning(preflight: Preflight) -> None:
    ((objection,), _) = preflight.check(post("s3://b/good.mp4", cover_at=1.5))

    assert (objection.key, objection.warning) == ("cover_at", True)
    assert "lasts 0.33 s" in objection.message


@pytest.mark.parametrize(
    ("fields", "key", "most"),
    [
        ({"title": "🌷" * 46}, "title", 90),
        ({"description": "a" * 4001}, "description", 4000),
    ],
)
def test_the_text_of_photos_has_limits_of_its_own(
    preflight: Preflight, fields: dict[str, str], key: str, most: int
) -> None:
    ((objection,), _) = preflight.check(post(photos=("s3://b/good.jpg",), **fields))

    assert objection.key == key
    assert f"at most {most}" in objection.message


# Without what `tiktok-bridge[media]` brings


@pytest.fixture
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("av", "PIL"):
        monkeypatch.setitem(sys.modules, name, None)


@pytest.mark.usefixtures("_bare")
def test_without_pyav_it_is_said_once_what_was_not_checked(
    preflight: Preflight,
) -> None:
    first, size = preflight.check(post("s3://b/slow.mp4"))
    second, _ = preflight.check(post("s3://b/good.mp4"))

    assert first == [
        Objection(
            "video",
            "only the first bytes of videos were looked at: codec, frame rate, pixels"
            " and duration were not checked",
            "python -m pip install av pillow",
            warning=True,
        )
    ]
    assert second == []
    assert size == len(FILES["s3://b/slow.mp4"])


@pytest.mark.usefixtures("_bare")
@pytest.mark.parametrize("name", ["film.mkv", "text.mp4"])
def test_without_pyav_what_is_no_video_is_still_refused(
    preflight: Preflight, name: str
) -> None:
    ((objection,), _) = preflight.check(post(f"s3://b/{name}"))

    assert "is no MP4, MOV or WebM video" in objection.message
    assert objection.hint
    assert objection.hint.startswith("ffmpeg -i ")


@pytest.mark.usefixtures("_bare")
def test_without_pillow_a_png_is_refused_and_a_jpeg_is_warned_of(
    preflight: Preflight,
) -> None:
    photos = ("s3://b/picture.png", "s3://b/large.jpg", "s3://b/good.jpg")

    objections, _ = preflight.check(post(photos=photos))

    assert [one.warning for one in objections] == [False, True]
    assert objections[1].message == "the pixels of JPEG photos were not checked"
