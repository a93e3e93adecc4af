"""Media from S3."""

from __future__ import annotations

import gc
import time
import tracemalloc
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest

from tests.s3 import SECRET_KEY
from tiktok_bridge import MediaError
from tiktok_bridge.testing import (
    CONTENT,
    MIB,
    OTHER_CONTENT,
    SIZE,
    HealthContract,
    MediaSourceContract,
    PublicMediaContract,
)
from tiktok_bridge_s3.addresses import public_url
from tiktok_bridge_s3.clients import TRIES
from tiktok_bridge_s3.failures import Refusal
from tiktok_bridge_s3.media import S3Media
from tiktok_bridge_s3.streams import RESUMES
from tiktok_bridge_s3.urls import read_media_url

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from tests.s3 import S3

    BreakIt = Callable[[], AbstractContextManager[None]]

KEY = "clips/spring é+%.mp4"
BIG = CONTENT * 5  #: 12.5 MiB: chunks of it are streamed
CHUNK = 5 * MIB
HUGE = 48 * MIB  #: more than the buffers of two sockets hold, and a chunk


class Bucket:
    """Put one object into a bucket, and count what nobody waits for."""

    def __init__(self, s3: S3, key: str = KEY) -> None:
        self.s3 = s3
        self.key = key
        self.slept: list[float] = []

    def put(self, content: bytes) -> None:
        self.s3.put(self.key, content)

    def remove(self) -> None:
        self.s3.client.delete_object(Bucket=self.s3.bucket, Key=self.key)

    def open(self, **options: object) -> S3Media:
        url = self.s3.url(self.key, **options)
        return S3Media(read_media_url(url), sleep=self.slept.append)


pytestmark = pytest.mark.filterwarnings(
    # of sockets that the tests themselves forget, told whenever memory is cleaned up
    "ignore::pytest.PytestUnraisableExceptionWarning"
)


@pytest.fixture
def place(s3: S3) -> Bucket:
    return Bucket(s3)


class TestS3Media(MediaSourceContract):
    @pytest.fixture
    def place_of(self, s3: S3) -> Callable[[str], Bucket]:
        return lambda name: Bucket(s3, f"clips/{name}")

    @pytest.fixture
    def break_it(self, s3: S3) -> BreakIt:
        return s3.closed


class PublicBucket(Bucket):
    """One whose keys anybody reads below an address."""

    def open(self, **options: object) -> S3Media:
        return super().open(**{"public": "https://cdn.example.com/x"} | options)


class TestS3PublicMedia(PublicMediaContract):
    @pytest.fixture
    def public_place(self, s3: S3) -> PublicBucket:
        return PublicBucket(s3)

    @pytest.fixture
    def fetch(self, s3: S3) -> Callable[[str], bytes]:
        """What stands at that address is the bucket."""
        return lambda url: s3.get(unquote(urlsplit(url).path).removeprefix("/x/"))


class TestS3MediaHealth(HealthContract):
    @pytest.fixture
    def checkable(self, place: Bucket) -> S3Media:
        place.put(CONTENT)
        return place.open()

    @pytest.fixture
    def snapshot(self, s3: S3) -> Callable[[], object]:
        return s3.content

    @pytest.fixture
    def break_it(self, s3: S3) -> BreakIt:
        return s3.closed


@pytest.fixture
def clip(place: Bucket) -> S3Media:
    """The source of an object of `BIG`, which nobody has looked at yet."""
    place.put(BIG)
    return place.open()


def read(source: S3Media, start: int = 0, stop: int = len(BIG)) -> bytes:
    return b"".join(map(bytes, source.read(start, stop)))


def chunks(source: S3Media) -> bytes:
    """Read everything as an upload does."""
    starts = range(0, len(BIG), CHUNK)
    return b"".join(read(source, at, min(at + CHUNK, len(BIG))) for at in starts)


def ranges(s3: S3) -> list[str]:
    return [one.headers["Range"] for one in s3.sent("GET")]


# One GET


def test_consecutive_reads_share_one_get(clip: S3Media, s3: S3) -> None:
    assert chunks(clip) == BIG
    assert ranges(s3) == [f"bytes=0-{len(BIG) - 1}"]
    assert len(s3.sent("HEAD")) == 1
    assert all("If-Match" in one.headers for one in s3.sent("GET"))


def test_a_short_look_asks_for_no_more_than_it_needs(clip: S3Media, s3: S3) -> None:
    read(clip, 0, MIB)
    read(clip, MIB, MIB + 7)

    assert ranges(s3) == [f"bytes=0-{MIB - 1}", f"bytes={MIB}-{MIB + 6}"]


def test_a_chunk_that_is_sent_again_is_read_again(clip: S3Media, s3: S3) -> None:
    read(clip, 0, CHUNK)

    assert read(clip, 0, CHUNK) == BIG[:CHUNK]
    assert read(clip, CHUNK, 2 * CHUNK) == BIG[CHUNK : 2 * CHUNK]
    assert ranges(s3) == [f"bytes=0-{len(BIG) - 1}"] * 2


def test_what_is_not_read_is_not_waited_for(place: Bucket, s3: S3) -> None:
    place.put(bytes(24 * MIB))
    source = place.open()

    next(source.read(0, 24 * MIB))
    source.close()

    assert s3.proxy.sent_bytes < 16 * MIB


def test_the_pieces_share_one_buffer_of_one_mebibyte(clip: S3Media) -> None:
    pieces = list(clip.read(0, SIZE))

    assert [len(piece) for piece in pieces] == [MIB, MIB, SIZE - 2 * MIB]
    assert len({id(piece.obj) for piece in pieces}) == 1


def test_a_big_object_needs_no_more_memory_than_a_small_one(place: Bucket) -> None:
    place.put(bytes(24 * MIB))
    source = place.open()
    read(source, 0, 1)

    tracemalloc.start()
    try:
        count = sum(map(len, source.read(0, 24 * MIB)))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert count == 24 * MIB
    assert peak < 4 * MIB


def connections() -> int:
    count = 0
    for path in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # the servers of the test close theirs beside us
            count += str(path.readlink()).startswith("socket:")
    return count


def settled(most: int) -> bool:
    """Tell whether no more than *most* connections are left, once servers noticed."""
    for _ in range(100):
        gc.collect()
        if connections() <= most:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("stop", [7, CHUNK])
def test_a_read_that_is_given_up_is_closed(stop: int, place: Bucket, s3: S3) -> None:
    place.put(bytes(HUGE))
    clip = place.open()
    clip.stat()
    before = connections()
    pieces = clip.read(0, stop)
    next(pieces)
    assert s3.proxy.open_answers == 1 or stop == 7

    pieces.close()
    clip.close()

    assert settled(before + 1)  # the one of the pool, and its other end


def test_a_source_that_is_forgotten_closes_its_get(place: Bucket, s3: S3) -> None:
    place.put(bytes(HUGE))
    source = place.open()
    source.stat()
    before = connections()
    read(source, 0, CHUNK)
    assert s3.proxy.open_answers == 1

    del source

    assert settled(before + 1)


@pytest.mark.parametrize(
    ("start", "stop"), [(0, SIZE + 1), (SIZE, SIZE + 1), (SIZE + 5, SIZE + 9), (-1, 1)]
)
def test_a_range_outside_of_the_object_is_refused(
    start: int, stop: int, place: Bucket, s3: S3
) -> None:
    place.put(CONTENT)

    with pytest.raises(MediaError, match=r"spring é\+%\.mp4"):
        read(place.open(), start, stop)

    assert s3.sent("GET") == []


@pytest.mark.parametrize(
    ("said", "content_type"),
    [("video/mp4", "video/mp4"), ("image/webp", "image/webp"), ("text/html", None)],
)
def test_the_type_is_what_the_server_says_if_it_says_something(
    said: str, content_type: str | None, place: Bucket, s3: S3
) -> None:
    s3.client.put_object(Bucket=s3.bucket, Key=KEY, Body=b"x", ContentType=said)

    assert place.open().stat().content_type == content_type


# Faults on the way


@pytest.mark.parametrize("cut_at", [0, 1, 700_001, MIB, CHUNK, len(BIG) - 1])
def test_a_stream_that_breaks_off_goes_on_where_it_was(
    cut_at: int, clip: S3Media, place: Bucket, s3: S3
) -> None:
    s3.fail("GET", cut_at=cut_at)

    assert chunks(clip) == BIG
    resumed = int(ranges(s3)[1].removeprefix("bytes=").partition("-")[0])
    assert len(ranges(s3)) == 2
    assert cut_at - 2**18 < resumed <= cut_at
    assert place.slept == [0.0]


def test_a_stream_that_stalls_goes_on_elsewhere(place: Bucket, s3: S3) -> None:
    place.put(BIG)
    s3.fail("GET", cut_at=MIB, stall=True)

    assert chunks(place.open(timeout=1)) == BIG
    assert len(ranges(s3)) == 2


def test_each_fault_after_some_bytes_is_a_first_one(
    clip: S3Media, place: Bucket, s3: S3
) -> None:
    s3.fail("GET", times=3 * RESUMES, cut_at=MIB)

    assert chunks(clip) == BIG
    assert place.slept == [0.0] * 3 * RESUMES


def test_a_stream_that_never_brings_anything_is_given_up(
    clip: S3Media, place: Bucket, s3: S3
) -> None:
    s3.fail("GET", cut_at=MIB)
    s3.fail("GET", times=RESUMES, cut_at=0)
    pieces = clip.read(0, len(BIG))
    next(pieces)

    with pytest.raises(MediaError, match="broke off") as error:
        next(pieces)

    assert error.value.retryable
    assert place.slept == sorted(place.slept)
    assert len(place.slept) == RESUMES


def test_a_busy_server_at_the_start_is_told_at_once(
    clip: S3Media, place: Bucket, s3: S3
) -> None:
    s3.fail("GET", times=TRIES, status=503, code="SlowDown")

    with pytest.raises(MediaError, match="busy or broken") as error:
        next(clip.read(0, CHUNK))

    assert error.value.retryable
    assert place.slept == []


def test_a_busy_server_in_the_middle_is_waited_for(
    clip: S3Media, place: Bucket, s3: S3
) -> None:
    s3.fail("GET", cut_at=MIB)
    s3.fail("GET", times=4, status=503, code="SlowDown")

    assert chunks(clip) == BIG
    assert place.slept == [0.0, 0.5]


def test_an_object_that_is_replaced_between_two_gets_is_never_mixed_in(
    clip: S3Media, place: Bucket, s3: S3
) -> None:
    s3.fail("GET", cut_at=MIB)
    s3.fail("GET", first=lambda: place.put(BIG[::-1]))
    pieces = clip.read(0, len(BIG))
    assert bytes(next(pieces)) == BIG[:MIB]

    with pytest.raises(MediaError, match="has been replaced") as error:
        next(pieces)

    assert not error.value.retryable
    assert error.value.hint is not None
    assert len(ranges(s3)) == 2


def test_an_object_that_is_replaced_by_a_twin_is_another_version(
    place: Bucket, s3: S3
) -> None:
    s3.version_all()
    place.put(CONTENT)
    source = place.open()
    source.stat()
    place.put(CONTENT)

    with pytest.raises(MediaError, match="has been replaced"):
        read(source, 0, 9)


def test_a_version_that_is_named_stays(place: Bucket, s3: S3) -> None:
    s3.version_all()
    place.put(CONTENT)
    head = s3.client.head_object(Bucket=s3.bucket, Key=KEY)
    place.put(OTHER_CONTENT)

    source = place.open(version_id=head["VersionId"])

    assert read(source, 0, SIZE) == CONTENT


def test_a_server_that_checks_no_condition_is_found_out(place: Bucket, s3: S3) -> None:
    place.put(CONTENT)
    source = place.open()
    source.stat()
    s3.fail("GET", headers={"ETag": '"another"'})

    with pytest.raises(MediaError, match="has been replaced"):
        read(source, 0, 9)


@pytest.mark.parametrize(("start", "stop"), [(0, 9), (MIB, SIZE), (SIZE - 1, SIZE)])
def test_the_whole_object_instead_of_a_range_is_refused(
    start: int, stop: int, place: Bucket, s3: S3
) -> None:
    place.put(CONTENT)
    s3.fail("GET", drop_range=True)

    with pytest.raises(MediaError, match="200 with the whole object"):
        read(place.open(), start, stop)


def test_the_whole_object_is_taken_where_it_was_asked_for(
    place: Bucket, s3: S3
) -> None:
    place.put(CONTENT)
    s3.fail("GET", drop_range=True)

    assert read(place.open(), 0, SIZE) == CONTENT


@pytest.mark.parametrize(
    "said",
    [
        f"bytes 1-9/{SIZE}",
        f"bytes 0-8/{SIZE + 1}",
        "bytes 0-8/*",
        "\x1b[31m",
        None,
    ],
)
def test_a_range_that_was_not_asked_for_is_refused(
    said: str | None, place: Bucket, s3: S3
) -> None:
    place.put(CONTENT)
    s3.fail("GET", headers={"Content-Range": said})

    with pytest.raises(MediaError, match=r"the server sent .* for 'bytes 0-8") as error:
        read(place.open(), 0, 9)

    assert "\x1b" not in error.value.message


def test_a_length_that_does_not_fit_the_range_is_refused(place: Bucket, s3: S3) -> None:
    place.put(CONTENT)
    s3.fail("GET", headers={"Content-Length": "8"}, cut_at=8)

    with pytest.raises(MediaError, match="sends 8 bytes for"):
        read(place.open(), 0, 9)


def test_an_answer_without_an_end_is_resumed(place: Bucket, s3: S3) -> None:
    place.put(CONTENT)
    s3.fail("GET", cut_at=3)

    assert read(place.open(), 0, 9) == CONTENT[:9]


def test_a_fault_at_the_first_look_passes(place: Bucket, s3: S3) -> None:
    place.put(CONTENT)
    s3.fail("HEAD", times=2, status=503)

    assert place.open().stat().size_bytes == SIZE


# Addresses for TikTok


def test_a_public_address_starts_with_the_public_prefix(place: Bucket) -> None:
    place.put(CONTENT)
    source = place.open(public="https://cdn.example.com/media/")

    assert source.public_url() == (
        "https://cdn.example.com/media/clips/spring%20%C3%A9%2B%25.mp4"
    )


def test_there_is_no_address_for_what_is_not_there(place: Bucket) -> None:
    with pytest.raises(MediaError, match="it is not there"):
        place.open(public="https://cdn.example.com").public_url()


def address(**options: object) -> str:
    """Return the address of an object of a server that is never asked."""
    told = {"endpoint_url": "https://s3.example.com", "region": "eu-west-1"} | options
    query = "&".join(f"{name}={value}" for name, value in told.items())
    return public_url(read_media_url(f"s3://bucket/a%20b.mp4?{query}"))


@pytest.mark.usefixtures("s3")
def test_a_presigned_address_lives_for_as_long_as_was_said() -> None:
    url = urlsplit(address(expires=7200, version_id="v1"))
    query = dict(parse_qsl(url.query))

    assert (url.scheme, url.hostname) == ("https", "s3.example.com")
    assert url.path == "/bucket/a%20b.mp4"
    assert query["X-Amz-Expires"] == "7200"
    assert query["X-Amz-Algorithm"] == "AWS4-HMAC-SHA256"
    assert query["versionId"] == "v1"
    assert SECRET_KEY not in url.query


@pytest.mark.usefixtures("s3")
def test_a_bucket_can_be_a_host_of_its_own() -> None:
    url = address(addressing="virtual")

    assert url.startswith("https://bucket.s3.example.com/a%20b.mp4?")


@pytest.mark.usefixtures("s3")
@pytest.mark.parametrize(
    "options",
    [
        {"endpoint_url": "http://s3.example.com"},
        {"endpoint_url": "https://192.0.2.1", "addressing": "path"},
        {"endpoint_url": "https://[2001:db8::1]", "addressing": "path"},
        {"public": "https://192.0.2.1/x"},
    ],
)
def test_an_address_from_which_tiktok_does_not_fetch_is_refused(
    options: dict[str, str],
) -> None:
    with pytest.raises(Refusal, match="only by https, from a host with a name"):
        address(**options)


def test_no_address_is_told_when_it_is_refused(place: Bucket) -> None:
    place.put(CONTENT)

    with pytest.raises(MediaError, match="only by https") as error:
        place.open().public_url()

    assert "X-Amz" not in str(error.value)
