"""`doctor explain` finds every code in what is pasted, and repeats nothing else."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok_bridge import cli, explain
from tiktok_bridge.config.schema import validator
from tiktok_bridge_diagnostics.scan import scan

README = Path(__file__).parents[2] / "diagnostics" / "README.md"
LOG = "20260828035612A3942F2F64B39F7F0B89"
UNAUDITED = "unaudited_client_can_only_post_to_private_accounts"


def named(text: str) -> list[str]:
    """Return the codes that are found in *text*, each after its kind."""
    return [f"{one.kind} {one.code}" for one in scan(text).found]


@pytest.mark.parametrize("entry", explain(), ids=lambda one: f"{one.kind}-{one.code}")
def test_every_spelling_of_every_code_is_found(entry: Any) -> None:  # noqa: ANN401 - an Explanation
    for spelling in filter(None, (entry.code, *entry.spellings)):
        assert entry in scan(spelling).found
        assert scan(f"{entry.kind} {spelling}").found == (entry,)


ANSWERS: dict[str, tuple[str, list[str]]] = {
    "a refusal": (f'{{"error":{{"code":"{UNAUDITED}"}}}}', [f"api {UNAUDITED}"]),
    "a good end": (
        '{"data":{"status":"PUBLISH_COMPLETE"},"error":{"code":"ok"}}',
        ["status PUBLISH_COMPLETE"],
    ),
    "a failed post": (
        '{"data":{"fail_reason":"internal","status":"FAILED"},"error":{"code":"ok"}}',
        ["fail internal", "status FAILED"],
    ),
    "nothing but ok": ('{"data":{},"error":{"code":"ok"}}', ["api ok"]),
    "no code": ('{"error":{"code":"","message":"bad gateway"}}', ["api "]),
    "OAuth": (
        '{"error":"invalid_grant","error_description":"x"}',
        ["oauth invalid_grant"],
    ),
    "bare": ('{"code":"invalid_params","message":"x"}', ["api invalid_params"]),
    "a login": (
        '{"error":"param_error","errCode":10007,"error_type":"code_challenge"}',
        ["authorize code_challenge"],
    ),
    "a webhook": (
        json.dumps({"event": "x", "content": json.dumps({"reason": "spam_risk_text"})}),
        ["fail spam_risk_text"],
    ),
    "a removal": (
        json.dumps({"event": "authorization.removed", "content": '{"reason": 4}'}),
        ["removed 4"],
    ),
    "a cassette": (
        json.dumps({"response": {"body": {"string": '{"error":"invalid_client"}'}}}),
        ["oauth invalid_client"],
    ),
    "a list": ('[{"error":{"code":"invalid_param"}}]', ["api invalid_params"]),
}


@pytest.mark.parametrize(("text", "codes"), ANSWERS.values(), ids=ANSWERS)
def test_codes_are_found_in_json_by_their_place(text: str, codes: list[str]) -> None:
    assert named(text) == codes
    assert named(f"2026-08-28 INFO got {text} after 3 s") == codes


LINES: dict[str, tuple[str, list[str]]] = {
    "an upload": ("upload 416", ["upload 416"]),
    "an upload's status": ("HTTP 503 upload", ["upload 5xx"]),
    "what httpx logs": (
        'HTTP Request: PUT https://a.example/upload?upload_id=1 "HTTP/1.1 404 Not"',
        ["upload 404"],
    ),
    "what we say": (
        "upload: TikTok answered 403 (HTTP 403). The upload URL has expired.",
        ["upload 403"],
    ),
    "what we say of a post": (
        "TikTok failed the post with internal. It broke.",
        ["fail internal"],
    ),
    "a login page's type": (
        "https://a.example/v2/auth/authorize/?error=invalid_scope&error_type=scope",
        ["authorize scope"],
    ),
    "a login page's number": (
        "error=param_error&errCode=10003&error_type=client_key",
        ["authorize 10003"],
    ),
    "a login page's error alone": (
        "?error=access_denied&state=x",
        ["oauth access_denied"],
    ),
    "words of a log": (
        "post x: rate_limit_exceeded after 3 tries",
        ["api rate_limit_exceeded"],
    ),
    "broken JSON": (
        '{"data":{"fail_reason":"internal","status":"FAILED"},"err',
        ["fail internal", "status FAILED"],
    ),
    "names of fields": ("client_key=a redirect_uri: b, the scope and internal", []),
    "bytes": ("uploading 5,500 bytes to upload", []),
}


@pytest.mark.parametrize(("text", "codes"), LINES.values(), ids=LINES)
def test_codes_are_found_among_words(text: str, codes: list[str]) -> None:
    assert named(text) == codes


@pytest.mark.parametrize(
    "text",
    [
        f'{{"error":{{"code":"ok","log_id":"{LOG}"}}}}',
        f'{{"headers":{{"X-Tt-Logid":["{LOG}"]}}}}',
        f"error=unauthorized_client&error_type=client_key&logid={LOG}",
        f"TikTok's log id: {LOG}",
        f"spam_risk (log id {LOG})",
    ],
)
def test_the_log_id_is_found(text: str) -> None:
    assert scan(text).log_ids == (LOG,)


SECRETS = (
    "act.canary1A2b3C",
    "rft.canary4D5e6F",
    "canaryCode7G*0!6410",
    "canary-8h9i-upload-token",
    "canarySecret0j1k2l",
)
LEAKS = [
    *SECRETS,
    f'{{"access_token":"{SECRETS[0]}","refresh_token":"{SECRETS[1]}"}}',
    f'{{"error":"{SECRETS[1]}","code":"{SECRETS[2]}","log_id":"{SECRETS[4]}"}}',
    f'{{"error":{{"code":"{SECRETS[0]}"}},"data":{{"code":"{SECRETS[4]}"}}}}',
    f"http://127.0.0.1/?code={SECRETS[2]}&state={SECRETS[4]}&error=access_denied",
    f"PUT https://a.example/upload?upload_token={SECRETS[3]} HTTP/1.1 416",
    f"error={SECRETS[2]}&error_type={SECRETS[4]}&logid={SECRETS[3]}",
    f"errCode=10007 Authorization: Bearer {SECRETS[0]} fail_reason={SECRETS[4]}",
]


@pytest.mark.parametrize("output", ["text", "json"])
@pytest.mark.parametrize("text", LEAKS)
def test_no_secret_of_the_input_is_repeated(
    text: str, output: str, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.run(["doctor", "explain", "--format", output, text])

    said = "".join(capsys.readouterr())
    assert said
    assert [secret for secret in SECRETS if secret in said] == []
    assert "canary" not in said.casefold()


@pytest.mark.parametrize(
    ("code", "near"),
    [
        ("spam_risk_to_many_posts", "spam_risk_too_many_posts"),
        ("INVALID_PARAMZ", "invalid_params"),
        ("401", "access_token_invalid"),
    ],
)
def test_an_unknown_code_ends_with_2_and_names_near_ones(
    code: str, near: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["doctor", "explain", code]) == 2

    said = capsys.readouterr()
    assert said.out == ""
    assert f"{code} is no code that is known here" in said.err
    assert near in said.err


def test_an_unknown_code_beside_a_known_one_is_told_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = '{"error":{"code":"brand_new"},"data":{"fail_reason":"spam_risk"}}'

    assert cli.run(["doctor", "explain", text]) == 0
    assert "brand_new is no code that is known here" in capsys.readouterr().err


def test_text_without_a_code_ends_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["doctor", "explain", "nothing", "to", "see"]) == 2
    assert capsys.readouterr().err == "no code of TikTok is in it\n"


def test_a_code_of_two_kinds_says_where_each_occurs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.run(["doctor", "explain", "spam_risk_too_many_posts"]) == 0

    said = capsys.readouterr().out
    assert "error.code of an API answer" in said
    assert "fail_reason of a post" in said
    assert "wait 86,400 seconds" in said


def test_a_file_and_standard_input_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    body = f'{{"error":{{"code":"{UNAUDITED}","log_id":"{LOG}"}}}}'.encode() + b"\xff\0"
    (tmp_path / "body.json").write_bytes(body)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(body)))

    assert cli.run(["doctor", "explain", str(tmp_path / "body.json")]) == 0
    of_file = capsys.readouterr().out
    assert cli.run(["doctor", "explain", "-"]) == 0
    assert capsys.readouterr().out == of_file
    assert f"TikTok's log id, for its support: {LOG}" in of_file


def test_a_file_that_does_not_end_is_read_in_part(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "big").write_bytes(b"spam_risk " + b"x" * 3_000_000)

    assert cli.run(["doctor", "explain", str(tmp_path / "big")]) == 0
    assert "only the first 2,097,152 bytes are read" in capsys.readouterr().err


@pytest.mark.parametrize("text", [UNAUDITED, "brand_new", f"401 {LOG}", "upload 206"])
def test_the_json_report_follows_its_schema(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.run(["doctor", "explain", "--format", "json", text])

    report = json.loads(capsys.readouterr().out)
    jsonschema.validate(report, validator("explain-report").schema)


def test_the_readme_shows_what_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    cli.run(["doctor", "explain", "upload", "403"])

    shown = f"$ tiktok-bridge doctor explain upload 403\n{capsys.readouterr().out}"
    assert f"```console\n{shown}```" in README.read_text(encoding="utf-8")


@given(st.text(alphabet='{}[]":,=&_ \n\\acdefilorstuxE0416%', max_size=60))
def test_any_text_is_read_to_its_end(text: str) -> None:
    assert isinstance(scan(text).found, tuple)


HOSTILE = {
    "braces": '{"' * 200_000,
    "nested": '{"a":' * 100_000,
    "pairs": "a=" * 200_000,
    "words": "a_" * 200_000 + "1",
    "uploads": "upload " * 20_000,
    "numbers": '{"error_code":' + "9" * 100_000 + "}",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_given_up_and_not_believed(text: str) -> None:
    assert scan(text).found == ()
