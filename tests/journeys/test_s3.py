"""Tokens, videos and events on S3: a whole publish, and what breaks in its middle."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from tests.journeys.conftest import Studio
from tests.s3 import SECRET_KEY
from tiktok_bridge import State
from tiktok_bridge.publish.recipient import LONGEST_PAUSE
from tiktok_bridge_s3.streams import READ

if TYPE_CHECKING:
    from pathlib import Path

    from tests.s3 import S3
    from tiktok_bridge_sandbox.handle import TikTokSandbox

SIZE = 31_000_000
TO_THE_END = f"-{SIZE - 1}"  #: end of the range of a GET from which is uploaded


@pytest.fixture
def cloud(tmp_path: Path, tiktok_sandbox: TikTokSandbox, s3: S3) -> Studio:
    """A studio that keeps everything but its ledger in a bucket."""
    studio = Studio(tmp_path / "studio", tiktok_sandbox)
    studio.configure("file:state/tokens", f'"{s3.url("tokens", lease=60)}"')
    config = studio.folder / "bridge.yaml"
    lines = [
        line
        for line in config.read_text().splitlines()
        if not line.startswith(("notify:", "  - {to:", "  - to:"))
    ]
    lines += ["notify:", f'  - {{to: "{s3.url("events")}"}}']
    config.write_text("\n".join(lines) + "\n")
    studio.log_in("acme")
    studio.video(SIZE)
    s3.put("clips/spring.mp4", (studio.folder / "media" / "video.mp4").read_bytes())
    s3.proxy.requests.clear()
    return studio


def events(s3: S3) -> list[str]:
    keys = [key for key in s3.names() if key.startswith("events/")]
    return sorted(json.loads(s3.get(key))["type"] for key in keys)


def streams(s3: S3) -> list[str]:
    """The ranges of the GETs that an upload reads from."""
    wanted = [one.headers.get("Range", "") for one in s3.sent("GET")]
    return [one for one in wanted if one.endswith(TO_THE_END)]


def test_a_post_whose_everything_is_on_s3_is_published(cloud: Studio, s3: S3) -> None:
    with cloud.bridge() as bridge:
        result = bridge.publish(cloud.post(video=s3.url("clips/spring.mp4")))

    assert result.state == State.PUBLISHED
    (arrived,) = cloud.arrived()
    assert arrived["sha256"] == sha256(s3.get("clips/spring.mp4")).hexdigest()
    assert streams(s3) == [f"bytes=0-{SIZE - 1}"]
    assert "tokens/acme.account" in s3.names()
    assert events(s3)[-1] == "post.uploading"
    assert "post.published" in events(s3)


def test_the_command_line_does_it_and_shows_no_secret(
    cloud: Studio, s3: S3, capsys: pytest.CaptureFixture[str]
) -> None:
    (cloud.folder / "posts.yaml").write_text(
        "version: 1\ndefaults: {account: acme}\nposts:\n"
        f'  - {{id: one, video: "{s3.url("clips/spring.mp4")}", privacy: SELF_ONLY}}\n'
    )
    assert cloud.run("auth", "refresh", "acme") == 0
    assert cloud.publish() == 0

    said = "".join(capsys.readouterr())
    assert "PUBLISHED" in said.upper()
    assert SECRET_KEY not in said
    assert len(cloud.arrived()) == 1


def test_a_stream_that_breaks_off_costs_no_chunk(cloud: Studio, s3: S3) -> None:
    s3.fail("GET", where=TO_THE_END, cut_at=17_000_000)
    with cloud.bridge() as bridge:
        result = bridge.publish(cloud.post(video=s3.url("clips/spring.mp4")))

    assert result.state == State.PUBLISHED
    first, second = (
        int(one.removeprefix("bytes=").split("-")[0]) for one in streams(s3)
    )
    assert first == 0
    assert 17_000_000 - READ < second <= 17_000_000
    assert cloud.arrived()[0]["chunks"] == [
        [0, 9_999_999],
        [10_000_000, 19_999_999],
        [20_000_000, SIZE - 1],
    ]


def test_a_chunk_that_tiktok_did_not_get_is_read_again(cloud: Studio, s3: S3) -> None:
    cloud.sandbox.faults("upload", [{"kind": "reset_after_bytes", "bytes": 12_000_000}])
    with cloud.bridge() as bridge:
        result = bridge.publish(cloud.post(video=s3.url("clips/spring.mp4")))

    assert result.state == State.PUBLISHED
    cloud.sandbox.assert_consumed()
    (arrived,) = cloud.arrived()
    assert arrived["sha256"] == sha256(s3.get("clips/spring.mp4")).hexdigest()


def test_a_video_that_is_replaced_in_the_middle_is_not_published(
    cloud: Studio, s3: S3
) -> None:
    other = bytes(SIZE)
    put = partial(s3.put, "clips/spring.mp4", other)
    s3.fail("GET", where=TO_THE_END, cut_at=12_000_000, then=put)
    with cloud.bridge() as bridge:
        result = bridge.publish(cloud.post(video=s3.url("clips/spring.mp4")))

    assert result.failure is not None
    assert "has been replaced" in result.failure.message
    assert cloud.arrived() == []


def test_a_bucket_for_events_that_is_down_holds_up_no_post(
    cloud: Studio, s3: S3
) -> None:
    s3.proxy.forbidden = f"PUT /{s3.bucket}/events/"
    with cloud.bridge() as bridge:
        result = bridge.publish(cloud.post(video=s3.url("clips/spring.mp4")))
    missed = events(s3)
    s3.proxy.forbidden = ""
    cloud.clock.sleep(LONGEST_PAUSE)
    with cloud.bridge() as bridge:
        bridge.publish(cloud.post(video=s3.url("clips/spring.mp4")))

    assert result.state == State.PUBLISHED
    assert missed == []
    assert "post.published" in events(s3)


def test_processes_at_once_renew_a_token_once(cloud: Studio) -> None:
    ending = cloud.sandbox.token("acme") | {"expires_in": 60}
    (cloud.folder / "token.json").write_text(json.dumps(ending))
    assert cloud.run("auth", "import", "acme", str(cloud.folder / "token.json")) == 0
    before = cloud.calls("token")
    (cloud.folder / "posts.yaml").write_text(
        "version: 1\ndefaults: {account: acme}\nposts:\n"
        "  - {id: one, video: clip.mp4, privacy: SELF_ONLY}\n"
    )
    program = (sys.executable, "-m", "tiktok_bridge", "--config")
    started = [
        subprocess.Popen(  # noqa: S603 - our own program
            [*program, cloud.folder / "bridge.yaml", "check", "--online", "posts.yaml"],
            cwd=cloud.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(os.environ),
        )
        for _ in range(3)
    ]
    said = [one.communicate() for one in started]

    assert [one.returncode for one in started] == [0] * 3, said
    assert cloud.calls("token") == before + 1
