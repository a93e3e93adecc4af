"""The keys that seal tokens are made, changed and listed by commands."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from tiktok_bridge.config.schema import validator

if TYPE_CHECKING:
    from pathlib import Path

    from tests.journeys.conftest import Studio

Captured = pytest.CaptureFixture[str]


def report(capsys: Captured, schema: str) -> dict[str, Any]:
    """Return what was printed as JSON, after holding it against its schema."""
    value: dict[str, Any] = json.loads(capsys.readouterr().out)
    jsonschema.validate(value, validator(schema).schema)
    return value


def listed(studio: Studio, capsys: Captured) -> dict[str, list[str]]:
    """Return the accounts that need each key, by its id."""
    capsys.readouterr()
    assert studio.run("keys", "list", "--format", "json") == 0
    found = report(capsys, "keys-report")
    assert found["ring"].endswith("state/keys.json")
    return {one["id"]: one["accounts"] for one in found["keys"]}


def ring(studio: Studio) -> Path:
    return studio.folder / "state" / "keys.json"


def test_a_key_is_changed_from_the_first_step_to_the_last(
    studio: Studio, capsys: Captured
) -> None:
    studio.log_in("studio")
    (old,) = listed(studio, capsys)

    assert studio.run("keys", "rotate") == 0
    assert "next: tiktok-bridge keys rewrap" in capsys.readouterr().out
    assert list(listed(studio, capsys).values()) == [["acme", "studio"], []]
    assert studio.run("keys", "retire", old) == 2
    assert "still needed by acme, studio" in capsys.readouterr().err
    assert studio.run("keys", "rewrap") == 0
    out = capsys.readouterr().out
    assert "sealed acme anew\nsealed studio anew\n" in out
    assert "2 sealed anew, 0 had it already, 0 failed" in out
    assert studio.run("keys", "retire", old) == 0
    assert list(listed(studio, capsys).values()) == [["acme", "studio"]]
    assert studio.publish() == 0


def test_no_command_shows_a_key(studio: Studio, capsys: Captured) -> None:
    studio.run("keys", "rotate")
    secrets = [one["key"] for one in json.loads(ring(studio).read_text())["keys"]]
    old = next(iter(listed(studio, capsys)))
    for command in (("list",), ("rewrap",), ("retire", old), ("rotate",), ("new",)):
        studio.run("keys", *command)

    said = "".join(capsys.readouterr())
    assert old in said
    assert [one for one in secrets if one in said] == []


def test_a_ring_is_made_before_the_first_token_and_never_replaced(
    studio: Studio, capsys: Captured
) -> None:
    shutil.rmtree(studio.folder / "state")

    assert studio.run("keys", "new") == 0
    before = ring(studio).read_bytes()
    assert studio.run("keys", "new") == 2
    assert "is there already" in capsys.readouterr().err
    assert ring(studio).read_bytes() == before
    studio.log_in("acme")
    assert list(listed(studio, capsys).values()) == [["acme"]]


def test_no_new_ring_takes_the_place_of_a_lost_one(
    studio: Studio, capsys: Captured
) -> None:
    ring(studio).unlink()

    assert studio.run("keys", "new") == 2
    assert "opens the tokens that are kept: acme" in capsys.readouterr().err
    assert not ring(studio).exists()


def test_a_damaged_record_is_named_and_the_others_are_sealed_anew(
    studio: Studio, capsys: Captured
) -> None:
    studio.log_in("studio")
    studio.run("keys", "rotate")
    tokens = studio.folder / "state" / "tokens"
    for ending in ("record", "prev"):
        (tokens / f"acme.{ending}").write_text("rubbish")
    capsys.readouterr()

    assert studio.run("keys", "rewrap") == 1
    out, err = capsys.readouterr()
    assert "1 sealed anew, 0 had it already, 1 failed" in out
    assert f"error: acme: the token record of 'acme' in {tokens}/acme.record" in err
    assert "auth login acme" in err
    assert studio.run("keys", "rewrap", "--format", "json") == 1
    first, second = report(capsys, "rewrap-report")["accounts"]
    assert first["error"]
    assert (second["changed"], second["error"]) == (False, None)


def test_a_copy_that_was_read_back_is_told_on_stderr(studio: Studio) -> None:
    (studio.folder / "state" / "tokens" / "acme.record").write_text("rubbish")
    config = str(studio.folder / "bridge.yaml")

    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "tiktok_bridge", "--config", config, "auth", "list"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "acme.record is damaged; its copy was read back" in done.stderr
    assert "acme" in done.stdout


def test_a_ring_in_the_environment_is_changed_through_a_file(
    studio: Studio, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RING", ring(studio).read_text())
    studio.configure("keys: file:state/keys.json", "keys: env:RING")
    changed = studio.folder / "ring.json"

    assert studio.run("keys", "rotate") == 2
    assert "keys rotate --to FILE" in capsys.readouterr().err
    assert studio.run("keys", "rotate", "--to", str(changed)) == 0
    assert changed.stat().st_mode & 0o777 == 0o600
    monkeypatch.setenv("RING", changed.read_text())
    assert studio.run("keys", "rewrap") == 0
    assert "1 sealed anew" in capsys.readouterr().out
    assert studio.publish() == 0
