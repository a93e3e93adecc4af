"""Writing a plugin of one's own."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType

import pytest

from tiktok_bridge import cli, hookimpl, host
from tiktok_bridge.cli import scaffold
from tiktok_bridge.host import OPENERS

LONG = "a-name-of-exactly-30-signs-abc"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def checked(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own programs
        [sys.executable, "-m", *command],
        cwd=folder,
        env={k: v for k, v in os.environ.items() if not k.startswith("PYTEST")},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", ["ab", LONG])
def test_what_is_written_passes_at_once(name: str) -> None:
    assert len(LONG) == scaffold.LONGEST
    assert cli.run(["plugins", "new", name]) == 0
    folder = Path(f"tiktok-bridge-{name}")

    for command in (("ruff", "check"), ("ruff", "format", "--check")):
        assert checked(folder, *command, "--no-cache").returncode == 0
    tests = checked(folder, "pytest", "-q", "-p", "no:cacheprovider")
    assert tests.returncode == 0, tests.stdout
    assert "skipped" not in tests.stdout


def test_what_to_do_next_is_said_and_every_file_is_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.run(["plugins", "new", "my-vault", "below/a folder"]) == 0

    out = capsys.readouterr().out
    files = {str(path) for path in Path("below").rglob("*") if path.is_file()}
    assert {line[6:] for line in out.splitlines() if line.startswith("wrote ")} == files
    assert "  cd 'below/a folder'\n" in out
    assert not any("@" in path for path in files)
    assert "below/a folder/src/tiktok_bridge_my_vault/store.py" in files
    left = [Path(path).read_text().partition("@name@")[1] for path in files]
    assert left == [""] * len(files)


@pytest.mark.parametrize(
    "name",
    [
        *("", "a", "A", "Vault", "1vault", "va_ult", "-vault", "vault-", "va--ult"),
        *("../x", "a b", "va.ult", "v\xe4ult", "vault\n", "x" * 31),
    ],
)
def test_what_is_no_name_is_refused_and_nothing_is_written(
    name: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["plugins", "new", "--", name]) == 2

    assert "is no name of a plugin" in capsys.readouterr().err
    assert list(here.iterdir()) == []


@pytest.mark.parametrize("name", ["sandbox", "https", "unix", *set(OPENERS)])
def test_a_name_that_something_has_is_refused(
    name: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["plugins", "new", name]) == 2

    assert name in capsys.readouterr().err
    assert list(here.iterdir()) == []


@pytest.mark.parametrize("name", ["strange", "vault"])
def test_a_name_that_an_installed_plugin_has_is_refused(
    name: str, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = ModuleType("strange")
    vars(module)["open_notifier"] = hookimpl(lambda url: None)  # noqa: ARG005 - of the hook
    vars(module)["SCHEMES"] = {"open_notifier": ["vault"]}
    monkeypatch.setitem(sys.modules, "strange", module)
    point = EntryPoint("strange", "strange", "tiktok_bridge")
    monkeypatch.setattr(host, "installed_plugins", lambda: [point])

    assert cli.run(["plugins", "new", name]) == 2
    assert list(here.iterdir()) == []


def put_folder(path: Path) -> None:
    path.mkdir()


def put_file(path: Path) -> None:
    path.write_text("mine")


def put_dangling_link(path: Path) -> None:
    path.symlink_to("nowhere")


@pytest.mark.parametrize("put", [put_folder, put_file, put_dangling_link])
def test_what_exists_is_never_written_to(
    put: object, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = here / "tiktok-bridge-vault"
    assert callable(put)
    put(folder)
    before = folder.lstat()

    assert cli.run(["plugins", "new", "vault"]) == 2

    assert "exists already; nothing was written" in capsys.readouterr().err
    assert folder.lstat() == before
    assert list(here.rglob("*")) == [folder]


def test_a_place_that_cannot_be_written_is_told(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "file").touch()

    assert cli.run(["plugins", "new", "vault", "file/below"]) == 2
    assert "Not a directory" in capsys.readouterr().err
