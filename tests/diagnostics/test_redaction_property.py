"""Whatever an answer says: redaction never fails, and shows no stranger's text."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.diagnostics.test_redaction import FORM, OURS, exchange
from tiktok_bridge import Fact
from tiktok_bridge_diagnostics import cassette, safe_json
from tiktok_bridge_diagnostics.redact.fields import FIELDS, OF_FACTS

MARK = "Zq7xW3vK9pLm2"
"""Stands for a secret; a text of hypothesis holds it by intent alone."""

THEIRS = OURS.to("tiktok")
TEXTS = st.one_of(
    st.text(),
    st.builds("{}{}{}".format, st.text(max_size=9), st.just(MARK), st.text(max_size=9)),
    st.sampled_from(["⟪caption:0123456789ab⟫", "redacted.x.0123456789ab", "9000000"]),
)
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS)
NAMES = st.one_of(st.sampled_from([*FIELDS, *OF_FACTS, "a_new_field"]), TEXTS)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4)
    ),
    max_leaves=12,
)


def wire(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


@given(VALUES, TEXTS, TEXTS, st.booleans())
def test_no_exchange_shows_what_is_marked(
    value: Any,  # noqa: ANN401 - any JSON
    url: str,
    header: str,
    is_form: bool,  # noqa: FBT001 - by hypothesis
) -> None:
    headers = {"x-tt-logid": [header], header: [header], "authorization": [header]}
    asked = FORM | headers if is_form else headers
    once = THEIRS.exchange(
        exchange(
            url=f"https://open.tiktokapis.com/{url}",
            asked=url if is_form else wire(value),
            asked_headers=asked,
            headers=headers,
            answered=json.dumps(value),
            phrase=header,
            about=header,
        )
    )

    assert once.url != "https://dropped.invalid/"
    assert MARK not in repr(once)
    assert THEIRS.exchange(once) == once
    safe_json.loads(cassette.to_json([once]).encode())


@given(st.dictionaries(NAMES, VALUES, max_size=5), TEXTS)
def test_no_fact_shows_what_is_marked(data: dict[str, Any], about: str) -> None:
    finite = json.loads(wire(data), parse_constant=lambda _: None)
    once = THEIRS.fact(Fact("anything", about, finite))

    assert MARK not in repr(once)
    assert THEIRS.fact(once) == once
    safe_json.loads(wire(once.data).encode())
