"""What the command line does."""

from __future__ import annotations

import json
import signal
import stat
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import click
import httpx
import pytest
from click.testing import CliRunner

from tiktok_bridge_sandbox import register_commands
from tiktok_bridge_sandbox.command import sandbox
from tiktok_bridge_sandbox.scenarios import SCENARIOS
from tiktok_bridge_sandbox.server import bind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

COMMAND = [sys.executable, "-m", "tiktok_bridge_sandbox", "--port", "0"]


def start(*options: str) -> AbstractContextManager[subprocess.Popen[str]]:
    return subprocess.Popen(  # noqa: S603 - our own program
        [*COMMAND, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def program(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    options = ["--format", "json", "--tokens", str(tmp_path / "t")]
    with start(*options, "--scenario", "demo", "--switch", "limits=false") as process:
        assert process.stdout
        yield process, json.loads(process.stdout.readline())
        process.kill()


def test_the_first_line_tells_programs_everything(
    program: tuple[subprocess.Popen[str], dict[str, Any]], tmp_path: Path
) -> None:
    _, facts = program

    state = httpx.get(f"{facts['base_url']}/_sandbox/state").json()

    assert facts["scenario"] == state["scenario"] == "demo"
    assert state["switches"]["limits"] is False
    assert facts["client_key"]
    assert facts["client_secret"]
    assert facts["accounts"][0] == {
        "account": "acme",
        "visibility": "private",
        "token_file": str(tmp_path / "t" / "acme.json"),
    }


def test_token_files_open_the_server_and_nobody_else_reads_them(
    program: tuple[subprocess.Popen[str], dict[str, Any]], tmp_path: Path
) -> None:
    file = tmp_path / "t" / "acme.json"

    token = json.loads(file.read_text())["access_token"]

    answer = httpx.post(
        f"{program[1]['base_url']}/v2/post/publish/creator_info/query/",
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 200
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_without_a_word(
    program: tuple[subprocess.Popen[str], dict[str, Any]], number: int
) -> None:
    process, _ = program

    process.send_signal(number)
    out, err = process.communicate(timeout=10)

    assert (process.returncode, out, err) == (0, "", "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_before_the_first_line_ends_it_without_a_word(number: int) -> None:
    early = (
        "import os, signal, sys;"
        "from tiktok_bridge_sandbox import command;"
        "find = type('F', (), {'find_spec': lambda *a: a[1].endswith('foreground')"
        f" and os.kill(os.getpid(), {int(number)}) or None}})();"
        "sys.meta_path.insert(0, find);"
        "command.sandbox(['--port', '0'])"
    )

    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", early], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_failure_leaves_the_handlers_of_signals_alone() -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)

    CliRunner().invoke(sandbox, ["--scenario", "heaven"])

    after = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    assert after == before


def test_an_address_beyond_loopback_is_warned_of() -> None:
    with start("--host", "0.0.0.0") as process:  # noqa: S104 - the point
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.terminate()
        warning = process.stderr.read()

    assert warning == "Warning: 0.0.0.0 is not loopback: others may use it.\n"


def test_the_text_shows_a_configuration_to_copy() -> None:
    with start() as process:
        assert process.stdout
        lines = [process.stdout.readline() for _ in range(18)]
        process.kill()

    text = "".join(lines)
    assert "acme: public account" in text
    assert "base_url: http://127.0.0.1:" in text


def test_a_port_in_use_is_one_line_and_exit_1() -> None:
    with bind("127.0.0.1", 0) as taken:
        port = str(taken.getsockname()[1])
        result = CliRunner().invoke(sandbox, ["--port", port])

    assert result.exit_code == 1
    assert result.output.startswith("Error: cannot listen on 127.0.0.1 port ")
    assert port in result.output
    assert result.output.count("\n") == 1


@pytest.mark.parametrize(
    "options",
    [
        ["--scenario", "heaven"],
        ["--switch", "limits"],
        ["--switch", "colour=red"],
        ["--switch", "megabyte=metric"],
        ["--switch", "processing_seconds=NaN"],
        ["--switch", "verified=\udcff"],
        ["--switch", "expires_in=" + "[" * 100_000],
        ["--host", ""],
    ],
)
def test_an_option_that_makes_no_sense_is_exit_2(options: list[str]) -> None:
    result = CliRunner().invoke(sandbox, ["--port", "0", *options])

    assert result.exit_code == 2
    assert "\nError: " in result.output


def test_a_folder_that_cannot_be_written_is_exit_1(tmp_path: Path) -> None:
    (tmp_path / "acme.json").mkdir()

    result = CliRunner().invoke(sandbox, ["--port", "0", "--tokens", str(tmp_path)])

    assert result.exit_code == 1
    assert result.output.startswith("Error: cannot write the tokens: ")


def test_the_listing_names_every_scenario() -> None:
    text = CliRunner().invoke(sandbox, ["scenarios"]).output
    listed = json.loads(
        CliRunner().invoke(sandbox, ["scenarios", "--format", "json"]).output
    )

    assert [part.split()[0] for part in text.split("\n\n")] == list(SCENARIOS)
    assert [entry["scenario"] for entry in listed["scenarios"]] == list(SCENARIOS)


def test_the_help_begins_with_what_it_does_not_do() -> None:
    text = CliRunner().invoke(sandbox, ["--help"]).output

    assert "publishes nothing" in text
    assert text.index("decodes no video") < text.index("What it does")


def test_the_plugin_adds_the_command_to_a_command_line() -> None:
    cli = click.Group()

    register_commands(cli)

    assert list(cli.commands) == ["sandbox"]


def test_loading_the_plugin_loads_no_server() -> None:
    code = (
        "import sys, tiktok_bridge_sandbox.command;"
        "print({'starlette', 'uvicorn', 'asyncio'} & set(sys.modules))"
    )

    loaded = subprocess.check_output([sys.executable, "-c", code], text=True)  # noqa: S603 - our own program

    assert loaded.strip() == "set()"
