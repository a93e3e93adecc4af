"""Evidence to pack: exchanges of TikTok, an examination, and a plugin that asks it."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

from tiktok_bridge import (
    BridgeError,
    Collector,
    Fact,
    Facts,
    Post,
    hookimpl,
    plan_chunks,
)
from tiktok_bridge_diagnostics import registry, report
from tiktok_bridge_diagnostics.bundle import build
from tiktok_bridge_diagnostics.collection import Collection
from tiktok_bridge_diagnostics.doctor import Examination
from tiktok_bridge_diagnostics.exchange import Exchange

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tiktok_bridge import Visit

NOW = 1_700_000_000.0
UNAUDITED = "unaudited_client_can_only_post_to_private_accounts"
API = "https://open.tiktokapis.com/v2/post/publish"
LOG_ID = "20231114221320D41D8CD98F00B204E980"
PUBLIC = ["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"]
ENVIRONMENT = {
    "packages": {"tiktok-bridge": "0.1.0", "tiktok-bridge-diagnostics": "0.1.0"},
    "platform": {"python": "3.11.0", "system": "Linux", "machine": "x86_64"},
}


def exchange(
    number: int,
    path: str,
    asked: object,
    answered: object,
    /,
    **said: Any,  # noqa: ANN401 - fields of an exchange
) -> Exchange:
    """Return one exchange with TikTok, made *number* minutes before NOW, backwards."""
    fields: dict[str, Any] = {
        "by": "probe",
        "number": number,
        "about": "acme",
        "at": NOW - 600 + 60 * number,
        "seconds": 0.25,
        "method": "POST",
        "url": f"{API}/{path}/",
        "asked_headers": {},
        "asked": json.dumps(asked),
        "status": 200,
        "phrase": "",
        "headers": {"content-type": ["application/json"]},
        "answered": json.dumps(answered),
        "broke": None,
    }
    return Exchange(**fields | said)


def creator(options: list[str], number: int = 1) -> Exchange:
    answered = {"data": {"privacy_level_options": options}, "error": error("ok")}
    return exchange(number, "creator_info/query", {}, answered)


def init(code: str = "ok", number: int = 2, **said: Any) -> Exchange:  # noqa: ANN401 - fields of an exchange
    asked = {"post_info": {"privacy_level": "SELF_ONLY", "title": "hello"}}
    data = {"publish_id": "v_pub_file~v2.7301"} if code == "ok" else {}
    answered = {"data": data, "error": error(code)}
    status = 200 if code == "ok" else 403
    said = {"status": status} | said
    return exchange(number, "video/init", asked, answered, **said)


def error(code: str) -> dict[str, str]:
    return {"code": code, "message": "", "log_id": LOG_ID}


def unaudited() -> list[Exchange]:
    """A public account of an app that is not audited."""
    return [creator(PUBLIC), init(UNAUDITED)]


def collected(name: str, status: str = "ok", says: str = "") -> Fact:
    return Fact("collected", name, {"status": status, "says": says}, f"{name}.0", NOW)


def config(**data: Any) -> Fact:  # noqa: ANN401 - what a configuration says
    said = {"is_there": True, "is_valid": True, "problems": [], "scopes": []}
    said |= {"environment": "production"}
    return Fact("config", "", said | data, "config.1", NOW)


def examination(
    exchanges: list[Exchange],
    *facts: Fact,
    now: float = NOW,
    **said: Any,  # noqa: ANN401 - fields of an examination
) -> Examination:
    """Return what our checks make of *exchanges* and *facts*."""
    tapes: dict[str, list[Exchange]] = {}
    for one in exchanges:
        tapes.setdefault(one.by, []).append(one)
    gathered = Collection(list(facts or (config(), collected("config"))), tapes)
    checks = registry.all_checks(None)
    judged = report.make(Facts(gathered.all_facts, now), checks)
    return Examination(gathered, checks, judged, **said)


class Unredacted:
    """Replaces nothing: what is tested here is what becomes of evidence."""

    def to(self, profile: str) -> Self:
        assert profile
        return self

    def exchange(self, exchange: Exchange) -> Exchange:
        return exchange

    def fact(self, fact: Fact) -> Fact:
        return fact

    def learn(self, facts: Iterable[Fact]) -> None:
        assert list(facts)

    def report(self) -> dict[str, Any]:
        return {}


def bundle(examined: Examination, redactor: Any = None, **options: Any) -> build.Bundle:  # noqa: ANN401 - those of `build`
    """Return the bundle of what was *examined*; nothing is replaced in it."""
    return build.build(examined, redactor or Unredacted(), ENVIRONMENT, **options)


class Prober:
    """A plugin whose collector asks TikTok for an init, as a probe does."""

    def __init__(self, account: str = "acme") -> None:
        self._account = account

    @hookimpl
    def register_collectors(self) -> list[Collector]:
        return [Collector("prober", self._ask, "S2", 10.0)]

    def _ask(self, visit: Visit) -> Iterator[Fact]:
        if visit.inspection is None:
            return
        kept = visit.inspection.vault.peek(self._account)
        assert kept is not None
        token = kept[1].access_token
        client = visit.client(self._account)
        post = Post(
            id="probe", account=self._account, video="clip.mp4", privacy="SELF_ONLY"
        )
        with suppress(BridgeError):
            client.content.creator_info(token)
        with suppress(BridgeError):
            client.content.init(token, post, "direct", plan_chunks(1000))
        yield Fact("probed", self._account, {"is_done": True})
