"""`doctor explain` finds every code in what is pasted, and repeats nothing else."""

from __future__ import annotations

import io
import json
import os
import pty
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok_bridge import cli, explain
from tiktok_bridge.config.schema import validator
from tiktok_bridge_diagnostics.explain import line
from tiktok_bridge_diagnostics.explain import scan as scanning
from tiktok_bridge_diagnostics.explain.scan import scan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge_diagnostics.explain.mention import Mention

README = Path(__file__).parents[2] / "diagnostics" / "README.md"
LOG = "20260828035612A3942F2F64B39F7F0B89"
UNAUDITED = "unaudited_client_can_only_post_to_private_accounts"


def named(text: str) -> list[str]:
    """Return the codes that are found in *text*, each after its kind."""
    return [f"{one.kind} {one.code}" for one in scan(text).found]


@pytest.mark.parametrize("entry", explain(), ids=lambda one: f"{one.kind}-{one.code}")
def test_every_spelling_of_every_code_is_found(entry: Any) -> None:  # noqa: ANN401 - an Explanation
    for spelling in filter(None, (entry.code, *entry.spellings)):
        found = scan(spelling)
        assert entry in (*found.found, *found.statuses.get(spelling, ()))
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


# HTTP statuses

STATUSES = [
    "403",
    "403 Forbidden",
    "HTTP 403",
    "http 403",
    "HTTP status 403",
    "status 403",
    "status code 403",
    "HTTP/1.1 403",
    "HTTP/2 403",
    'POST https://a.example/v2/post/publish/video/init/ "HTTP/1.1 403 Forbidden"',
    '{"status":403,"message":"Forbidden"}',
    '{"http_status":"403","log":"x"}',
    '{"code":403,"message":"x"}',
]


@pytest.mark.parametrize("text", STATUSES)
def test_a_status_lists_every_code_that_comes_with_it(text: str) -> None:
    found = scan(text)

    assert found.found == ()
    listed = {(one.kind, one.code) for one in found.statuses["403"]}
    assert listed == {(one.kind, one.code) for one in explain() if 403 in one.http}
    assert {("api", UNAUDITED), ("upload", "403")} < listed


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("http 429", ["api rate_limit_exceeded"]),
        ("HTTP 431", ["authorize 431"]),
        ("PUT 403", ["upload 403"]),
        ("HTTP 404 upload", ["upload 404"]),
    ],
)
def test_a_status_of_one_code_or_of_an_upload_is_explained(
    text: str, codes: list[str]
) -> None:
    assert named(text) == codes
    assert scan(text).statuses == {}


@pytest.mark.parametrize(
    ("status", "codes"),
    [
        ("404", ["404"]),
        ("416", ["416"]),
        ("401", ["scope_not_authorized", "access_token_invalid"]),
        ("500", ["internal_error", "", "5xx"]),
        ("502", ["internal_error", "", "502"]),
    ],
)
def test_a_status_is_one_of_an_upload_only_where_that_is_said(
    status: str, codes: list[str]
) -> None:
    for text in (status, f"HTTP {status}"):
        assert scan(text).found == ()
        assert [one.code for one in scan(text).statuses[status]] == codes


def test_a_status_says_how_its_codes_are_told_apart(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.run(["doctor", "explain", "HTTP", "403"]) == 0

    said = capsys.readouterr()
    assert "error.code in the body" in said.out
    assert "reached_active_user_cap: Your app" in said.out
    assert "upload 403: The upload URL has expired." in said.out
    assert said.err == ""
    assert len(said.out.splitlines()) <= 25


def test_a_code_says_more_than_the_status_beside_it() -> None:
    found = scan(f'HTTP/1.1 403 Forbidden {{"error":{{"code":"{UNAUDITED}"}}}}')

    assert [one.code for one in found.found] == [UNAUDITED]
    assert found.statuses == {}
    assert scan('HTTP/1.1 200 OK {"error":{"code":"ok"}}').statuses == {}


@pytest.mark.parametrize("text", ["410", "HTTP 299", "999", "403 files", "port 403"])
def test_a_number_that_is_no_known_status_lists_nothing(text: str) -> None:
    assert (scan(text).found, scan(text).statuses) == ((), {})


# Addresses

ADDRESS = "https://a.example/v2/auth/authorize/?error=invalid_scope&error_type=scope"


@pytest.mark.parametrize("times", [1, 2, 3])
def test_an_address_that_was_percent_encoded_is_read(times: int) -> None:
    text = ADDRESS
    for _ in range(times):
        text = quote(text, safe="")

    assert named(text) == ["authorize scope"]
    assert named(f"https://b.example/?next={text}") == ["authorize scope"]


# Secrets

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


UNREPEATED = [
    "rft_secret",
    "supersecretpassword",
    "error=supersecretpassword",
    "?error=correct_horse&error_type=battery_staple",
    '{"error":{"code":"supersecretpassword"},"data":{"fail_reason":"rft_secret"}}',
    "errCode 48151",
]


@pytest.mark.parametrize("output", ["text", "json"])
@pytest.mark.parametrize("text", UNREPEATED)
def test_a_word_that_nobody_knows_is_counted_and_not_repeated(
    text: str, output: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["doctor", "explain", "--format", output, text]) == 2

    said = "".join(capsys.readouterr())
    words = ("secret", "horse", "battery", "48151")
    assert [word for word in words if word in said] == []
    assert scan(text).strange > 0


@pytest.mark.parametrize(
    ("code", "near"),
    [
        ("spam_risk_to_many_posts", "spam_risk_too_many_posts"),
        ("INVALID_PARAMZ", "invalid_params"),
        ("upload 429", "rate_limit_exceeded"),
    ],
)
def test_an_unknown_code_ends_with_2_and_names_near_ones(
    code: str, near: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["doctor", "explain", code]) == 2

    said = capsys.readouterr()
    assert said.out == ""
    assert f"{code.rpartition(' ')[2]} is no code that is known here" in said.err
    assert near in said.err


def test_an_unknown_code_beside_a_known_one_is_told_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = '{"error":{"code":"brand_new"},"data":{"fail_reason":"spam_risk"}}'

    assert cli.run(["doctor", "explain", text]) == 0
    assert capsys.readouterr().err == "1 word is no code that is known here\n"


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


def test_a_closed_standard_input_holds_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", None)

    assert cli.run(["doctor", "explain", "-"]) == 2
    assert capsys.readouterr().err == "no code of TikTok is in it\n"


def test_a_folder_a_dangling_link_and_a_wrong_name_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "gone.json")
    said = {}
    for name in (".", "link", "body.jsn"):
        assert cli.run(["doctor", "explain", str(tmp_path / name)]) == 2
        said[name] = capsys.readouterr().err

    assert said["."] == "it is a folder; name a file in it\n"
    assert said["link"] == "it is a link to a file that does not exist\n"
    assert said["body.jsn"].endswith(", and no file has this name\n")


def test_a_code_is_explained_although_a_folder_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "internal").mkdir()

    assert cli.run(["doctor", "explain", "internal"]) == 0
    assert "fail_reason of a post" in capsys.readouterr().out


def test_a_pipe_that_has_a_name_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writing = threading.Thread(
        target=pipe.write_bytes, args=(b"spam_risk_text",), daemon=True
    )
    writing.start()

    assert cli.run(["doctor", "explain", str(pipe)]) == 0
    assert "spam_risk_text" in capsys.readouterr().out


def test_nothing_is_written_but_text_not_even_on_a_terminal() -> None:
    main, terminal = pty.openpty()
    command = [sys.executable, "-m", "tiktok_bridge", "doctor", "explain", "internal"]
    environ = {**os.environ, "NO_COLOR": "1", "TERM": "dumb"}
    subprocess.run(command, stdout=terminal, env=environ, check=True)  # noqa: S603 - ours
    os.close(terminal)

    said = os.read(main, 65536)
    os.close(main)
    assert b"internal" in said
    assert b"\x1b" not in said


def test_a_file_that_does_not_end_is_read_in_part(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "big").write_bytes(b"spam_risk " + b"x" * 3_000_000)

    assert cli.run(["doctor", "explain", str(tmp_path / "big")]) == 0
    assert "only the first 2,097,152 bytes are read" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text",
    [UNAUDITED, "brand_new", f"401 {LOG}", "upload 206", "403", "spam_riks", "503"],
)
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


ABC = "abcdefghijklmnopqrstuvwxyz"

HOSTILE = {
    "braces": '{"' * 200_000,
    "nested": '{"a":' * 100_000,
    "pairs": "a=" * 200_000,
    "words": "a_" * 200_000 + "1",
    "uploads": "upload " * 20_000,
    "numbers": '{"error_code":' + "9" * 100_000 + "}",
}


def test_many_unknown_codes_give_few_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    codes = [f"spam_risk_{a}{b}{c}" for a in ABC for b in ABC for c in ABC]
    bodies = [
        f'{{"error":{{"code":"{code}"}},"log_id":"{n:020}"}}'
        for n, code in enumerate(codes)
    ]
    (tmp_path / "log").write_text("\n".join(bodies))

    assert cli.run(["doctor", "explain", str(tmp_path / "log")]) == 2
    said = "".join(capsys.readouterr())
    assert len(said.splitlines()) <= 62  # a log id follows an empty line
    assert f"{len(codes) - 20} more words are no codes" in said


def test_only_some_of_the_unknown_words_are_compared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared: list[str] = []

    def near(code: str) -> tuple[str, ...]:
        compared.append(code)
        return ()

    monkeypatch.setattr(scanning, "near", near)
    text = "\n".join(f'{{"error_code":{n}}}' for n in range(20_000, 22_000))

    assert scan(text).strange == 2_000
    assert len(compared) == scanning.COMPARED


@pytest.mark.parametrize("text", ["x_y ", "ab_{} "])
def test_words_of_a_long_text_are_looked_up_once_each(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters = str.maketrans("0123456789", "abcdefghij")
    many = "".join(text.format(str(n).translate(letters)) for n in range(100_000))
    assert scan("internal_error x_y").found  # the tables are made once
    seen: list[str] = []
    look_up = line._of_word  # noqa: SLF001 - what costs the time

    def of_word(word: str) -> Iterator[Mention]:
        seen.append(word)
        return look_up(word)

    monkeypatch.delattr(line, "explain")  # it looks into each kind anew
    monkeypatch.setattr(line, "_of_word", of_word)

    assert scan(many).found == ()
    assert len(seen) == len(set(seen)) == len(set(many.split()))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_given_up_and_not_believed(text: str) -> None:
    assert scan(text).found == ()
