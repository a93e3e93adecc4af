"""The documents say what the program does."""

from __future__ import annotations

import inspect
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import click
import pytest
from click.testing import CliRunner

import tiktok_bridge
from tiktok_bridge import (
    BusyError,
    MediaError,
    State,
    cli,
    errors,
    hookspecs,
    host,
    testing,
)
from tiktok_bridge.ledger.states import MOVES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tiktok_bridge_sandbox.handle import TikTokSandbox

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
DOCUMENTS = [
    *sorted(ROOT.glob("*.md")),
    *sorted(DOCS.glob("*.md")),
    *sorted(ROOT.glob("plugins/*/README.md")),
    ROOT / "diagnostics" / "README.md",
    ROOT / "examples" / "README.md",
]
MEMBERS = {path.parent.name for path in ROOT.glob("[pd]*/**/pyproject.toml")}

_LINK = re.compile(r"\]\((?!https?://)([^)#\s]*)(?:#([^)\s]*))?\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_BLOCK = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(name: str, language: str) -> list[str]:
    """Return the code blocks of a document that are in *language*."""
    return [text for kind, text in _BLOCK.findall(read(name)) if kind == language]


def section(name: str, heading: str) -> str:
    """Return what a document says under *heading*, up to the next heading."""
    _, found, rest = read(name).partition(f"\n{heading}\n")
    assert found, f"{name} has no heading {heading!r}"
    return re.split(r"^##+ ", rest, maxsplit=1, flags=re.MULTILINE)[0]


# What people type


@pytest.fixture
def program() -> click.Group:
    """The command line with the plugins of this repository, and no others."""
    ours = [point for point in host.installed_plugins() if point.name in MEMBERS]
    return cli.build(host.load(ours))


def test_the_help_in_the_readme_is_the_real_one(program: click.Group) -> None:
    run = CliRunner().invoke(
        program, ["--help"], prog_name="tiktok-bridge", env={"COLUMNS": "80"}
    )

    assert f"$ tiktok-bridge --help\n{run.output}" in blocks("README.md", "console")


def commands(group: click.Group, prefix: str = "tiktok-bridge") -> Iterator[str]:
    for name, command in group.commands.items():
        yield f"{prefix} {name}"
        if isinstance(command, click.Group):
            yield from commands(command, f"{prefix} {name}")


def test_every_command_and_every_option_is_named(program: click.Group) -> None:
    text = read("docs/commands.md")
    options = {
        option
        for path in commands(program)
        for parameter in find(program, path).params
        for option in parameter.opts
        if option.startswith("-") and not path.endswith("sandbox")
    }

    assert [path for path in commands(program) if f"`{path}" not in text] == []
    assert [one for one in options if f"`{one}" not in text] == []


def find(group: click.Group, path: str) -> click.Command:
    found: click.Command = group
    for name in path.split()[1:]:
        assert isinstance(found, click.Group)
        found = found.commands[name]
    return found


def test_every_report_has_its_schema_named() -> None:
    text = read("docs/commands.md")

    names = [path.name for path in (ROOT / "schemas").glob("*-report.schema.json")]
    assert [name for name in names if f"`{name}`" not in text] == []


def test_the_test_command_of_the_readme_exists() -> None:
    assert "\n```\nmake test\n```\n" in section("README.md", "### Tests")


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_every_target_that_a_document_names_is_in_the_makefile(document: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
    named = re.findall(r"(?:`|^|\$ )make ([a-z]+)", read(document), re.MULTILINE)

    assert named
    assert set(named) <= targets


# The tutorial


def test_the_tutorial_works_as_it_is_typed(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tiktok_sandbox: TikTokSandbox,
) -> None:
    (tmp_path / "clone").mkdir()
    monkeypatch.chdir(tmp_path / "clone")
    tutorial = section("README.md", "## Ten minutes without credentials")
    typed = re.findall(r"^\$ (.+)\n((?:(?!\$ |```).*\n)*)", tutorial, re.MULTILINE)

    for command, shown in typed:
        said = obey(shlex.split(command), tiktok_sandbox, monkeypatch, capsys)
        if said is not None:
            missing = [line for line in shown.splitlines() if not is_in(said, line)]
            assert missing == [], f"$ {command}\n{said}"

    assert len(typed) == 10
    assert len(tiktok_sandbox.state()["publishes"]) == 1


def obey(
    words: list[str],
    sandbox: TikTokSandbox,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> str | None:
    """Do what the tutorial says; return what was said, None where nobody ran."""
    if words[0] == "cd":
        monkeypatch.chdir(words[1])
    elif words[:2] == ["tiktok-bridge", "sandbox"]:
        start_sandbox(Path(words[words.index("--tokens") + 1]), sandbox)
    elif words[0] == "tiktok-bridge":
        assert cli.run(words[1:]) == 0
        return "".join(capsys.readouterr())
    else:
        assert words in (["make", "demo"], ["source", ".venv/bin/activate"])
    return None


def start_sandbox(tokens: Path, sandbox: TikTokSandbox) -> None:
    """Put the test's sandbox, which has a port of its own, in the place of theirs."""
    config = Path("bridge.yaml")
    assert "http://127.0.0.1:3480" in config.read_text()
    config.write_text(
        config.read_text().replace("http://127.0.0.1:3480", sandbox.base_url)
    )
    tokens.mkdir()
    (tokens / "acme.json").write_text(json.dumps(sandbox.token("acme")))


def is_in(said: str, line: str) -> bool:
    """Tell whether *line* was said; `…` stands for anything."""
    pattern = ".*".join(re.escape(part) for part in line.rstrip().split("…"))
    return re.search(rf"^{pattern}\s*$", said, re.MULTILINE) is not None


# Hooks


def hooks() -> list[Callable[..., Any]]:
    marker = f"{hookspecs.PROJECT}_spec"
    return [one for one in vars(hookspecs).values() if hasattr(one, marker)]


@pytest.mark.parametrize("hook", hooks(), ids=lambda hook: hook.__name__)
def test_every_hook_has_a_heading_and_its_exact_signature(
    hook: Callable[..., Any],
) -> None:
    signature = inspect.signature(hook)
    written = str(signature).replace("'", "")
    text = section(
        "docs/hooks.md", f"## {hook.__name__}({', '.join(signature.parameters)})"
    )

    assert f"\ndef {hook.__name__}{written}: ...\n" in text


def promises() -> list[type]:
    """Return the protocols of what the hooks return."""
    every = [one for one in vars(hookspecs).values() if inspect.isclass(one)]
    return [one for one in every if one.__module__ == hookspecs.__name__]


@pytest.mark.parametrize("kind", promises(), ids=lambda kind: kind.__name__)
def test_every_method_of_a_protocol_is_shown_with_its_exact_signature(
    kind: type,
) -> None:
    shown = "".join(blocks("docs/hooks.md", "python"))
    for name, method in vars(kind).items():
        if inspect.isfunction(method) and not name.startswith("_"):
            written = str(inspect.signature(method)).replace("'", "")

            assert f"    def {name}{written}: ...\n" in shown


FROZEN = {
    "open_token_store": "(url: str) -> TokenStore | None",
    "open_media_source": "(url: str) -> MediaSource | None",
    "open_notifier": "(url: str) -> Notifier | None",
    "register_commands": "(cli: click.Group) -> None",
    "known_secrets": "() -> Iterable[str | bytes]",
    "TokenStore.load": "(self, account: str) -> bytes | None",
    "TokenStore.save": "(self, account: str, record: bytes) -> None",
    "TokenStore.delete": "(self, account: str) -> None",
    "TokenStore.accounts": "(self) -> list[str]",
    "TokenStore.lock": "(self, account: str, *, timeout: float)"
    " -> AbstractContextManager[None]",
    "RecoverableStore.where": "(self, account: str) -> str",
    "RecoverableStore.previous": "(self, account: str) -> bytes | None",
    "RecoverableStore.set_aside": "(self, account: str) -> str",
    "MediaSource.stat": "(self) -> MediaStat",
    "MediaSource.read": "(self, start: int, stop: int) -> Iterator[bytes | memoryview]",
    "PublicMedia.public_url": "(self) -> str | None",
    "Notifier.notify": "(self, event: Event) -> None",
    "BatchNotifier.notify_all": "(self, events: Sequence[Event]) -> None",
    "Checkable.health": "(self) -> str",
}
"""Version 1 of the hooks: what plugins out there are written for."""


@pytest.mark.parametrize("name", FROZEN)
def test_what_version_1_promised_is_still_so(name: str) -> None:
    promised: Any = hookspecs
    for part in name.split("."):
        promised = getattr(promised, part)

    assert str(inspect.signature(promised)).replace("'", "") == FROZEN[name]


def test_no_promise_is_forgotten_in_the_frozen_ones() -> None:
    methods = {
        f"{kind.__name__}.{name}"
        for kind in promises()
        for name in vars(kind)
        if not name.startswith("_")
    }

    assert hookspecs.HOOK_VERSION == 1
    assert methods <= FROZEN.keys()


def hook_example(hook: str) -> ModuleType:
    """Return the example under the heading of *hook*, as a plugin's module."""
    text = read("docs/hooks.md").partition(f"\n## {hook}(")[2].partition("\n## ")[0]
    (code,) = [one for kind, one in _BLOCK.findall(text) if "@hookimpl" in one]
    module = ModuleType("example")
    exec(compile(code, "docs/hooks.md", "exec"), vars(module))  # noqa: S102 - of ours
    return module


def opened_example(hook: str, url: str, monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ANN401 - whatever it opens
    monkeypatch.setitem(sys.modules, "example", hook_example(hook))
    plugged = host.load([EntryPoint("example", "example", "tiktok_bridge")])
    assert plugged.broken == []
    return getattr(plugged, hook)(url)


def test_the_example_of_a_token_store_keeps_a_record(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = opened_example("open_token_store", "memory:", monkeypatch)
    store.save("acme", b"record")

    with store.lock("acme", timeout=0), pytest.raises(BusyError):
        store.lock("acme", timeout=0).__enter__()

    assert store.load("acme") == b"record"
    assert store.accounts() == ["acme"]
    store.delete("acme")
    assert store.load("acme") is None


def test_the_example_of_a_media_source_gives_its_bytes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = "data:video/mp4;base64,aGVsbG8="
    media = opened_example("open_media_source", url, monkeypatch)

    assert media.stat().size_bytes == 5
    assert b"".join(media.read(1, 4)) == b"ell"
    with pytest.raises(MediaError, match="is no video"):
        opened_example("open_media_source", "data:text/plain,a", monkeypatch)


def test_the_example_of_a_notifier_sets_the_time_of_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"touch:{tmp_path / 'news'}"
    opened_example("open_notifier", url, monkeypatch).notify(testing.make_event(1))

    assert (tmp_path / "news").exists()


def test_the_example_of_a_command_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    module = hook_example("register_commands")
    monkeypatch.setitem(sys.modules, "example", module)
    plugged = host.load([EntryPoint("example", "example", "tiktok_bridge")])
    run = CliRunner().invoke(cli.build(plugged), ["greet", "you"])

    assert (run.output, run.exit_code) == ("hello you\n", 0)


def test_the_example_of_secrets_names_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAULT_TOKEN", "hvs.hunter2hunter2")

    assert hook_example("known_secrets").known_secrets() == ["hvs.hunter2hunter2"]


@pytest.mark.parametrize("hook", hooks(), ids=lambda hook: hook.__name__)
def test_every_hook_has_an_example_that_runs(hook: Callable[..., Any]) -> None:
    assert callable(getattr(hook_example(hook.__name__), hook.__name__))


@pytest.mark.parametrize("hook", hooks(), ids=lambda hook: hook.__name__)
def test_every_hook_that_returns_something_has_a_contract(
    hook: Callable[..., Any],
) -> None:
    returned = inspect.signature(hook).return_annotation.removesuffix(" | None")
    if returned == "None":
        return
    kind = {
        "known_secrets": "KnownSecrets",
        "register_checks": "Checks",
        "register_collectors": "Collectors",
    }.get(hook.__name__, returned)
    contract = f"{kind}Contract"
    heading = f"## {hook.__name__}({', '.join(inspect.signature(hook).parameters)})"

    assert inspect.isclass(getattr(testing, contract))
    assert f"`{contract}`" in section("docs/hooks.md", heading)


def test_every_contract_is_in_the_table() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", read("docs/hooks.md"), re.MULTILINE)
    contracts = {name for name in testing.__all__ if name.endswith("Contract")}

    assert contracts <= set(rows)


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The plugin of docs/hooks.md, written to files."""
    project, *_ = blocks("docs/hooks.md", "toml")
    module, test = (
        one for one in blocks("docs/hooks.md", "python") if "tiktok_bridge_log" in one
    )
    (tmp_path / "pyproject.toml").write_text(project)
    (tmp_path / "tiktok_bridge_log.py").write_text(module)
    (tmp_path / "test_tiktok_bridge_log.py").write_text(test)
    return tmp_path


def test_the_example_plugin_opens_what_it_says(
    example: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.syspath_prepend(example)
    project = tomllib.loads((example / "pyproject.toml").read_text())["project"]
    ((name, module),) = project["entry-points"]["tiktok_bridge"].items()

    plugged = host.load([EntryPoint(name, module, "tiktok_bridge")])
    plugged.open_notifier("log:posts").notify(testing.make_event(1))

    assert plugged.broken == []
    assert json.loads(caplog.records[0].message) == testing.make_event(1)


def test_the_example_plugin_keeps_its_contract(example: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=example,
        env=os.environ | {"PYTHONPATH": str(example)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout
    assert "8 passed, 1 skipped" in run.stdout


# Configuration


def schema(name: str) -> dict[str, Any]:
    text = read(f"schemas/{name}.schema.json")
    value: dict[str, Any] = json.loads(text)
    return value


def keys(rule: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield every key that *rule* allows, with its row in the reference."""
    for name, of_key in rule.get("properties", {}).items():
        path = f"{prefix}{name}"
        is_required = name in rule.get("required", [])
        yield path, row(path, of_key, is_required=is_required)
        yield from keys(of_key, f"{path}.")
        yield from keys(of_key.get("items", {}), f"{path}[].")


def row(path: str, rule: dict[str, Any], *, is_required: bool) -> str:
    if "enum" in rule:
        values = ", ".join(f"`{one}`" for one in rule["enum"])
    elif "const" in rule:
        values = f"`{rule['const']}`"
    else:
        values = NAMES[rule["type"]]
    default = f"`{rule['default']}`" if "default" in rule else ""
    needed = "required" if is_required else default
    return f"| `{path}` | {values} | {needed} | {rule['description']} |"


NAMES = {
    "array": "list",
    "boolean": "true or false",
    "integer": "whole number",
    "number": "number",
    "object": "mapping",
    "string": "text",
}


def test_every_key_of_bridge_yaml_is_in_the_reference() -> None:
    text = section("docs/configuration.md", "## bridge.yaml")

    assert [line for _, line in keys(schema("bridge")) if line not in text] == []


def test_every_key_of_posts_yaml_is_in_the_reference() -> None:
    text = section("docs/configuration.md", "## posts.yaml")
    posts = schema("posts")
    of_post = [line for _, line in keys(posts["$defs"]["post"])]
    at_the_top = [
        row(key, rule, is_required=key in posts["required"])
        for key, rule in posts["properties"].items()
    ]

    assert [line for line in [*at_the_top, *of_post] if line not in text] == []


def test_defaults_take_the_keys_that_the_reference_says() -> None:
    posts = schema("posts")
    of_post = posts["$defs"]["post"]["properties"].keys()
    of_defaults = posts["properties"]["defaults"]["properties"].keys()

    assert of_post - of_defaults == {"id", "video", "photos", "cover"}
    assert of_defaults - of_post == set()


# Errors and states


def test_the_tree_of_errors_is_the_one_in_the_code() -> None:
    _, _, tree = inspect.getdoc(errors).partition("\n\n")  # type: ignore[union-attr] # it has one
    tree = inspect.cleandoc(tree.partition("\n\n")[0])

    assert f"```\n{tree}\n```" in read("docs/errors.md")


@pytest.mark.parametrize("state", State)
def test_every_state_is_explained_with_its_moves(state: State) -> None:
    states = section("docs/errors.md", "## States of a post")
    (line,) = re.findall(rf"^\| `{state}` \|.+$", states, re.MULTILINE)
    moves = re.findall(r"`([A-Z_]+)`", line.rsplit("|", 2)[1])

    assert set(moves) == MOVES[state] - {state}


# The whole


def test_every_public_name_is_in_a_document() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in DOCUMENTS)
    words = set(re.findall(r"\w+", text))

    assert [name for name in tiktok_bridge.__all__ if name not in words] == []


def test_the_newest_change_is_of_this_version() -> None:
    newest = re.search(r"^## \[([^]]+)\]", read("CHANGELOG.md"), re.MULTILINE)

    assert newest
    assert newest[1] == tomllib.loads(read("pyproject.toml"))["project"]["version"]


@pytest.mark.parametrize(
    "document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT))
)
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    broken = []
    for target, anchor in _LINK.findall(document.read_text(encoding="utf-8")):
        path = document.parent / target if target else document
        if not path.exists() or (anchor and anchor not in anchors(path)):
            broken.append(f"{target}#{anchor}")

    assert broken == []


def anchors(path: Path) -> set[str]:
    """Return the anchors that GitHub gives to the headings of *path*."""
    headings = _HEADING.findall(path.read_text(encoding="utf-8"))
    plain = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings]
    return {heading.replace(" ", "-") for heading in plain}


def test_the_picture_shows_the_demo_and_no_folder_of_ours() -> None:
    picture = read("docs/demo.svg")

    assert "the&#160;demo&#160;ended&#160;as&#160;it&#160;should" in picture
    assert "](docs/demo.svg)" in read("README.md")
    assert not re.search(r"/(tmp|home|root|work)\b", picture)
    assert "@font-face" not in picture


def test_the_page_of_the_checks_is_up_to_date() -> None:
    program = [sys.executable, str(ROOT / "scripts" / "make_checks.py"), "--check"]

    run = subprocess.run(program, check=False)  # noqa: S603 - our own program

    assert run.returncode == 0, "run scripts/make_checks.py"
