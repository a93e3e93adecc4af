"""The script and the management command of examples/ publish what they are told."""

from __future__ import annotations

import os
import runpy
import sys
from functools import partial
from io import StringIO
from typing import TYPE_CHECKING

import django
import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from tests.examples.conftest import EXAMPLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.examples.conftest import Studio

REFUSED = "unaudited_client_can_only_post_to_private_accounts"


# The scripts


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Run a program of the folder as if its name had been typed."""

    def run(name: str, *arguments: str) -> int:
        monkeypatch.setattr(sys, "argv", [name, *arguments])
        with pytest.raises(SystemExit) as ended:
            runpy.run_path(str(EXAMPLES / name), run_name="__main__")
        assert isinstance(ended.value.code, int)
        return ended.value.code

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
    assert " has to act: " in said


def test_the_script_says_that_a_post_is_unfinished(
    studio: Studio, script: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    later = {"kind": "status", "status": 429, "retry_after": 3600}
    studio.sandbox.faults("video_init", [later])

    assert script("one", "clip.mp4", "--privacy", "SELF_ONLY") == 4

    assert "one PLANNED\n" in capsys.readouterr().out


def test_cron_brings_posts_to_their_end(
    studio: Studio, run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    studio.start_over(processing_seconds=60)
    with studio.bridge() as bridge:
        bridge.publish_all([studio.post(id=one) for one in ("one", "two")], wait=0)
    studio.sandbox.advance(60)
    capsys.readouterr()

    assert run("advance.py", "one", "two") == 0

    assert capsys.readouterr().out == "one PUBLISHED\ntwo PUBLISHED\n"


def test_cron_leaves_a_post_alone_on_which_another_process_works(
    studio: Studio, run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    studio.start_over(processing_seconds=60)
    with studio.bridge() as bridge:
        bridge.publish(studio.post(), wait=0)
        capsys.readouterr()
        with bridge.ledger.claims.hold(bridge.ledger.named("one").key):
            assert run("advance.py", "one") == 0

    assert capsys.readouterr() == ("", "")


def test_cron_is_told_of_a_post_that_nobody_sent(
    studio: Studio, run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("advance.py", "none") == 2

    said = capsys.readouterr().err
    assert "there is no post 'none'" in said
    assert "`tiktok-bridge posts list`" in said
    assert studio.arrived() == []


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


def test_the_command_does_not_wait_and_is_repeated_until_the_end(
    studio: Studio, command: Callable[..., str]
) -> None:
    studio.start_over(processing_seconds=60)
    arguments = ("one", "clip.mp4", "--privacy", "SELF_ONLY", "--title", "Hello")

    assert command(*arguments) == "one is PROCESSING\n"
    assert studio.calls("status") == 1
    assert command(*arguments) == "one is PROCESSING\n"
    studio.sandbox.advance(60)
    with studio.bridge() as elsewhere:
        elsewhere.advance("one", "acme")
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

    with pytest.raises(CommandError, match=rf"{REFUSED}(.|\n)* has to act: "):
        command("one", "clip.mp4", "--privacy", "SELF_ONLY")
