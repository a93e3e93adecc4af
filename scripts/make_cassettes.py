"""Write cassettes/ anew: what TikTok says in every situation, and the verdict on it.

One conversation with each scenario of the sandbox, and one for each response that was
recorded of TikTok. Times, ids and tokens are replaced by numbered ones, so that the
same code writes the same bytes; `--check` only compares.
"""

from __future__ import annotations

import json
import re
import sys
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import httpx

from tiktok_bridge import (
    AppSettings,
    BridgeError,
    Client,
    NetworkError,
    Post,
    Secret,
    TikTokError,
    Transport,
    plan_chunks,
)
from tiktok_bridge.tiktok.inits import Pull
from tiktok_bridge.tiktok.token import Token
from tiktok_bridge_diagnostics import cassette, registry
from tiktok_bridge_diagnostics.bundle.case import Case
from tiktok_bridge_diagnostics.recorder import Recorder, Tape
from tiktok_bridge_diagnostics.redact.exchanges import Redactor
from tiktok_bridge_sandbox.handle import TikTokSandbox
from tiktok_bridge_sandbox.scenarios import SCENARIOS
from tiktok_bridge_sandbox.threads import running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from tiktok_bridge_diagnostics.exchange import Exchange
    from tiktok_bridge_diagnostics.report import Report

ROOT: Final = Path(__file__).parents[1]
FOLDER: Final = ROOT / "cassettes"
VERDICTS: Final = FOLDER / "verdicts.json"
RECORDED: Final = ROOT / "tests" / "recorded" / "responses.json"

BEGAN: Final = 1_767_225_600.0
"""When every conversation begins: 2026-01-01 in UTC."""

API: Final = "https://open.tiktokapis.com"
UPLOADS: Final = "https://open-upload.tiktokapis.com"

LONG_AGO: Final = "v_pub_file~v2-1.0000000000000000000"
"""Names no post."""

MEDIA: Final = "https://videos.example.com/clip.mp4"
"""A video at a host that nobody verified in the scenario about that."""

CLIP: Final = (files("tiktok_bridge.media") / "clip.mp4").read_bytes()

MOST: Final = 10
"""Tries of a post."""

SERVER_ERROR: Final = 500


@dataclass(frozen=True, slots=True)
class Golden:
    """One conversation.

    Attributes:
        name: The name of its file, without the ending.
        what: What it shows, as a sentence.
        exchanges: What was said, redacted.
    """

    name: str
    what: str
    exchanges: tuple[Exchange, ...]

    @property
    def text(self) -> str:
        """The cassette."""
        return cassette.to_json(self.exchanges, self.name)


@dataclass(frozen=True, slots=True)
class Talk:
    """Somebody who publishes, and what TikTok knows of them."""

    client: Client
    token: Secret
    sandbox: TikTokSandbox

    def post(self, privacy: str, source: Any = None, mode: Any = "direct") -> None:  # noqa: ANN401 - see `Content.init`
        """Ask who the creator is, send a post, and ask what became of it."""
        if mode == "direct":
            self.client.content.creator_info(self.token)
        post = Post(
            id="one",
            account="acme",
            video="clip.mp4",
            title="Hello",
            privacy=privacy if mode == "direct" else None,
        )
        plan = source or plan_chunks(len(CLIP))
        started = self.client.content.init(self.token, post, mode, plan)
        if started.upload_url:
            size = len(CLIP)
            chunk = (0, size, size)
            self.client.content.put(started.upload_url, "video/mp4", chunk, [CLIP])
        self.client.content.status(self.token, started.publish_id)
        self.sandbox.advance(60.0)
        self.client.content.status(self.token, started.publish_id)


def only_me(talk: Talk) -> None:
    """Post for the creator alone."""
    talk.post("SELF_ONLY")


def to_all(talk: Talk) -> None:
    """Post for everyone."""
    talk.post("PUBLIC_TO_EVERYONE")


def wider(talk: Talk) -> None:
    """Post for the creator alone, then for friends."""
    talk.post("SELF_ONLY")
    talk.post("MUTUAL_FOLLOW_FRIENDS")


TALKS: Final[dict[str, Callable[[Talk], None]]] = {
    "audited": to_all,
    "unaudited-private-account": wider,
    "unaudited-silent-self-only": to_all,
    "moderation-slow": to_all,
    "no-post-id": to_all,
    "url-unverified": lambda talk: talk.post("SELF_ONLY", Pull((MEDIA,))),
    "pending-drafts": lambda talk: talk.post("SELF_ONLY", mode="inbox"),
}
"""What is posted where it is not SELF_ONLY."""

ACCESS: Final = Secret("act.Access-Token-Of-Nobody")
VIDEO: Final = Post(id="one", account="acme", video="clip.mp4", privacy="SELF_ONLY")
DRAFT: Final = Post(id="one", account="acme", video="clip.mp4")

REQUESTS: Final[dict[str, Callable[[Client], object]]] = {
    "creator_info": lambda client: client.content.creator_info(ACCESS),
    "video_init": lambda client: client.content.init(
        ACCESS, VIDEO, "direct", plan_chunks(len(CLIP))
    ),
    "inbox_init": lambda client: client.content.init(
        ACCESS, DRAFT, "inbox", plan_chunks(len(CLIP))
    ),
    "status": lambda client: client.content.status(ACCESS, LONG_AGO),
    "user_info": lambda client: client.display.user_info(ACCESS),
    "exchange": lambda client: client.oauth.exchange(
        Secret("Code-Of-A-Login*0!6410.va"), "http://127.0.0.1:3455/callback/", None, 0
    ),
}
"""The request that each recorded response answers."""

TOGETHER: Final = (1, 2)
"""Recorded responses of one run: what the creator is offered, and the refusal."""


def all_golden() -> Iterator[Golden]:
    """Yield every conversation."""
    with running() as base_url, closing(Transport()) as line:
        sandbox = TikTokSandbox(base_url)
        for name, scenario in SCENARIOS.items():
            sandbox.reset(name)
            told = _with_sandbox(sandbox, TALKS.get(name, only_me), line)
            told = _fixed(told, base_url)
            yield _golden(f"scenario-{name}", scenario.summary, told)
    responses = json.loads(RECORDED.read_text(encoding="utf-8"))["responses"]
    heard = {one["number"]: one for one in responses if one["call"] in REQUESTS}
    for number, one in heard.items():
        name = f"recorded-{number:02}-{one['call'].replace('_', '-')}"
        yield _golden(name, _sentence(one["what"]), _fixed(_with_recorded(one)))
    told = [one for number in TOGETHER for one in _with_recorded(heard[number])]
    yield _golden(
        "recorded-01-and-02-one-run",
        "A public account is offered every level, and SELF_ONLY is refused.",
        _fixed(told),
    )


def verdict(report: Report) -> dict[str, Any]:
    """Return what has to come out of a replay: all that is not well."""
    return {
        "audit": [report.audit.status, str(report.audit.certainty)],
        "causes": [
            [one.check, one.reason, str(one.certainty), one.who_acts]
            for one in report.causes
        ],
        "others": sorted(
            [one.check, one.reason, str(one.status)]
            for one in report.findings
            if one.status in ("warn", "unknown", "crashed")
        ),
    }


def wanted_files() -> dict[Path, str]:
    """Return every file of cassettes/ as it should be."""
    golden = sorted(all_golden(), key=lambda one: one.name)
    checks = registry.all_checks()
    told = {}
    for one in golden:
        case = Case.from_cassette(one.text.encode(), one.name)
        told[one.name] = {"what": one.what} | verdict(case.judge(checks))
    texts = {FOLDER / f"{one.name}.json": one.text for one in golden}
    return texts | {VERDICTS: json.dumps(told, indent=1, ensure_ascii=False) + "\n"}


def _golden(name: str, what: str, told: Iterable[Exchange]) -> Golden:
    redactor = Redactor(b"cassettes of everybody", "tiktok")
    return Golden(name, what, tuple(map(redactor.exchange, told)))


def _with_sandbox(
    sandbox: TikTokSandbox, publish: Callable[[Talk], None], line: httpx.BaseTransport
) -> list[Exchange]:
    """Return a conversation as a client has it: who am I, a renewal, the post."""
    tape = Tape("publish", lambda one: one)
    client = _client(sandbox, Recorder(line, tape, "acme", 10.0))
    held = sandbox.token()
    token = Token(
        access_token=Secret(held["access_token"]),
        refresh_token=Secret(held["refresh_token"]),
        open_id=held["open_id"],
        scopes=tuple(held["scope"].split(",")),
        expires_at=0.0,
        refresh_expires_at=None,
    )
    with suppress(BridgeError):
        if not _is_taken(client, token):
            token = client.oauth.refresh(token, 0.0)
        talk = Talk(client, token.access_token, sandbox)
        _until_it_is_through(partial(publish, talk))
    return tape.exchanges


def _client(sandbox: TikTokSandbox, transport: httpx.BaseTransport) -> Client:
    secret = Secret(sandbox.client_secret)
    return Client(
        AppSettings(client_key=sandbox.client_key, client_secret=secret),
        base_url=sandbox.base_url,
        upload_hosts=("127.0.0.1",),
        transport=transport,
    )


def _is_taken(client: Client, token: Token) -> bool:
    try:
        client.display.user_info(token.access_token, ("open_id",))
    except TikTokError as error:
        return error.code != "access_token_invalid"
    return True


def _until_it_is_through(publish: Callable[[], None]) -> None:
    """Try as long as what goes wrong may pass by itself."""
    for _ in range(MOST):
        try:
            publish()
        except BridgeError as error:
            is_broken = isinstance(error, NetworkError)
            if not (is_broken or getattr(error, "http_status", 0) >= SERVER_ERROR):
                raise
        else:
            return


def _with_recorded(one: dict[str, Any]) -> list[Exchange]:
    """Return the exchange that the response *one* answers."""
    status = one["http_status"][0]
    stream = httpx.ByteStream(_whole(one).encode())

    def answer(request: httpx.Request) -> httpx.Response:
        for _ in request.stream:  # type: ignore[union-attr] # our client sends no async
            pass  # what nobody reads is not recorded
        return httpx.Response(status, headers=one["headers"], stream=stream)

    tape = Tape("recorded", lambda exchange: exchange)
    about = "" if one["call"] == "exchange" else "acme"
    app = AppSettings(client_key="awexample0000000", client_secret=Secret("x" * 32))
    client = Client(
        app, transport=Recorder(httpx.MockTransport(answer), tape, about, 10.0)
    )
    with suppress(BridgeError):
        REQUESTS[one["call"]](client)
    return tape.exchanges


def _whole(one: dict[str, Any]) -> str:
    """Return the body; what was not shown of it is put around it."""
    body, ok = str(one["body"]), '"error":{"code":"ok","message":"","log_id":""}'
    if one["shown"] == "data":
        return f'{{"data":{body},{ok}}}'
    if one["shown"] == "data member":
        return f"{body.removesuffix('}')},{ok}}}"
    # of one refusal the inner object alone was shown
    return f'{{"error":{body}}}' if body.startswith('{"code":') else body


def _fixed(told: Iterable[Exchange], base_url: str = "") -> list[Exchange]:
    """Return *told* with numbered times, and what a sandbox at *base_url* made up."""
    numbering = Numbering(base_url) if base_url else str
    return [
        replace(
            one,
            number=number,
            at=BEGAN + number,
            seconds=0.1,
            url=numbering(one.url),
            asked_headers=_headers(one.asked_headers, numbering, "authorization"),
            asked=numbering(one.asked),
            headers=_headers(one.headers, numbering),
            answered=numbering(one.answered),
        )
        for number, one in enumerate(told, 1)
    ]


def _headers(
    given: Mapping[str, Sequence[str]], numbering: Callable[[str], str], *more: str
) -> dict[str, list[str]]:
    kept = ("content-type", "content-range", *more)
    return {
        name: [numbering(one) for one in values]
        for name, values in given.items()
        if name in kept
    }


class Numbering:
    """Replaces what a sandbox made up by numbers, the same for the same.

    Args:
        base_url: Where the sandbox listened; TikTok's own hosts stand for it.
    """

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._known: dict[str, str] = {}

    def __call__(self, text: str) -> str:
        """Return *text* with what stands for what was made up."""
        uploads = re.escape(self._base_url) + r"(?=/[a-z]+/?\?upload_id=)"
        text = re.sub(uploads, UPLOADS, text).replace(self._base_url, API)
        for pattern, shape in MADE_UP:
            text = pattern.sub(partial(self._numbered, shape), text)
        return text

    def _numbered(self, shape: str, found: re.Match[str]) -> str:
        number = len(self._known) + 1
        prefix = found[1] if found.re.groups else ""
        return self._known.setdefault(found[0], prefix + shape.format(number))


MADE_UP: Final = (
    (re.compile(r"((?:act|rft|clt)\.)[A-Za-z0-9_-]{40,}"), "made-up-token-{:027}"),
    (re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "made-up-{:028}"),
    (re.compile(r"\b20[0-9]{12}[0-9A-F]{20}\b"), "20260101000000{:020X}"),
    (re.compile(r"\b7[0-9]{18}\b"), "76{:017}"),
)
"""Tokens, tokens of uploads, log ids, and ids of 19 digits, and their numbered ones."""


def _sentence(words: str) -> str:
    is_name = "_" in words.partition(" ")[0]
    return f"{words if is_name else words[0].upper() + words[1:]}."


def main() -> int:
    """Write what differs; with `--check` only tell whether something does."""
    wanted = wanted_files()
    there = {path: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.json")}
    if "--check" in sys.argv:
        return int(there != wanted)
    FOLDER.mkdir(exist_ok=True)
    for path in there.keys() - wanted.keys():
        path.unlink()
    for path, text in wanted.items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
