"""How the upload host takes bytes."""

from __future__ import annotations

import hashlib
import socket
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.sandbox.conftest import Person

FIVE = 5_000_000


def open_movie(person: Person) -> str:
    """Open a movie of two chunks: 0-4999999 and 5000000-11999999."""
    source = {
        "source": "FILE_UPLOAD",
        "video_size": len(person.movie),
        "chunk_size": FIVE,
        "total_chunk_count": 2,
    }
    body = {"post_info": {"privacy_level": "SELF_ONLY"}, "source_info": source}
    return str(person.post("video/init", body).json()["data"]["upload_url"])


def test_chunks_answer_206_and_the_last_one_201(acme: Person) -> None:
    url = open_movie(acme)

    first = acme.put(url, acme.movie, 0, FIVE - 1)
    last = acme.put(url, acme.movie, FIVE)

    assert (first.status_code, last.status_code) == (206, 201)
    assert first.headers["content-range"] == "bytes 0-4999999/12000000"
    assert last.headers["content-range"] == "bytes 0-11999999/12000000"


def test_chunks_can_answer_201_and_the_last_one_200(acme: Person) -> None:
    acme.sandbox.reset(chunk_status="all-201-then-200")
    url = open_movie(acme)

    codes = [
        acme.put(url, acme.movie, 0, FIVE - 1).status_code,
        acme.put(url, acme.movie, FIVE).status_code,
    ]

    assert codes == [201, 200]


def test_uploaded_bytes_can_be_a_count(acme: Person) -> None:
    acme.sandbox.reset(uploaded_bytes="count")

    answer = acme.put(open_movie(acme), acme.movie, 0, FIVE - 1)

    assert answer.headers["content-range"] == "bytes 0-5000000/12000000"


def test_the_state_shows_the_hash_and_the_chunks(acme: Person) -> None:
    url = open_movie(acme)
    acme.put(url, acme.movie, 0, FIVE - 1)
    acme.put(url, acme.movie, FIVE)

    publish = acme.sandbox.state()["publishes"][0]

    assert publish["sha256"] == hashlib.sha256(acme.movie).hexdigest()
    assert publish["chunks"] == [[0, 4_999_999], [5_000_000, 11_999_999]]
    assert publish["received"] == 12_000_000


@pytest.mark.parametrize(
    ("first", "last", "status"),
    [
        (FIVE, None, 416),  # not its turn
        (1, FIVE - 1, 416),
        (0, FIVE, 400),  # longer than announced
        (0, FIVE - 2, 400),  # shorter than announced
        (0, None, 400),  # everything at once
    ],
)
def test_a_chunk_that_is_not_the_next_one_is_refused(
    acme: Person, first: int, last: int | None, status: int
) -> None:
    answer = acme.put(open_movie(acme), acme.movie, first, last)

    assert answer.status_code == status
    assert "content-range" not in answer.headers


def test_a_chunk_sent_twice_is_told_where_the_upload_stands(acme: Person) -> None:
    url = open_movie(acme)
    acme.put(url, acme.movie, 0, FIVE - 1)

    answer = acme.put(url, acme.movie, 0, FIVE - 1)

    assert answer.status_code == 416
    assert answer.headers["content-range"] == "bytes 0-4999999/12000000"


def test_a_finished_upload_takes_nothing_more(acme: Person) -> None:
    url = acme.init().json()["data"]["upload_url"]
    acme.put(url)

    assert acme.put(url).status_code == 416


@pytest.mark.parametrize(
    "changed",
    [
        {"Content-Type": "application/octet-stream"},
        {"Content-Type": "video/mp4; charset=utf-8"},
        {"Content-Range": ""},
        {"Content-Range": "bytes 0-63"},
        {"Content-Range": "bytes 0-63/*"},
        {"Content-Range": "0-63/64"},
        {"Content-Range": "bytes 0-63/65"},
        {"Content-Range": "bytes 0-62/64"},
    ],
)
def test_headers_are_read_strictly(acme: Person, changed: dict[str, str]) -> None:
    url = acme.init().json()["data"]["upload_url"]

    usual = {"Content-Type": "video/mp4", "Content-Range": "bytes 0-63/64"}
    answer = acme.http.put(url, content=acme.video, headers=usual | changed)

    assert answer.status_code == 400


def test_a_body_without_a_length_is_refused(acme: Person) -> None:
    url = acme.init().json()["data"]["upload_url"]

    headers = {"Content-Type": "video/mp4", "Content-Range": "bytes 0-63/64"}
    answer = acme.http.put(url, content=iter([acme.video]), headers=headers)

    assert answer.status_code == 400


@pytest.mark.parametrize("kind", ["video/mp4", "video/quicktime", "video/webm"])
def test_no_authorization_is_needed(acme: Person, kind: str) -> None:
    url = acme.init().json()["data"]["upload_url"]

    headers = {"Content-Type": kind, "Content-Range": "bytes 0-63/64"}
    answer = acme.http.put(url, content=acme.video, headers=headers)

    assert "authorization" not in answer.request.headers
    assert answer.status_code == 201


def test_an_upload_url_lives_an_hour(acme: Person) -> None:
    url = acme.init().json()["data"]["upload_url"]

    acme.sandbox.advance(3_600)

    assert acme.put(url).status_code == 403


@pytest.mark.parametrize(("old", "new"), [("upload_id=", "upload_id=1"), ("-", "0")])
def test_an_unknown_upload_is_not_found(acme: Person, old: str, new: str) -> None:
    url = acme.init().json()["data"]["upload_url"]

    assert acme.put(url.replace(old, new)).status_code == 404


def test_a_chunk_cut_off_by_its_sender_leaves_the_hash_alone(acme: Person) -> None:
    url = open_movie(acme)
    with half_sent(acme, url) as sender:
        sender.shutdown(socket.SHUT_WR)

    codes = [
        acme.put(url, acme.movie, 0, FIVE - 1).status_code,
        acme.put(url, acme.movie, FIVE).status_code,
    ]

    assert codes == [206, 201]
    found = acme.sandbox.state()["publishes"][0]["sha256"]
    assert found == hashlib.sha256(acme.movie).hexdigest()


def test_of_two_senders_of_one_chunk_the_slower_is_refused(acme: Person) -> None:
    url = open_movie(acme)

    with half_sent(acme, url) as sender:
        faster = acme.put(url, acme.movie, 0, FIVE - 1)
        sender.sendall(acme.movie[FIVE // 2 : FIVE])
        slower = sender.recv(65_536)

    assert faster.status_code == 206
    assert slower.startswith(b"HTTP/1.1 416 ")
    assert acme.sandbox.state()["publishes"][0]["received"] == FIVE


@pytest.mark.parametrize("end", ["reset", "remove-app"])
def test_a_task_that_ends_during_a_chunk_stores_nothing(acme: Person, end: str) -> None:
    url = open_movie(acme)

    with half_sent(acme, url) as sender:
        acme.sandbox.reset() if end == "reset" else acme.sandbox.creator(end)
        sender.sendall(acme.movie[FIVE // 2 : FIVE])
        answer = sender.recv(65_536)

    assert answer.startswith(b"HTTP/1.1 404 ")
    assert [p["received"] for p in acme.sandbox.state()["publishes"]] in ([], [0])


def test_a_post_without_authorization_takes_no_chunk(acme: Person) -> None:
    url = open_movie(acme)
    acme.put(url, acme.movie, 0, FIVE - 1)
    acme.sandbox.creator("remove-app")

    answer = acme.put(url, acme.movie, FIVE)

    assert answer.status_code == 404
    assert acme.sandbox.state()["publishes"][0]["received"] == FIVE


def test_a_body_shorter_than_its_headers_say_is_refused(acme: Person) -> None:
    url = urlsplit(acme.init().json()["data"]["upload_url"])
    head = chunk_head(url.geturl(), 63, 64) + "Transfer-Encoding: chunked\r\n\r\n"

    with socket.create_connection((url.hostname, url.port)) as sender:
        sender.sendall(head.encode() + b"1\r\nx\r\n0\r\n\r\n")
        answer = sender.recv(65_536)

    assert answer.startswith(b"HTTP/1.1 400 ")


def chunk_head(url: str, last: int, total: int) -> str:
    parts = urlsplit(url)
    return (
        f"PUT {parts.path}?{parts.query} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
        f"Content-Type: video/mp4\r\nContent-Length: {last + 1}\r\n"
        f"Content-Range: bytes 0-{last}/{total}\r\n"
    )


@contextmanager
def half_sent(person: Person, url: str) -> Iterator[socket.socket]:
    """Send half of the first chunk and yield once the server reads it."""
    parts = urlsplit(url)
    head = chunk_head(url, FIVE - 1, len(person.movie)) + "\r\n"
    with socket.create_connection((parts.hostname, parts.port)) as sender:
        sender.sendall(head.encode() + person.movie[: FIVE // 2])
        while person.sandbox.state()["calls"]["upload"] < 1:
            pass
        yield sender


def test_a_chunk_whose_reply_was_lost_is_not_stored_twice(acme: Person) -> None:
    url = open_movie(acme)
    acme.sandbox.faults("upload", [{"kind": "reset_before_reply"}])
    with suppress(Exception):
        acme.put(url, acme.movie, 0, FIVE - 1)

    answer = acme.put(url, acme.movie, 0, FIVE - 1)

    assert answer.status_code == 416
    assert acme.sandbox.state()["publishes"][0]["received"] == FIVE
