"""What people type, what they read, and the status that scripts get."""

from __future__ import annotations

import json
import logging
import os
import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from tiktok_bridge import cli
from tiktok_bridge.config.schema import validator

if TYPE_CHECKING:
    from pathlib import Path

    from tests.journeys.conftest import Studio


def report(capsys: pytest.CaptureFixture[str], schema: str) -> dict[str, Any]:
    """Return what was printed as JSON, after holding it against its schema."""
    value: dict[str, Any] = json.loads(capsys.readouterr().out)
    jsonschema.validate(value, validator(schema).schema)
    return value


def test_publish_prints_a_table_and_says_all_done(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    assert studio.publish() == 0

    out, err = capsys.readouterr()
    assert "first-post  acme       PUBLISHED  107,354" in out
    assert "acme/first-post: uploading, 107,354 bytes" in err


def test_the_second_publish_says_that_nothing_was_sent(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    studio.publish()
    capsys.readouterr()

    assert studio.publish() == 0
    assert "before this run; nothing was sent" in capsys.readouterr().out
    assert studio.calls("video_init") == 1


def test_the_same_id_with_another_title_names_both_and_ends_with_2(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    studio.publish()
    posts = studio.folder / "posts.yaml"
    posts.write_text(posts.read_text().replace("My first", "My second"))

    assert studio.publish() == 2
    err = capsys.readouterr().err
    assert f"{posts}:5: posts[0].id: the id 'first-post' is taken" in err
    assert "My first post" in err
    assert "My second post" in err
    assert studio.calls("video_init") == 1


def test_a_failure_ends_with_1_and_tells_the_next_step(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    studio.sandbox.reset("unaudited-public-account")
    studio.log_in("acme")

    assert studio.publish() == 1
    out = " ".join(capsys.readouterr().out.split())
    assert "Set the TikTok account itself to private" in out
    assert "who acts: creator" in out
    assert "TikTok's log id: 20" in out


def test_a_post_that_needs_longer_ends_with_4(studio: Studio) -> None:
    studio.sandbox.reset(processing_seconds=3600)
    studio.log_in("acme")

    assert studio.publish("--wait", "0") == 4


@pytest.mark.parametrize("output", ["text", "json"])
def test_the_status_is_the_same_for_every_format(studio: Studio, output: str) -> None:
    studio.sandbox.reset(fail_reason="internal")
    studio.log_in("acme")

    assert studio.publish("--format", output) == 1


def test_reports_follow_their_schemas(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    json_format = ("--format", "json")
    studio.run("check", str(studio.folder / "posts.yaml"), *json_format)
    assert report(capsys, "check-report")["posts"] == 1
    studio.publish(*json_format)
    assert report(capsys, "publish-report")["results"][0]["state"] == "PUBLISHED"
    studio.run("posts", "list", *json_format)
    assert report(capsys, "posts-report")["posts"][0]["id"] == "first-post"
    studio.run("posts", "show", "first-post", *json_format)
    assert report(capsys, "post-report")["history"][-1]["state"] == "PUBLISHED"
    studio.run("posts", "events", *json_format)
    assert report(capsys, "events-report")["events"] == []
    studio.run("auth", "list", *json_format)
    assert report(capsys, "accounts-report")["accounts"][0]["account"] == "acme"
    studio.run("plugins", *json_format)
    told = report(capsys, "plugins-report")
    names = [one["name"] for one in told["plugins"]]
    assert " ".join(names) == "diagnostics file redis s3 sandbox webhook"
    assert [one["status"] for one in told["health"]] == ["ok", "ok"]


def test_plugins_shows_what_is_opened_and_whether_it_can_be_used(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    studio.configure("tokens: file:state/tokens", "tokens: nowhere://me:hunter22@x")
    capsys.readouterr()

    assert studio.run("plugins") == 0
    out = capsys.readouterr().out
    assert re.search(
        r"^s3 +tiktok-bridge-s3 [0-9.]+ +1 +ok +media, .*: s3; known", out, re.MULTILINE
    )
    assert "failed: no installed plugin opens nowhere: URLs →" in out
    assert "nowhere://me:***@x" in out
    assert re.search(
        r"^notify\[0\].to +file:///.+/events.jsonl +file +ok: ", out, re.MULTILINE
    )


@pytest.mark.parametrize("secret", ["", "#hunter2-hunter2", "#whsec_c2hvcnQ="])
def test_plugins_says_that_a_webhook_cannot_be_signed(
    secret: str, studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    studio.configure("file:state/events.jsonl", f"https://hooks.example/tiktok{secret}")
    capsys.readouterr()

    assert studio.run("plugins", "--format", "json") == 0
    text = capsys.readouterr().out
    told = json.loads(text)["health"][1]
    assert (told["name"], told["status"]) == ("notify[0].to", "failed")
    assert "the webhook to hooks.example" in told["words"]
    assert "${WEBHOOK_SECRET}" in told["hint"]
    assert not secret or secret not in text


def test_plugins_lists_them_without_a_configuration_that_can_be_read(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    (studio.folder / "bridge.yaml").write_text("version: 7\n")
    assert studio.run("plugins", "--format", "json") == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["health"] is None
    assert "bridge.yaml:1" in err

    (studio.folder / "bridge.yaml").unlink()
    assert studio.run("plugins") == 0
    assert "is not there, so no URL was asked" in capsys.readouterr().err


def test_a_report_of_bad_posts_follows_its_schema(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    (studio.folder / "posts.yaml").write_text("version: 1\nposts: [{id: a}]\n")
    capsys.readouterr()

    assert studio.publish("--format", "json") == 2
    problems = report(capsys, "publish-report")["problems"]
    assert {problem["key"] for problem in problems} >= {"posts[0].video"}


def test_events_in_the_file_follow_their_schema(studio: Studio) -> None:
    studio.publish()

    lines = (studio.folder / "state" / "events.jsonl").read_text().splitlines()
    assert len(lines) == 6
    for line in lines:
        jsonschema.validate(json.loads(line), validator("event").schema)


def test_events_that_nobody_took_are_listed_sent_again_and_dropped(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    file = studio.folder / "state" / "events.jsonl"
    file.mkdir(parents=True)
    studio.publish()
    capsys.readouterr()

    assert studio.run("posts", "events", "first-post", "--format", "json") == 0
    first, *others = report(capsys, "events-report")["events"]
    assert (first["state"], first["tries"], len(others)) == ("pending", 1, 5)
    assert first["event"]["type"] == "post.planned"
    studio.run("posts", "events", "--state", "pending")
    assert "events.jsonl' is a folder" in " ".join(capsys.readouterr().out.split())
    studio.run("posts", "events", "--state", "dead")
    assert capsys.readouterr().out == "no such events\n"
    assert studio.run("posts", "events", "nobody") == 2

    file.rmdir()
    assert studio.run("posts", "events", "--retry") == 0
    told = capsys.readouterr()
    assert told.out == "none is left\n"
    assert "6 event(s) tried again" in told.err
    assert len(file.read_text().splitlines()) == 6


def test_events_of_a_notifier_that_was_removed_can_be_dropped(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    (studio.folder / "state" / "events.jsonl").mkdir(parents=True)
    studio.publish()
    studio.configure("events.jsonl", "other.jsonl")
    capsys.readouterr()

    assert studio.run("posts", "events", "--forget") == 2
    assert studio.run("posts", "events", "--forget", "--retry") == 2
    assert studio.run("posts", "events", "--state", "removed", "--forget") == 0
    told = capsys.readouterr()
    assert "6 event(s) dropped" in told.err
    assert told.out == "no such events\n"


def test_posts_show_tells_everything_that_happened(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    studio.publish()
    capsys.readouterr()

    studio.run("posts", "show", "first-post")
    out = capsys.readouterr().out
    assert "TikTok accepted it as v_pub_file~" in out
    assert "TikTok says PUBLISH_COMPLETE" in out


def test_no_secret_reaches_any_output(
    studio: Studio,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    studio.sandbox.faults("upload", [{"kind": "status", "status": 503}])
    token = studio.sandbox.token()
    assert studio.publish() == 0
    studio.run("posts", "show", "first-post")
    studio.run("auth", "list")

    out, err = capsys.readouterr()
    events = (studio.folder / "state" / "events.jsonl").read_text()
    tokens = b"".join(
        path.read_bytes() for path in (studio.folder / "state" / "tokens").iterdir()
    )
    logged = "\n".join(
        f"{record.name} {record.getMessage()}"
        for record in caplog.records
        if not record.name.startswith("uvicorn")  # the sandbox's, not ours
    )
    assert "httpcore" in logged, "the control: everything was logged"
    shown = out + err + logged + events + tokens.decode("latin-1")
    for secret in (
        token["access_token"],
        token["refresh_token"],
        "upload_token",
        studio.sandbox.client_secret,
    ):
        assert secret not in shown


def test_the_ledger_and_the_keys_are_private(studio: Studio) -> None:
    studio.publish()

    for name in ("ledger.db", "keys.json"):
        assert (studio.folder / "state" / name).stat().st_mode & 0o077 == 0


def start(studio: Studio, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tiktok_bridge"]
    command += ["--config", str(studio.folder / "bridge.yaml"), *arguments]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)  # noqa: S603 - our own program


def read_until(process: subprocess.Popen[str], word: str) -> None:
    """Read what *process* says until it says *word*."""
    assert process.stderr
    assert any(word in line for line in process.stderr)


def test_ctrl_c_ends_with_130_and_the_next_run_continues(studio: Studio) -> None:
    studio.sandbox.reset(processing_seconds=3600)
    studio.log_in("acme")
    with start(studio, "publish", str(studio.folder / "posts.yaml")) as process:
        read_until(process, "processing")
        process.send_signal(signal.SIGINT)
        _, rest = process.communicate()

    assert process.returncode == 130
    assert "run it again to continue" in rest
    assert "Traceback" not in rest
    studio.sandbox.advance(3600)
    assert studio.publish() == 0
    assert studio.calls("video_init") == 1


def test_two_processes_at_once_publish_once(studio: Studio) -> None:
    posts = str(studio.folder / "posts.yaml")
    with start(studio, "publish", posts) as one, start(studio, "publish", posts) as two:
        assert one.stderr
        assert two.stderr
        texts = one.stderr.read() + two.stderr.read()

    assert (one.returncode, two.returncode) == (0, 0), texts
    assert "Traceback" not in texts
    assert studio.calls("video_init") == 1
    assert len(studio.arrived()) == 1


def test_a_killed_publish_is_taken_over_at_once(studio: Studio) -> None:
    studio.sandbox.reset(processing_seconds=3600)
    studio.log_in("acme")
    with start(studio, "publish", str(studio.folder / "posts.yaml")) as process:
        read_until(process, "processing")
        os.kill(process.pid, signal.SIGKILL)

    studio.sandbox.advance(3600)
    assert studio.publish("--wait", "30") == 0, "less than the claim would last"
    assert studio.calls("video_init") == 1


def test_an_import_from_stdin_needs_no_file(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "t.json"
    file.write_text(json.dumps({"data": studio.sandbox.token("studio")}))
    with file.open() as stdin:
        monkeypatch.setattr("sys.stdin", stdin)

        assert studio.run("auth", "import", "studio", "-") == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"access_token": "x"}',
        "\0",
        '{"error": "invalid_grant"}',
        '{"access_token": "act. x", "expires_in": 1}',
        '{"access_token": "act.é", "expires_in": 1}',
        '{"access_token": "act.x", "expires_in": 1, "refresh_token": "a\\u0007b"}',
    ],
)
def test_what_is_no_token_response_is_refused_without_showing_it(
    studio: Studio, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = studio.folder / "bad.json"
    file.write_text(text)

    assert studio.run("auth", "import", "acme", str(file)) == 2
    assert "is no token response of TikTok" in capsys.readouterr().err


def test_a_token_with_a_line_break_at_its_end_is_taken_without_it(
    studio: Studio,
) -> None:
    token = studio.sandbox.token()
    token["access_token"] += "\n"
    token["expires_in"] = 10**400
    file = studio.folder / "token.json"
    file.write_text(json.dumps(token))

    assert studio.run("auth", "import", "acme", str(file)) == 0
    assert studio.run("auth", "list") == 0
    assert studio.publish() == 0


def test_init_never_overwrites(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["init", str(tmp_path)]) == 0
    (tmp_path / "posts.yaml").write_text("mine")

    assert cli.run(["init", str(tmp_path)]) == 2
    assert (tmp_path / "posts.yaml").read_text() == "mine"
    assert "nothing was written" in capsys.readouterr().err


def test_the_demo_ends_as_it_should(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["demo", "--folder", str(tmp_path / "demo")]) == 0

    out = capsys.readouterr().out
    assert out.count("PUBLISHED") == 3
    assert out.count("  yes") == 4
    assert "IN_INBOX" in out
