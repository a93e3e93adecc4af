"""`doctor record` keeps what passed, whole at any moment, and stops nothing."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import tracemalloc
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import vcr

from tests.journeys.conftest import Studio
from tiktok_bridge import ConfigError
from tiktok_bridge_diagnostics import cassette
from tiktok_bridge_diagnostics.exchange import Exchange
from tiktok_bridge_diagnostics.record import EVERY, Keeper
from tiktok_bridge_diagnostics.recorder import Recorder, Tape
from tiktok_bridge_diagnostics.redact.exchanges import Redactor

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tiktok_bridge_sandbox.handle import TikTokSandbox

POSTS = """\
version: 1
posts:
  - id: one
    account: acme
    video: clip.mp4
    privacy: SELF_ONLY
    title: Hello
"""


@pytest.fixture
def studio(tmp_path: Path, tiktok_sandbox: TikTokSandbox) -> Studio:
    studio = Studio(tmp_path / "studio", tiktok_sandbox)
    studio.log_in("acme")
    (studio.folder / "posts.yaml").write_text(POSTS)
    return studio


def record(studio: Studio, *command: str, options: tuple[str, ...] = ()) -> int:
    file = str(studio.folder / "cassette.json")
    return studio.run("doctor", "record", "-o", file, *options, "--", *command)


def recorded(studio: Studio) -> list[Exchange]:
    file = studio.folder / "cassette.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    return cassette.from_value(json.loads(file.read_text()))


def publish(studio: Studio) -> tuple[str, ...]:
    return ("publish", str(studio.folder / "posts.yaml"))


def test_a_publish_is_recorded_from_its_first_question_to_its_last(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    status = record(studio, *publish(studio))

    assert status == 0
    told = recorded(studio)
    paths = [httpx.URL(one.url).path for one in told]
    assert paths[0] == "/v2/post/publish/creator_info/query/"
    assert paths[-1] == "/v2/post/publish/status/fetch/"
    media = [json.loads(one.asked) for one in told if one.method == "PUT"]
    assert [one["sha256"] for one in media] == [studio.sha256("clip.mp4")]
    assert f"recorded {len(told)} exchanges" in capsys.readouterr().err


def test_vcr_plays_it_to_a_client(studio: Studio) -> None:
    record(studio, *publish(studio))
    told = recorded(studio)

    with vcr.use_cassette(
        str(studio.folder / "cassette.json"), serializer="json", record_mode="none"
    ) as played:
        for one in told:
            answer = httpx.request(one.method, one.url, content=one.asked.encode())
            assert (answer.status_code, answer.text) == (one.status, one.answered)

    assert played.all_played


def test_the_exit_status_is_that_of_the_command(studio: Studio) -> None:
    studio.sandbox.faults("creator_info", [{"kind": "status", "status": 401}] * 9)

    assert record(studio, *publish(studio)) == 1
    assert recorded(studio)[0].status == 401


def test_a_command_that_is_none_is_refused_and_nothing_is_written(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    assert record(studio, "publsh") == 2
    assert record(studio, "publish", "--no-such-option") == 2
    assert "publsh" in capsys.readouterr().err
    assert not (studio.folder / "cassette.json").exists()


def test_a_file_that_is_there_is_never_replaced(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    (studio.folder / "cassette.json").write_text("mine")

    assert record(studio, *publish(studio)) == 2
    assert (studio.folder / "cassette.json").read_text() == "mine"
    assert "nothing was run" in capsys.readouterr().err
    assert studio.calls("video_init") == 0


def test_no_other_than_tiktok_reads_log_ids_and_ids_of_posts(studio: Studio) -> None:
    record(studio, *publish(studio), options=("--for", "public"))

    shown = (studio.folder / "cassette.json").read_text()
    publish_id = studio.arrived()[0]["publish_id"]
    assert publish_id.partition(".")[2] not in shown
    assert "v_pub_file~v2-1.9000000" in shown
    assert '"log_id\\": \\"20' not in shown


CRASH = """\
import os, signal, sys
from tiktok_bridge import cli
from tiktok_bridge.publish import upload
def end(*_): os.kill(os.getpid(), getattr(signal, os.environ["END"]))
upload.put = end
import tiktok_bridge.publish.start
sys.exit(cli.run(sys.argv[1:]))
"""


@pytest.mark.parametrize(("signal", "status"), [("SIGINT", 130), ("SIGKILL", -9)])
def test_what_ends_in_the_middle_leaves_a_whole_cassette(
    studio: Studio, signal: str, status: int
) -> None:
    file = studio.folder / "cassette.json"
    command = ["--config", str(studio.folder / "bridge.yaml"), "doctor", "record"]
    command += ["-o", str(file), "--", *publish(studio)]

    ended = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", CRASH, *command],
        check=False,
        capture_output=True,
        env=os.environ | {"END": signal},
    )

    assert ended.returncode == status, ended.stderr.decode()
    told = recorded(studio)
    if signal == "SIGINT":
        assert [one.status for one in told] == [200, 200]


def exchange(number: int, **fields: Any) -> Exchange:  # noqa: ANN401 - those of `Exchange`
    plain: dict[str, Any] = {
        "by": "publish",
        "number": number,
        "about": "",
        "at": 1.0,
        "seconds": 0.1,
        "method": "GET",
        "url": "https://open.tiktokapis.com/v2/user/info/",
        "asked_headers": {},
        "asked": "",
        "status": 200,
        "phrase": "OK",
        "headers": {},
        "answered": "",
        "broke": None,
    }
    return Exchange(**plain | fields)


def test_the_file_grows_with_time_and_in_the_order_of_the_questions(
    tmp_path: Path,
) -> None:
    now = [0.0]
    keeper = Keeper(tmp_path / "a.json", "x", lambda: now[0])
    keeper.begin()

    def held() -> list[int]:
        value = json.loads((tmp_path / "a.json").read_text())
        return [one.number for one in cassette.from_value(value)]

    keeper.keep(exchange(2))
    assert held() == []
    now[0] += EVERY
    keeper.keep(exchange(1))
    assert held() == [1, 2]
    keeper.keep(exchange(3))
    keeper.end()
    assert held() == [1, 2, 3]


def test_a_folder_that_goes_away_stops_nothing_and_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    keeper = Keeper(folder / "a.json", "x", iter(range(9)).__next__)
    keeper.begin()
    (folder / "a.json").unlink()
    folder.rmdir()

    keeper.keep(exchange(1))

    assert isinstance(keeper.failure, ConfigError)


class Sink(httpx.BaseTransport):
    """Takes what it is sent, and keeps none of it."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        for _ in request.stream:  # type: ignore[union-attr] # we send no async body
            pass
        return httpx.Response(201)


def test_media_of_any_size_takes_no_memory() -> None:
    piece = bytes(1 << 20)

    def chunk() -> Iterator[bytes]:
        for _ in range(64):
            yield piece

    tape = Tape("publish", Redactor(b"k" * 32).exchange)
    headers = {"Content-Type": "video/mp4", "Content-Length": str(64 << 20)}
    request = httpx.Request(
        "PUT", "http://127.0.0.1/upload", headers=headers, content=chunk()
    )
    tracemalloc.start()
    Recorder(Sink(), tape).handle_request(request).read()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert json.loads(tape.exchanges[0].asked)["bytes"] == 64 << 20
    assert peak < 4 << 20


def test_a_fault_of_the_redaction_stops_no_post_and_lets_nothing_out() -> None:
    class Broken(Redactor):
        def apply(self, rule: str, value: str) -> str:
            raise RuntimeError(rule, value)

    told = Broken(b"k" * 32).exchange(exchange(1, answered='{"a": "act.secret"}'))

    assert "secret" not in repr(told)
    assert told.status == 200
