"""Whatever comes back broken is a typed error that says where, and never a success.

Each endpoint meets answers that were TikTok's until something damaged them: 100 in
`make test`, 2,000 in `make chaos`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.conversation import EXAMPLES, LOG_ID, SECRETS, Example, Line
from tiktok_bridge import BadAnswerError, NetworkError, RefusedError

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

WORDS = st.text('ok{}"abé\0\n,:', max_size=6)
SCALARS: SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | WORDS
)
JSON: SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3)
    ),
    max_leaves=4,
)
LOG_IDS = st.sampled_from(["", LOG_ID, "0" * 34])


def dumped(body: object) -> bytes:
    return json.dumps(body).encode()


@st.composite
def damaged_text(draw: DrawFn, example: Example) -> bytes:
    """Return JSON that was cut, overwritten, or is none."""
    whole = dumped(example.fresh() or {"error": {"code": "ok"}})
    cut = draw(st.integers(0, len(whole) - 1))
    return draw(
        st.sampled_from(
            [
                whole[: max(cut, 1)],
                whole[:cut] + b"\xff" + whole[cut + 1 :],
                whole + whole,
                b"<html><body>502 Bad Gateway</body></html>",
                b"[" * 100_000,
                b'{"a": ' + b"9" * 5_000 + b"}",
                whole.replace(b"{", b'{"error": {"code": NaN}, "error": 1, ', 1),
                b"%PDF-1.7",
            ]
        )
    )


@st.composite
def other_json(draw: DrawFn, example: Example) -> bytes:
    """Return JSON in which the envelope, or all of it, is something else."""
    other = draw(JSON)
    if not example.body or draw(st.booleans()):
        return dumped(draw(st.sampled_from([other, [example.body], [], None, 1, "ok"])))
    body = example.fresh()
    if "error" not in body:  # flat: what is needed is gone
        body.pop(draw(st.sampled_from(example.needed))[0])
        return dumped(body)
    key = draw(st.sampled_from(["error", "code", "data"]))
    if key == "error":
        body["error"] = draw(JSON.filter(lambda one: not isinstance(one, dict)))
    elif key == "code":
        body["error"]["code"] = draw(JSON.filter(lambda one: one != "ok"))
    elif example.needed:
        body["data"] = draw(JSON.filter(lambda one: not isinstance(one, dict) or 1))
        if isinstance(body["data"], dict) and not example.needed:
            del body["error"]
    else:
        del body["error"]
    return dumped(body)


def places(value: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every value in *value*, but those that nobody reads."""
    inner: Any = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    found = [path] if path else []
    for key, one in inner:
        if key not in ("message", "log_id", "token_type"):
            found += places(one, (*path, key))
    return found


def replaced(body: Any, path: tuple[Any, ...], value: object) -> Any:  # noqa: ANN401 - JSON
    holder = body
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    return body


def is_other(old: object, new: object, *, is_id: bool) -> bool:
    """Tell whether *new* cannot stand where *old* stood."""
    if is_id and isinstance(new, int | str | list) and not isinstance(new, bool):
        return False
    return new is not None and type(new) is not type(old)


@st.composite
def other_types(draw: DrawFn, example: Example) -> bytes:
    """Return a success of which one field has another type."""
    body = example.fresh()
    path = draw(st.sampled_from(places(body)))
    old: Any = body
    for key in path:
        old = old[key]
    is_id = path[-1] == "id" or any(path[: len(one)] == one for one in example.ids)
    new = draw(JSON.filter(lambda one: is_other(old, one, is_id=is_id)))
    if isinstance(old, dict) and path == ("error",):
        new = draw(JSON.filter(lambda one: not isinstance(one, dict)))
    return dumped(replaced(body, path, new))


@st.composite
def missing(draw: DrawFn, example: Example) -> bytes:
    """Return a success that lacks something it needs."""
    body: Any = example.fresh()
    path = draw(st.sampled_from(example.needed))
    holder = body
    for key in path[:-1]:
        holder = holder[key]
    if draw(st.booleans()):
        del holder[path[-1]]
    else:
        holder[path[-1]] = None
    return dumped(body)


@st.composite
def lines(draw: DrawFn, example: Example, name: str) -> Line:
    """Return an answer that is none."""
    headers = {"x-tt-logid": draw(LOG_IDS)}
    status = draw(st.sampled_from([200, 200, 200, 201, 400, 403, 429, 500, 502, 503]))
    kinds = ["text", "json", "encoding", "redirect"]
    kinds += ["types"] * (bool(example.body) and name != "refresh")
    kinds += ["missing"] * bool(example.needed)
    match draw(st.sampled_from(kinds)):
        case "text":
            content = draw(damaged_text(example))
        case "json":
            content = draw(other_json(example))
        case "types":
            content = draw(other_types(example))
        case "missing":
            content = draw(missing(example))
        case "encoding":
            headers["content-encoding"] = draw(st.sampled_from(["gzip", "deflate"]))
            content = dumped(example.fresh()) + b"."
        case _:
            status = draw(st.sampled_from([301, 302, 303, 304, 307, 308]))
            headers["location"] = "https://elsewhere.example/"
            content = dumped(example.fresh())
    return Line(status, content, headers)


CALLS = {name: one for name, one in EXAMPLES.items() if name != "upload"}


@pytest.mark.parametrize("name", CALLS)
def test_a_whole_answer_is_a_success(name: str) -> None:
    example = CALLS[name]
    content = b"" if example.body is None else dumped(example.body)
    assert example.call(Line(200, content).client()) is not None or name == "revoke"


@pytest.mark.parametrize("name", CALLS)
@given(data=st.data())
def test_a_damaged_answer_is_a_typed_error_that_says_where(
    name: str, data: st.DataObject
) -> None:
    example = CALLS[name]
    line = data.draw(lines(example, name))

    with pytest.raises((RefusedError, BadAnswerError, NetworkError)) as caught:
        example.call(line.client())

    said = str(caught.value)
    assert example.path in said
    assert str(line.status) in said
    assert not line.headers["x-tt-logid"] or "log id" in said
    assert not any(secret.reveal() in said for secret in SECRETS)


@given(
    status=st.integers(200, 599).filter(lambda one: one not in (200, 201, 206)),
    content=st.binary(max_size=50),
    log_id=LOG_IDS,
)
def test_a_chunk_is_stored_only_where_the_status_says_so(
    status: int, content: bytes, log_id: str
) -> None:
    line = Line(status, content, {"x-tt-logid": log_id})

    with pytest.raises(RefusedError) as caught:
        EXAMPLES["upload"].call(line.client())

    assert caught.value.code == str(status)
    assert (caught.value.log_id or "") == log_id
    assert "upload" in str(caught.value)
    assert not any(secret.reveal() in str(caught.value) for secret in SECRETS)
