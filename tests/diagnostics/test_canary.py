"""No artefact of the doctor shows a secret, and every rule is needed for that."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import pytest

from tests.diagnostics.canary import ENCODERS, SEEDS, leaks
from tests.diagnostics.test_redaction import FORM, JSON, exchange
from tiktok_bridge import Fact
from tiktok_bridge_diagnostics import cassette, derive
from tiktok_bridge_diagnostics.redact.exchanges import Redactor
from tiktok_bridge_diagnostics.redact.rules import RULES

if TYPE_CHECKING:
    from tiktok_bridge_diagnostics.exchange import Exchange
    from tiktok_bridge_diagnostics.redact.maker import Profile

KEY = b"k" * 32

PLACES: dict[str, str] = {
    "access_token": "access_token",
    "refresh_token": "refresh_token",
    "client_key": "client_key",
    "client_secret": "client_secret",
    "code": "code",
    "verifier": "code_verifier",
    "challenge": "code_challenge",
    "state": "state",
    "ticket": "client_ticket",
    "upload_token": "upload_token",
    "open_id": "open_id",
    "handle": "creator_username",
    "nickname": "creator_nickname",
    "caption": "title",
    "url": "share_url",
    "publish_id": "publish_id",
    "post_id": "post_id",
    "log_id": "log_id",
    "scope": "scope",
    "message": "message",
    "word": "status",
    "text": "a_new_field",
    "number": "upload_id",
}
"""A field for each rule of fields."""


def hostile() -> list[Exchange]:
    """Return exchanges with every seed wherever one could stand."""
    found: list[Exchange] = []
    for seed in SEEDS.values():
        fields = dict.fromkeys(PLACES.values(), seed)
        query = urlencode(fields)
        headers = {
            "authorization": [f"Bearer {seed}"],
            "cookie": [seed],
            "content-type": [f"application/json; charset={seed}"],
            "x-tt-logid": [seed],
            "retry-after": [seed],
        }
        url = f"https://{quote(seed[:12])}.example/{quote(seed, safe='')}?{query}"
        urls = {"url": f"https://zoe:{quote(seed, safe='')}@x.example#{seed}"}
        told = {"data": fields, "error": fields, "list": [seed], seed: 1} | urls
        answer = json.dumps(told)
        found += [
            exchange(url=url, asked_headers=headers, headers=headers, answered=answer),
            exchange(asked=urlencode(fields), asked_headers=FORM),
            exchange(asked=seed, answered=f"<p>{seed}</p>", phrase=seed),
            exchange(asked=answer, asked_headers=JSON, by="canary"),
        ]
    return found


def facts() -> list[Fact]:
    keys = ("path", "host", "name", "says", "url", "version", "status", "new", "code")
    return [
        Fact(kind, seed, dict.fromkeys(keys, seed) | {"in": {seed: [seed]}})
        for seed in SEEDS.values()
        for kind in ("config", "token", "anything")
    ]


def artefacts(redactor: Redactor) -> dict[str, bytes]:
    """Return what leaves the machine after *redactor* had *hostile* and `facts`."""
    told = [redactor.exchange(one) for one in hostile()]
    own = [redactor.fact(one) for one in facts()]
    derived = [one.data for one in derive.facts(told)]
    texts = {
        "cassette": cassette.to_json(told),
        "facts": json.dumps([[one.kind, one.about, one.data] for one in own]),
        "derived facts": json.dumps(derived, ensure_ascii=False),
        "report": json.dumps(redactor.report(), ensure_ascii=False),
        "repr": repr(told),
    }
    return {name: text.encode() for name, text in texts.items()}


PROFILES: list[Profile] = ["tiktok", "public"]


@pytest.mark.parametrize("profile", PROFILES)
def test_hostile_answers_and_facts_show_nothing(profile: Profile) -> None:
    for name, data in artefacts(Redactor(KEY, profile)).items():
        assert leaks(data, name=name) == []


def test_without_redaction_every_seed_is_found_in_every_artefact() -> None:
    bare = Redactor(KEY, "tiktok", [*RULES, "header", "phrase"])
    pairs = [
        (artefact, name)
        for artefact, data in artefacts(bare).items()
        if artefact != "report"
        for name in {one.split()[1] for one in leaks(data)}
    ]

    assert {name for _, name in pairs} == set(SEEDS)
    assert len(pairs) >= 0.99 * 4 * len(SEEDS)


@pytest.mark.parametrize("rule", [*RULES, "header", "phrase"])
def test_each_rule_that_is_removed_is_caught(rule: str) -> None:
    found = artefacts(Redactor(KEY, "tiktok", [rule]))

    assert any(leaks(data) for name, data in found.items() if name != "repr")


OPEN = ("message", "status", "scope", "a_new_field", "share_url")
"""Fields whose rules let something stay."""


@pytest.mark.parametrize("encoder", ENCODERS)
def test_no_encoding_gets_through(encoder: str) -> None:
    redactor = Redactor(KEY, "tiktok")
    values: dict[str, Any] = {
        name: ENCODERS[encoder](seed).decode("latin-1") for name, seed in SEEDS.items()
    }
    fields = [{name: one} for one in values.values() for name in OPEN]
    told = redactor.exchange(exchange(answered=json.dumps(fields)))
    own = redactor.fact(Fact("x", "", {"says": list(values.values())}))

    assert leaks(told.answered.encode()) == []
    assert leaks(json.dumps(own.data, ensure_ascii=False).encode()) == []
