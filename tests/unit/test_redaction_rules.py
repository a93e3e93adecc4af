"""Each rule of the redaction hides something that no other rule hides."""

from __future__ import annotations

import base64
from typing import NamedTuple

import pytest

from tiktok_bridge import Redaction
from tiktok_bridge.redaction import escapes, forms, patterns

RULES = {
    f"{room.__name__.rpartition('.')[2]}: {name}": (rules, name)
    for room, rules in (
        (escapes, escapes.ESCAPES),
        (forms, forms.ENCODINGS),
        (patterns, patterns.PATTERNS),
    )
    for name in rules
}

KNOWN = "a*Secret=of some/Kind"


class Sample(NamedTuple):
    """A text with a secret, as it is shown once it is hidden."""

    text: str
    shown: str


SAMPLES = {
    "escapes: percent": Sample("x a%2aSecret%3dof+some%252FKind y", "x *** y"),
    "escapes: backslash": Sample("x a\\u002aSecret=of some\\/Kind y", "x *** y"),
    "escapes: entity": Sample("x a&#42;Secret&#x3D;of some/Kind y", "x *** y"),
    "escapes: zero": Sample("x " + "\0".join(KNOWN) + " y", "x *** y"),
    "forms: plain": Sample(f"x {KNOWN} y", "x *** y"),
    "forms: hex": Sample(f"x {KNOWN.encode().hex()} y", "x *** y"),
    "forms: base64": Sample(
        f"x {base64.b64encode(KNOWN.encode() + b'!').decode()}", "x ***IQ=="
    ),
    "patterns: query": Sample(
        "PUT https://up.example/x?upload_id=7&sig=abc done",
        "PUT https://up.example/x?*** done",
    ),
    "patterns: parameter": Sample(
        "GET /callback/?code=abc&state=def&scopes=a,b HTTP/1.1",
        "GET /callback/?code=***&state=***&scopes=a,b HTTP/1.1",
    ),
    "patterns: password": Sample(
        "at redis://user:pass@host:6379/0 now", "at redis://user:***@host:6379/0 now"
    ),
    "patterns: authorization": Sample(
        "sent Bearer abcdefgh.12 to it", "sent Bearer *** to it"
    ),
    "patterns: header": Sample(
        "[(b'Authorization', b'Token abc'), (b'Host', b'x')]",
        "[(b'Authorization', b'***'), (b'Host', b'x')]",
    ),
    "patterns: cookie": Sample("Set-Cookie: sid=abc; Path=/", "Set-Cookie: ***"),
    "patterns: quoted": Sample(
        "{'refresh_token': 'two words', 'open_id': 'a'}",
        "{'refresh_token': '***', 'open_id': 'a'}",
    ),
    "patterns: field": Sample(
        "client_secret=abc&grant_type=x", "client_secret=***&grant_type=x"
    ),
    "patterns: line": Sample("client_secret: abcdefg1", "client_secret: ***"),
    "patterns: code": Sample("code: n6kQz8-Login_Code*0!6410.va", "code: ***"),
    "patterns: shape": Sample("it is act.abcdefghijkl!4521.va", "it is ***"),
}


def test_each_rule_has_a_sample() -> None:
    assert SAMPLES.keys() == RULES.keys()
    assert len(RULES) >= 12


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_hides_what_it_is_for(rule: str) -> None:
    redaction = Redaction()
    redaction.add(KNOWN)

    assert redaction.text(SAMPLES[rule].text) == SAMPLES[rule].shown


@pytest.mark.parametrize("rule", RULES)
def test_the_control_without_the_rule_it_is_shown(
    rule: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules, name = RULES[rule]
    monkeypatch.delitem(rules, name)
    redaction = Redaction()
    redaction.add(KNOWN)

    assert redaction.text(SAMPLES[rule].text) != SAMPLES[rule].shown
