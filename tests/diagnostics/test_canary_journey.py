"""A whole journey with planted secrets leaves none of them where others may look."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import httpx
import pytest

from tests.diagnostics.canary import LIMITS, PERSONAL, SECRETS, SEEDS
from tests.diagnostics.mirror import Mirror, mirror
from tiktok_bridge import Bridge, BridgeError, Secret, cli, read_redirect
from tiktok_bridge.cli import starter
from tiktok_bridge_diagnostics import cassette, gate
from tiktok_bridge_diagnostics.doctor import examine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge_sandbox.handle import TikTokSandbox

FORMATS = ("text", "json", "junit", "sarif", "md")

Artefacts = dict[str, bytes]


class Journey:
    """An installation of the seeds, and what it leaves behind.

    Attributes:
        shared: What is made to be sent to others, by name.
        local: What stays with whoever runs the bridge.
    """

    def __init__(
        self, folder: Path, server: Mirror, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.folder = folder
        self.shared: Artefacts = {}
        self.local: Artefacts = {}
        self._capsys = capsys
        self._config = str(folder / "bridge.yaml")
        named = "${SECRET}"
        app = starter.sandbox_app(server.base_url, client_secret=named)
        password = quote(SEEDS["redis_password"], safe="")
        posts = starter.POSTS.replace(
            '"My first post #hello"',
            json.dumps(f"{SEEDS['caption']} {SEEDS['email']}"),
        )
        starter.write(folder, app, posts)
        text = Path(self._config).read_text()
        place = f'notify:\n  - {{to: "redis://:{password}@127.0.0.1:1/0"}}'
        Path(self._config).write_text(text.replace("notify:", place))

    def run(self, name: str, *arguments: str, shared: bool = False) -> int:
        """Run a command and keep what it prints."""
        status = cli.run(["--config", self._config, *arguments])
        said = self._capsys.readouterr()
        (self.shared if shared else self.local)[f"{name} stdout"] = said.out.encode()
        self.local[f"{name} stderr"] = said.err.encode()
        return status

    def program(self, name: str, *arguments: str) -> None:
        """Run the program, and keep its arguments, its output and what it leaves."""
        temporary = self.folder / "tmp"
        temporary.mkdir()
        command = [sys.executable, "-m", "tiktok_bridge", "-v", "--config"]
        with subprocess.Popen(  # noqa: S603 - our own program
            [*command, self._config, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=os.environ | {"TMPDIR": str(temporary)},
        ) as process:
            with suppress(OSError):
                arguments_file = Path(f"/proc/{process.pid}/cmdline")
                self.local[f"{name} arguments"] = arguments_file.read_bytes()
            out, err = process.communicate(timeout=60)
        self.local |= {f"{name} stdout": out, f"{name} stderr": err}
        left = [one.read_bytes() for one in temporary.rglob("*") if one.is_file()]
        self.local["temporary files"] = b"\n".join(left)

    def file(self, name: str, *, shared: bool) -> None:
        """Keep what is in the file *name*."""
        kept = (self.folder / name).read_bytes()
        (self.shared if shared else self.local)[name] = kept


@pytest.fixture
def journey(
    tmp_path: Path,
    tiktok_sandbox: TikTokSandbox,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[tuple[Journey, Mirror]]:
    monkeypatch.setenv("SECRET", SEEDS["client_secret"])
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", SEEDS["s3_key"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SEEDS["s3_secret"])
    password = quote(SEEDS["proxy_password"], safe="")
    monkeypatch.setenv("HTTPS_PROXY", f"http://bridge:{password}@127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    folder = tmp_path / SEEDS["home"].lstrip("/")
    with mirror(tiktok_sandbox.base_url, tiktok_sandbox.client_secret) as server:
        yield Journey(folder, server, capsys), server


def log_in(one: Journey, server: Mirror, sandbox: TikTokSandbox) -> None:
    token = server.plant(sandbox.token("acme")) | {"expires_in": 1}
    file = one.folder / "token.json"
    file.write_text(json.dumps(token))
    assert one.run("import", "auth", "import", "acme", str(file)) == 0


def publish(one: Journey, sandbox: TikTokSandbox) -> None:
    """Publish through refusals, recorded; then again by a program of its own."""
    posts = str(one.folder / "posts.yaml")
    faults: list[dict[str, object]] = [{"kind": "status", "status": 401}]
    faults.append({"kind": "html"})
    sandbox.faults("creator_info", faults)
    for name in ("tiktok", "public"):
        out = ("-o", str(one.folder / f"{name}.json"), "--for", name)
        one.run(f"record {name}", "doctor", "record", *out, "--", "publish", posts)
        one.file(f"{name}.json", shared=True)
    one.program("publish", "publish", posts)


def look(one: Journey) -> None:
    """Let the doctor and the rest of the program say all they know."""
    for output in FORMATS:
        one.run(f"doctor {output}", "doctor", "-v", "--format", output, shared=True)
    for name in ("tiktok", "public"):
        bundle = str(one.folder / f"{name}.zip")
        options = ("-o", bundle, "--for", name)
        assert one.run(f"bundle {name}", "doctor", "bundle", *options) in (0, 3, 5)
        one.file(f"{name}.zip", shared=True)
    first, second = (str(one.folder / f"{name}.zip") for name in ("tiktok", "public"))
    one.run("diff", "doctor", "diff", first, second, shared=True)
    examined = examine(Path(one.folder / "bridge.yaml"))
    tapes = [two for tape in examined.collection.tapes.values() for two in tape]
    facts = [two.data for two in examined.collection.all_facts if two.kind == "http"]
    one.shared["tapes"] = cassette.to_json(tapes).encode()
    one.shared["facts of exchanges"] = json.dumps(facts, ensure_ascii=False).encode()
    told = ["doctor", "explain", *SECRETS.values(), "access_token_invalid"]
    one.run("explain", *told, shared=True)
    for command in ("auth list", "posts list", "keys list", "plugins"):
        one.run(command, *command.split())


def fail(one: Journey) -> None:
    """Let the library refuse a code, a redirect and a webhook."""
    code, verifier, state, signature = (
        SEEDS[name] for name in ("code", "verifier", "state", "signature")
    )
    secret, other = Secret(code), Secret("another")
    with Bridge.from_config(one.folder / "bridge.yaml") as bridge:
        oauth, host = bridge.client.oauth, bridge.host
        uri = "http://127.0.0.1:3455/callback/"
        header = {"TikTok-Signature": f"t=1,s={signature}"}
        told = json.dumps({"event": SEEDS["caption"]}).encode()
        calls = (
            lambda: oauth.exchange(secret, uri, Secret(verifier), 0.0),
            lambda: read_redirect(f"?code={quote(code)}&state={state}", other),
            lambda: bridge.receive(header, told),
        )
        errors = [error for call in calls if (error := _error(call))]
        shown = [repr(one) for one in (bridge, bridge.settings, bridge.client, host)]
    assert len(errors) == len(calls)
    for number, error in enumerate(errors):
        parts = [repr(error), str(error), repr(error.args), str(error.hint)]
        parts += getattr(error, "__notes__", [])
        one.local[f"exception {number}"] = "\n".join(parts).encode()
        lines = "".join(traceback.format_exception(error))
        one.local[f"traceback {number}"] = lines.encode()
    one.local["repr"] = "\n".join(shown).encode()


def _error(call: object) -> BridgeError | None:
    assert callable(call)
    try:
        call()
    except BridgeError as error:
        return error
    return None


def keep_files(one: Journey) -> None:
    for name in ("state/events.jsonl", "state/ledger.db", "bridge.yaml"):
        one.file(name, shared=False)
    tokens = (one.folder / "state" / "tokens").iterdir()
    one.local["token store"] = b"\n".join(sorted(x.read_bytes() for x in tokens))


def shows(artefacts: Artefacts, seeds: dict[str, str]) -> dict[str, set[str]]:
    """Return the names of the seeds that each artefact shows."""
    names = list(seeds)
    found = {
        artefact: {
            names[hit.secret]
            for hit in gate.scan(data, seeds.values(), limits=LIMITS)
            if hit.secret is not None
        }
        for artefact, data in artefacts.items()
    }
    return {artefact: found for artefact, found in found.items() if found}


KNOWN = {"bridge.yaml": {"redis_password"}}
"""What a person wrote into a file."""


def test_nothing_that_a_journey_leaves_shows_a_seed(
    journey: tuple[Journey, Mirror],
    tiktok_sandbox: TikTokSandbox,
    caplog: pytest.LogCaptureFixture,
) -> None:
    one, server = journey
    caplog.set_level(logging.DEBUG)
    log_in(one, server, tiktok_sandbox)
    publish(one, tiktok_sandbox)
    look(one)
    fail(one)
    keep_files(one)
    one.local["log at DEBUG"] = caplog.text.encode()
    ring = json.loads((one.folder / "state" / "keys.json").read_text())
    own = {"surrogates": (one.folder / "state" / "doctor.key").read_text().strip()}
    own |= {f"key {n}": x for n, x in enumerate(_texts(ring)) if len(x) > 40}

    assert len(own) >= 2
    assert len(one.shared) >= 11
    assert len(one.shared) + len(one.local) >= 40
    assert shows(one.shared, SEEDS | own) == {}
    assert shows(one.local, SECRETS | own) == KNOWN
    served = server.served | {"client_secret", "caption", "code", "verifier"}
    assert served <= set(shows({"traffic": server.traffic}, SEEDS)["traffic"])
    assert set(PERSONAL) - {"home"} <= served


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)


def test_the_mirror_answers_with_seeds_alone(
    tiktok_sandbox: TikTokSandbox,
) -> None:
    form = {"grant_type": "client_credentials", "client_key": "awlocalsandbox00"}
    form["client_secret"] = SEEDS["client_secret"]
    with mirror(tiktok_sandbox.base_url, tiktok_sandbox.client_secret) as server:
        told = httpx.post(f"{server.base_url}/v2/oauth/token/", data=form).json()

    assert told["access_token"] == SEEDS["client_access_token"]
