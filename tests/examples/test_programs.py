"""The script and the management command of examples/ publish what they are told."""

from __future__ import annotations

import os
import runpy
import sys
import time
from functools import partial
from io import StringIO
from typing import TYPE_CHECKING

import django
import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from tests.examples.conftest import EXAMPLES
from tiktok_bridge.publish.recipient import LONGEST_PAUSE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.examples.conftest import Studio

REFUSED = "unaudited_client_can_only_post_to_private_accounts"
LATER = {"kind": "status", "status": 429, "retry_after": 3600}
UNHEARD_OF = {"kind": "status", "status": 400, "code": "never_seen_before"}


# The scripts


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Run a program of the folder as if its name had been typed."""

    def run(name: str, *arguments: str) -> int:
        monkeypatch.setattr(sys, "argv", [name, *arguments])
        status: object = 0
        try:
            runpy.run_path(str(EXAMPLES / name), run_name="__main__")
        except SystemExit as ended:
            status = ended.code
        assert isinstance(status, int)
        return status

    return run


@pytest.fixture
def script(run: Callable[..., int]) -> Callable[..., int]:
    return partial(run, "publish_one.py")


def test_the_script_publishes_once_however_often_it_runs(
    studio: Studio, script: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        capsys.readouterr()
        assert script("one", "clip.mp4", "--privacy", "SELF_ONLY") == 0
        assert capsys.readouterr().out == "one PUBLISHED\n"

    assert len(studio.arrived()) == 1


def test_the_script_asks_for_a_privacy(
    studio: Studio, script: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert script("one", "clip.mp4") == 2

    assert "--privacy" in capsys.readouterr().err
    assert studio.calls("video_init") == 0


def test_the_script_says_what_is_wrong_and_what_helps(
    studio: Studio, script: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert script("one", "clip.mp4", "--privacy", "EVERYBODY") == 2

    said = capsys.readouterr().err
    assert "EVERYBODY" in said
    assert "→" in said
    assert studio.calls("video_init") == 0


def test_the_script_says_what_is_wrong_with_the_settings(
    studio: Studio, script: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    studio.configure("tokens: file:state/tokens", "tokens: nowhere://tokens")

    assert script("one", "clip.mp4", "--privacy", "SELF_ONLY") == 2

    said = capsys.readouterr().err
    assert "nowhere:" in said
    assert "install a plugin" in said


def test_the_script_says_who_has_to_act(
    studio: Studio, script: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    studio.start_over("unaudited-public-account")

    assert script("one", "clip.mp4", "--privacy", "SELF_ONLY") == 1

    said = capsys.readouterr().err
    assert REFUSED in said
    assert "who acts: " in said


def test_the_script_says_that_a_post_is_unfinished(
    studio: Studio, script: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    studio.sandbox.faults("video_init", [LATER])

    assert script("one", "clip.mp4", "--privacy", "SELF_ONLY") == 4

    assert "one PLANNED\n" in capsys.readouterr().out


def test_the_script_says_what_happened_where_tiktok_named_nobody(
    studio: Studio, script: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    studio.sandbox.faults("video_init", [UNHEARD_OF])

    assert script("one", "clip.mp4", "--privacy", "SELF_ONLY") == 1

    said = capsys.readouterr().err
    assert "never_seen_before" in said
    assert said.endswith("who acts: you\n")
    assert "None" not in said


# Cron, and the worker


@pytest.fixture
def accepted(studio: Studio, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The ids of two posts that a site has kept."""
    with studio.bridge() as bridge:
        ids = [bridge.accept(studio.post(id=one)).id for one in ("one", "two")]
    capsys.readouterr()
    return ids


def test_cron_brings_what_was_accepted_to_its_end(
    studio: Studio,
    accepted: list[str],
    run: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run("advance.py") == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[-2:] == [f"{one} PUBLISHED" for one in accepted]
    assert run("advance.py") == 0
    assert capsys.readouterr().out == "", "nothing was left to do"
    assert studio.calls("video_init") == 2


def test_cron_does_not_wait_for_tiktok(
    studio: Studio,
    accepted: list[str],
    run: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
) -> None:
    studio.start_over(processing_seconds=3600)
    capsys.readouterr()

    assert run("advance.py") == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[-2:] == [f"{one} PROCESSING" for one in accepted]


@pytest.mark.usefixtures("accepted")
def test_cron_leaves_a_post_alone_on_which_another_process_works(
    studio: Studio, run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    with studio.held("one"):
        assert run("advance.py") == 0

    lines = capsys.readouterr().out.splitlines()
    assert {line.split()[0] for line in lines} == {"two"}
    assert lines[-1] == "two PUBLISHED"


def test_cron_tells_the_posts_of_two_accounts_apart(
    studio: Studio, run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    studio.log_in("studio")
    with studio.bridge() as bridge:
        for account in ("acme", "studio"):
            bridge.accept(studio.post(account=account))
    capsys.readouterr()

    assert run("advance.py") == 0

    assert capsys.readouterr().out.endswith("one PUBLISHED\none PUBLISHED\n")
    assert len(studio.arrived()) == 2


def test_the_worker_delivers_what_a_notifier_has_missed(studio: Studio) -> None:
    events = studio.folder / "state" / "events.jsonl"
    events.unlink(missing_ok=True)
    events.mkdir()
    with studio.bridge() as bridge:
        bridge.publish(studio.post())
    events.rmdir()
    studio.clock.sleep(LONGEST_PAUSE)

    studio.work()

    assert "post.published" in events.read_text()


def test_cron_says_what_is_wrong_with_the_settings(
    studio: Studio, run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    studio.configure("version: 1", "version: one")

    assert run("advance.py") == 2

    assert "bridge.yaml:2" in capsys.readouterr().err


def test_a_worker_goes_on_with_what_comes_until_somebody_ends_it(
    studio: Studio,
    run: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        with studio.bridge() as site:
            result = site.find("one")
            if result is None:
                site.accept(studio.post())
            elif result.has_ended:
                raise KeyboardInterrupt

    monkeypatch.setattr(time, "sleep", sleep)

    assert run("advance.py", "--every", "2") == 130

    assert capsys.readouterr().out.endswith("one PUBLISHED\n")
    assert set(slept) == {2.0}


# The management command


@pytest.fixture
def command(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., str]]:
    """Run the command as a site would whose settings lead to *studio*."""
    monkeypatch.syspath_prepend(EXAMPLES / "django_site")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
    django.setup()

    def run(*arguments: str) -> str:
        said = StringIO()
        call_command("tiktok_publish", *arguments, stdout=said, no_color=True)
        return said.getvalue()

    config = {"CONFIG": studio.folder / "bridge.yaml", "ACCOUNT": "acme"}
    with override_settings(TIKTOK_BRIDGE=config):
        yield run


def test_the_command_publishes_once_however_often_it_runs(
    studio: Studio, command: Callable[..., str]
) -> None:
    arguments = ("one", "clip.mp4", "--privacy", "SELF_ONLY", "--title", "Hello")

    assert command(*arguments) == "one is PUBLISHED\n"
    assert command(*arguments) == "one is PUBLISHED\n"

    assert studio.calls("video_init") == 1


def test_the_command_waits_for_the_end(
    studio: Studio, command: Callable[..., str]
) -> None:
    studio.sandbox.faults("status", [{"kind": "status", "status": 503}])

    said = command("one", "clip.mp4", "--privacy", "SELF_ONLY")

    assert said == "one is PUBLISHED\n"
    studio.sandbox.assert_consumed()


def test_the_command_says_that_a_post_is_unfinished(
    studio: Studio, command: Callable[..., str]
) -> None:
    studio.sandbox.faults("video_init", [LATER])
    arguments = ("one", "clip.mp4", "--privacy", "SELF_ONLY", "--wait", "0")

    assert command(*arguments) == "one is PLANNED\n"


def test_the_command_says_what_happened_where_tiktok_named_nobody(
    studio: Studio, command: Callable[..., str]
) -> None:
    studio.sandbox.faults("video_init", [UNHEARD_OF])

    with pytest.raises(CommandError, match=r"never_seen_before(.|\n)*who acts: you$"):
        command("one", "clip.mp4", "--privacy", "SELF_ONLY")


def test_the_command_leaves_the_rest_to_the_worker(
    studio: Studio, command: Callable[..., str]
) -> None:
    studio.start_over(processing_seconds=60)
    arguments = ("one", "clip.mp4", "--privacy", "SELF_ONLY", "--wait", "0")

    assert command(*arguments) == "one is PROCESSING\n"
    assert studio.calls("status") == 1
    studio.clock.sleep(60)
    studio.work()
    assert command(*arguments) == "one is PUBLISHED\n"

    assert studio.calls("video_init") == 1


def test_the_command_asks_for_a_privacy(
    studio: Studio, command: Callable[..., str]
) -> None:
    with pytest.raises(CommandError, match="--privacy"):
        command("one", "clip.mp4")

    assert studio.calls("video_init") == 0


def test_the_command_says_what_is_wrong_and_what_helps(
    studio: Studio, command: Callable[..., str]
) -> None:
    with pytest.raises(CommandError, match=r"EVERYBODY(.|\n)*→"):
        command("one", "clip.mp4", "--privacy", "EVERYBODY")

    assert studio.calls("video_init") == 0


def test_the_command_says_what_is_wrong_with_the_settings(
    studio: Studio, command: Callable[..., str]
) -> None:
    studio.configure("tokens: file:state/tokens", "tokens: nowhere://tokens")

    with pytest.raises(CommandError, match=r"nowhere:(.|\n)*install a plugin"):
        command("one", "clip.mp4", "--privacy", "SELF_ONLY")


def test_the_command_says_who_has_to_act(
    studio: Studio, command: Callable[..., str]
) -> None:
    studio.start_over("unaudited-public-account")

    with pytest.raises(CommandError, match=rf"{REFUSED}(.|\n)*who acts: "):
        command("one", "clip.mp4", "--privacy", "SELF_ONLY")
