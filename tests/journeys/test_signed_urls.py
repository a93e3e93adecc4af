"""A signed URL of a video is in no message, note or event."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from tests.unit.test_media_rules import GOOD
from tests.unit.test_preflight_creator import CREATOR
from tiktok_bridge import ConflictError, MediaError, MediaStat, hookimpl, host
from tiktok_bridge.models import Post, PostKey, State
from tiktok_bridge.publish.creator import against_creator
from tiktok_bridge.publish.preflight import Preflight

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.journeys.conftest import Studio

SIGNED = "https://b.s3.example/clip.mp4?X-Amz-Expires=60&X-Amz-Signature="
SIGNATURE = "fe5f80f77d5fa3beca038a248ff027d0"


class Source:
    """A clip that is there, at first."""

    def __init__(self, content: bytes, version: str, fault: Exception | None) -> None:
        self._content = content
        self._version = version
        self._fault = fault

    def stat(self) -> MediaStat:
        if self._fault:
            raise self._fault
        return MediaStat(len(self._content), self._version)

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        yield self._content[start:stop]


def opening(*sources: Source) -> host.Host:
    """Return a host that opens https: URLs, and gives the last source for ever."""
    left = list(sources)

    def open_media_source(url: str) -> Source | None:
        if not url.startswith("https:"):
            return None
        return left.pop(0) if len(left) > 1 else left[0]

    module = ModuleType("signed")
    vars(module)["open_media_source"] = hookimpl(open_media_source)
    loaded = host.load()
    loaded.plugins.register(module, name="signed")
    return loaded


def told(studio: Studio, *sources: Source) -> str:
    """Publish what a plugin opens, another source each time; return what is told."""
    events: list[object] = []
    with studio.bridge(host=opening(*sources), on_event=events.append) as bridge:
        post = studio.post(video=SIGNED + SIGNATURE)
        result = bridge.publish(post)
        moves = bridge.ledger.history(PostKey("acme", "one"))
    assert result.state in (State.FAILED, State.PUBLISHED)
    return "\n".join(map(repr, [result, *moves, *events]))


def test_a_video_behind_a_signed_url_is_published_and_the_url_kept_quiet(
    studio: Studio,
) -> None:
    clip = (studio.folder / "media" / "clip.mp4").read_bytes()

    text = told(studio, Source(clip, "1", None))

    assert "PUBLISHED" in text
    assert SIGNATURE not in text


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ((b"more", "1", None), "when it was accepted"),
        ((b"", "1", MediaError(f"403 for {SIGNED}{SIGNATURE}")), "403 for https://b"),
        ((b"", "1", MediaError("403", hint=f"see {SIGNATURE}")), "403"),
        ((b"", "1", OSError(f"{SIGNED}{SIGNATURE}: gone")), "gone"),
    ],
    ids=["another size", "refused", "hint", "broken"],
)
def test_what_goes_wrong_with_it_is_told_without_the_signature(
    changed: tuple[bytes, str, Exception | None], words: str, studio: Studio
) -> None:
    clip = (studio.folder / "media" / "clip.mp4").read_bytes()
    more, version, fault = changed

    text = told(studio, Source(clip, "1", None), Source(clip + more, version, fault))

    assert "FAILED" in text
    assert words in text
    assert "https://b.s3.example/clip.mp4" in text or words == "403"
    assert SIGNATURE not in text


def test_an_id_that_is_taken_is_told_without_the_signatures(studio: Studio) -> None:
    clip = (studio.folder / "media" / "clip.mp4").read_bytes()
    other = SIGNATURE[::-1]
    with studio.bridge(host=opening(Source(clip, "1", None))) as bridge:
        bridge.publish(studio.post(video=SIGNED + SIGNATURE))

        with pytest.raises(ConflictError) as caught:
            bridge.publish(studio.post(video=SIGNED + other))

    assert "https://b.s3.example/clip.mp4?***" in str(caught.value)
    assert SIGNATURE not in str(caught.value)
    assert other not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "fields", "words"),
    [
        (b"", {}, "is empty"),
        (b"GIF89a" * 99, {}, "is no MP4, MOV or WebM"),
        (None, {"cover_at": 99.0}, "lies behind the end"),
        (
            b"GIF89a" * 99,
            {"video": "", "photos": (SIGNED + SIGNATURE,)},
            "takes JPEG and WebP",
        ),
    ],
    ids=["empty", "no video", "cover", "photo"],
)
def test_an_objection_names_it_without_the_signature(
    content: bytes | None, fields: dict[str, object], words: str, studio: Studio
) -> None:
    clip = (studio.folder / "media" / "clip.mp4").read_bytes()
    source = Source(clip if content is None else content, "1", None)
    post = studio.post(**{"video": SIGNED + SIGNATURE} | fields)
    with studio.bridge(host=opening(source)) as bridge:
        preflight = Preflight(bridge.settings, bridge.host, bridge.vault)
        objections, _ = preflight.check(post)

    text = repr(objections)
    assert words in text
    assert "https://b.s3.example/clip.mp4?***" in text
    assert SIGNATURE not in text


def test_two_photos_that_differ_in_their_query_are_two(studio: Studio) -> None:
    opened: list[str] = []

    class Photo(Source):
        def stat(self) -> MediaStat:
            opened.append("once more")
            return super().stat()

    source = Photo(b"GIF89a" * 99, "1", None)
    with studio.bridge(host=opening(source)) as bridge:
        preflight = Preflight(bridge.settings, bridge.host, bridge.vault)
        for number in range(2):
            preflight.check(studio.post(video="", photos=(f"{SIGNED}{number}",)))

    assert len(opened) >= 2


def test_a_creator_s_limit_is_told_without_the_signature() -> None:
    long = replace(GOOD, duration_seconds=99.0)
    post = Post(id="a", account="b", video=SIGNED + SIGNATURE, privacy="SELF_ONLY")

    (one,) = against_creator(post, long, CREATOR)

    assert "https://b.s3.example/clip.mp4?*** lasts 99.00 s" in one.message
