"""A handler with a redaction shows no secret, wherever and however it is written."""

from __future__ import annotations

import base64
import faulthandler
import html
import io
import json
import logging
import logging.handlers
import pickle
import queue
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

import pytest

from tests.unit import scanner
from tiktok_bridge import Redaction, Secret

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

VALUES: dict[str, str | bytes] = {
    "client secret": "Zx81QmPq7LtYw0sVbN3kRd5g",
    "access token": "act.Aq3example*0!4521.va",
    "refresh token": "rft.Bq9Example*0!9932.e1",
    "token of the app": "clt.2YwExampleOfAnApp7781",
    "code of a login": "n6kQz8-Login_Code*0!6410.va",
    "verifier": "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
    "state": "Qm9Yw3sTate-2kLp_77xD",
    "token of a QR code": "7fd0c2e4qrQRtoken88",
    "ticket of a QR code": "tick3t-QR-aZ19-xx-4",
    "upload token": "71bb6f1c-9c0e-11ee-8c90-0242ac120002",
    "key of the ring": bytes(range(7, 250, 8)),
    "other key of the ring": b"\xff\xfe\x00\x10key-Of-The-Ring\n\r\t'\"\\%41&amp;",
    "password of the ledger": "p@ss/w0rd:with?signs#",
    "password of the tokens": "s3cr3t%41%2Fnot-decoded",
    "a short one that looks quoted": 'p%41"qrstuv',
    "another that looks quoted": 'both%41"quoted%2Fand-not\\x41',
    "password of a notifier": "pässwörd-mit-Umlauten",
    "secret in a query": "hooks+token=/abc+def/==",
    "password of a proxy": "quo\"te'back\\slash&amp;<x>",
    "signature of S3": "fe5f80f77d5fa3beca038a248ff027d0445342fe2855ddc9631766303",
    "security token of S3": "FwoGZXIvYXdzEBYaDHh+IqZ3/pLw1example==",
    "key of S3": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "secret of a plugin": "Two words, and a third",
    "bytes of a plugin": b"plugin-bytes\x00\x01\x02end",
    "eight signs": "h8$Kq2!z",
    "eleven signs": "Tr0ub4dor&3",
    "emoji": "\U0001f511key\U0001f510lock-2024",
}


def text_of(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("latin-1")


def bytes_of(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else value


def shifted(value: str | bytes, before: bytes) -> bytes:
    return base64.b64encode(before + bytes_of(value) + b"tail")


ENCODINGS: dict[str, Callable[[Any], str]] = {
    "plain": text_of,
    "quoted": lambda one: quote(bytes_of(one)),
    "quoted whole": lambda one: quote(bytes_of(one), safe=""),
    "quoted plus": lambda one: quote_plus(bytes_of(one)),
    "quoted twice": lambda one: quote(quote(bytes_of(one), safe=""), safe=""),
    "quoted thrice": lambda one: quote(quote(quote(bytes_of(one), safe=""))),
    "quoted, small": lambda one: "".join(f"%{byte:02x}" for byte in bytes_of(one)),
    "quoted, all": lambda one: "".join(f"%{byte:02X}" for byte in bytes_of(one)),
    "base64": lambda one: base64.b64encode(bytes_of(one)).decode(),
    "base64 from 1": lambda one: shifted(one, b"a").decode(),
    "base64 from 2": lambda one: shifted(one, b"user:").decode(),
    "base64 url": lambda one: base64.urlsafe_b64encode(bytes_of(one)).decode(),
    "base64 url from 1": lambda one: (
        base64.urlsafe_b64encode(b"abcd" + bytes_of(one)).decode().rstrip("=")
    ),
    "base64 url from 2": lambda one: (
        base64.urlsafe_b64encode(b"ab" + bytes_of(one)).decode().rstrip("=")
    ),
    "base64 without padding": lambda one: (
        base64.b64encode(bytes_of(one)).decode().rstrip("=")
    ),
    "base64 quoted": lambda one: quote(base64.b64encode(bytes_of(one)), safe=""),
    "hex": lambda one: bytes_of(one).hex(),
    "hex, capitals": lambda one: bytes_of(one).hex().upper(),
    "hex, reversed case": lambda one: bytes_of(one).hex().title().swapcase(),
    "hex with colons": lambda one: bytes_of(one).hex(":"),
    "hex with spaces": lambda one: bytes_of(one).hex(" ").upper(),
    "JSON": lambda one: json.dumps(text_of(one)),
    "JSON, as it is": lambda one: json.dumps(text_of(one), ensure_ascii=False),
    "JSON with slashes": lambda one: json.dumps(text_of(one)).replace("/", "\\/"),
    "JSON twice": lambda one: json.dumps(json.dumps({"a": text_of(one)})),
    "JSON, escaped": lambda one: "".join(
        f"\\u{int.from_bytes(unit, 'big'):04x}"
        for unit in zip(*[iter(text_of(one).encode("utf-16-be"))] * 2, strict=True)
    ),
    "repr": repr,
    "repr of bytes": lambda one: repr(bytes_of(one)),
    "repr in a repr": lambda one: repr([repr(bytes_of(one))]),
    "ascii": ascii,
    "bytes, escaped": lambda one: "".join(f"\\x{byte:02x}" for byte in bytes_of(one)),
    "UTF-16": lambda one: text_of(one).encode("utf-16-le").decode("latin-1"),
    "UTF-16, other end": lambda one: repr(text_of(one).encode("utf-16-be")),
    "HTML": lambda one: html.escape(text_of(one)),
    "HTML, numbers": lambda one: "".join(f"&#{ord(sign)};" for sign in text_of(one)),
    "HTML, hex": lambda one: "".join(f"&#x{ord(sign):X};" for sign in text_of(one)),
    "small letters": lambda one: text_of(one).lower(),
    "other letters": lambda one: text_of(one).swapcase(),
}

ASCII_ONLY = {"UTF-16", "UTF-16, other end", "small letters", "other letters"}
"""Encodings that are promised for what is written in ASCII."""

CELLS = [
    (value, encoding)
    for value in VALUES
    for encoding in ENCODINGS
    if encoding not in ASCII_ONLY or bytes_of(VALUES[value]).isascii()
]


def redaction() -> Redaction:
    known = Redaction()
    known.add(*VALUES.values())
    return known


class Keeper(logging.StreamHandler[io.StringIO]):
    """Write records as text, extras too."""

    def __init__(self) -> None:
        super().__init__(io.StringIO())
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        super().emit(record)
        self.records.append(record)

    @property
    def shown(self) -> str:
        fields = [vars(record).values() for record in self.records]
        return self.stream.getvalue() + "".join(map(str, fields))


def fail(text: str) -> None:
    raise ValueError(text)


def crash(text: str) -> None:
    try:
        fail(text)
    except ValueError as error:
        error.add_note(text)
        raise RuntimeError("it failed") from error


def record_with(text: str) -> logging.LogRecord:
    """Return a record that holds *text* wherever one can."""
    record = logging.makeLogRecord(
        {
            "name": "httpx",
            "levelname": "INFO",
            "msg": f"said {text.replace('%', '%%')} and %s",
            "args": (text,),
            "stack_info": f"Stack: {text}",
            "threadName": text,
            "extra_text": text,
            "extra_object": io.StringIO,
            "extra_data": {"list": [text, (text, 1)], text: text.encode()},
        }
    )
    try:
        crash(text)
    except RuntimeError as error:
        record.exc_info = (type(error), error, error.__traceback__)
    return record


def shown_through(text: str, known: Redaction | None) -> str:
    handler = Keeper()
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s %(extra_text)s"))
    if known:
        known.put_on(handler)
    handler.handle(record_with(text))
    return handler.shown


@pytest.mark.parametrize("value", VALUES)
def test_no_encoding_of_a_known_secret_is_shown(value: str) -> None:
    known = redaction()
    leaks = [
        encoding
        for of, encoding in CELLS
        if of == value
        and scanner.shows(
            shown_through(ENCODINGS[encoding](VALUES[of]), known), VALUES[of]
        )
    ]

    assert leaks == []


def test_the_control_without_redaction_the_scanner_finds_them() -> None:
    missed = []
    for value, encoding in CELLS:
        handler = Keeper()
        text = ENCODINGS[encoding](VALUES[value])
        handler.handle(logging.makeLogRecord({"msg": text}))
        if not scanner.shows(handler.shown, VALUES[value]):
            missed.append((value, encoding))

    assert len(VALUES) >= 22
    assert len(ENCODINGS) >= 24
    assert len(missed) <= len(CELLS) // 100, missed


@pytest.mark.parametrize("length", [12, 20])
def test_a_secret_that_was_cut_off_is_not_shown(length: int) -> None:
    part = text_of(VALUES["client secret"])[3 : 3 + length]

    assert redaction().text(f"{part}…") == "***…"


def token(number: int) -> str:
    return sha256(str(number).encode()).hexdigest()[:24]


def test_old_values_are_forgotten_but_not_those_to_keep() -> None:
    known = Redaction()
    known.add("keep-this-one-01", keep=True)
    known.add("first-of-many-01")
    for number in range(3_000):
        known.add(token(number))

    assert known.text("keep-this-one-01") == "***"
    assert known.text("first-of-many-01") == "first-of-many-01"
    for number in range(2_000, 3_000):
        assert known.text(token(number)) == "***"


def test_a_value_that_is_used_is_not_forgotten() -> None:
    known = Redaction()
    known.add("is-used-all-the-time")
    for number in range(1_500):
        known.add(token(number))
    known.add("is-used-all-the-time")
    for number in range(1_500, 2_100):
        known.add(token(number))

    assert known.text(token(0)) == token(0)
    assert known.text("is-used-all-the-time") == "***"


ORDINARY = [
    "open.tiktokapis.com to POST /v2/post/publish/video/init/: HTTP 200",
    "log id 20260828035612A3942F2F64B39F7F0B89",
    "TikTok accepted it as v_pub_file~v2-1.7602997517160123666",
    "account acme is -000a1B2c3D4e5F6g7H8i9J0kLmNoPqRsTuV here",
    "/v2/oauth/token/: TikTok answered invalid_grant (HTTP 400): Refresh token is old.",
    "the token of account 'acme' has ended and cannot be renewed",
    "missing: ['access_token', 'refresh_token']; `access_token` is missing",
    '{"code": "unaudited_client_can_only_post_to_private_accounts", "log_id": "2022F"}',
    "errCode=10007 error_type=redirect_uri code=403 state: UPLOADING",
    "token_type=Bearer expires_in=86400 token=None access_token=Secret(***)",
    'GET https://open.tiktokapis.com/v2/user/info/?fields=open_id,a "HTTP/1.1 200 OK"',
    "postgresql+psycopg://bridge:***@db.example:5432/ledger is not reached",
    "connect_tcp.started host='open.tiktokapis.com' port=443 timeout=15.0",
    "no answer from open-upload-va.tiktokapis.com to PUT /upload: timed out",
    "http://127.0.0.1:3455/callback/ is not registered; see docs/errors.md#tokens",
    "client_secret: ${TIKTOK_CLIENT_SECRET} is not set in the environment",
    "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "caf\xe9 \u2014 100% of 2,621,447 bytes, \\server\\share, a & b, x < y",
]
"""Lines that a reader needs whole."""


@pytest.mark.parametrize("line", ORDINARY)
def test_an_ordinary_line_stays_as_it_is(line: str) -> None:
    assert redaction().text(line) == line


def test_text_around_a_secret_stays() -> None:
    known = redaction()

    assert known.text("a é %41 act.Aq3example*0!4521.va\nb") == "a é %41 ***\nb"


def test_redacting_twice_is_redacting_once() -> None:
    text = "Bearer act.Aq3example*0!4521.va at redis://:pw@h/0?password=abc"
    once = Redaction().text(text)

    assert once == "Bearer *** at redis://:***@h/0?***"
    assert Redaction().text(once) == once


@pytest.mark.parametrize(
    "part", ["a-", "://", "a://b:", "token=\\", "%25", "code=a1", "bearer 1", " ", "&#"]
)
def test_a_long_text_of_whatever_kind_is_read_in_no_time(part: str) -> None:
    text = part * (50_000 // len(part))

    assert redaction().text(f"{text} act.Aq3example*0!4521.va").endswith("***")


# Handlers


TOKEN = "act.Aq3example*0!4521.va"  # noqa: S105 - an example


def test_other_handlers_get_what_they_always_got() -> None:
    clean, other = Keeper(), Keeper()
    redaction().put_on(clean)
    record = record_with(TOKEN)

    for handler in (clean, other):
        handler.handle(record)

    assert TOKEN not in clean.shown
    assert clean.records[0].exc_info is None
    assert TOKEN in other.stream.getvalue()
    assert other.records[0].exc_info


def test_a_formatter_that_is_set_later_sees_no_secret() -> None:
    handler = Keeper()
    redaction().put_on(handler)
    handler.setFormatter(logging.Formatter("%(message)s %(extra_data)s"))

    handler.handle(record_with(TOKEN))

    assert TOKEN not in handler.shown
    assert "it failed" in handler.shown


def test_what_a_filter_of_the_handler_adds_is_seen_too() -> None:
    def add(record: logging.LogRecord) -> bool:
        record.added = f"by a filter: {TOKEN}"
        return True

    handler = Keeper()
    redaction().put_on(handler)
    handler.addFilter(add)
    handler.handle(logging.makeLogRecord({"msg": "x"}))

    assert TOKEN not in handler.shown
    assert "by a filter: ***" in handler.shown


def test_a_text_that_another_handler_formatted_is_not_taken_over() -> None:
    record = record_with(TOKEN)
    logging.Formatter().format(record)  # keeps `message` and `exc_text`
    sent: list[dict[str, object]] = []
    handler = logging.Handler()  # one that sends the fields, as to a web server
    handler.emit = lambda record: sent.append(vars(record))  # type: ignore[method-assign]
    redaction().put_on(handler)

    handler.handle(record)

    assert TOKEN not in str(sent)
    assert "it failed" in str(sent)


@pytest.mark.parametrize(
    ("message", "arguments"),
    [("%d of %s", (TOKEN,)), ("%(a)s", ({TOKEN: TOKEN},)), (TOKEN + " %", (1,))],
)
def test_a_call_that_cannot_be_formatted_is_told_without_its_secrets(
    message: str, arguments: tuple[object, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    handler = Keeper()
    redaction().put_on(handler)

    handler.handle(logging.makeLogRecord({"msg": message, "args": arguments}))

    assert TOKEN not in handler.shown + "".join(capsys.readouterr())
    assert "cannot be formatted" in handler.shown


def test_a_handler_that_fails_tells_no_secret(
    capsys: pytest.CaptureFixture[str],
) -> None:
    handler: logging.StreamHandler[Any] = logging.StreamHandler(
        io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    )
    redaction().put_on(handler)

    handler.handle(record_with(f"caf\xe9 {TOKEN}"))

    said = capsys.readouterr().err
    assert "Logging error" in said
    assert TOKEN not in said


class Odd:
    """An extra whose text cannot be had."""

    def __str__(self) -> str:
        raise ValueError(TOKEN)


class Request:
    """What a web framework attaches to a record."""

    headers = {"Authorization": f"Bearer {TOKEN}"}  # noqa: RUF012 - read only

    def __str__(self) -> str:
        return f"GET /?access_token={TOKEN}"


@pytest.mark.parametrize("extra", [Odd(), Request(), Secret(TOKEN), {1: [Request()]}])
def test_an_object_in_an_extra_becomes_text(extra: object) -> None:
    handler = Keeper()
    redaction().put_on(handler)

    handler.handle(logging.makeLogRecord({"msg": "x", "extra": extra}))

    assert TOKEN not in handler.shown
    assert not hasattr(handler.records[0].__dict__["extra"], "headers")


def test_an_extra_that_is_named_like_a_secret_is_hidden() -> None:
    handler = Keeper()
    redaction().put_on(handler)

    record = {"msg": "x", "password": "unknown", "form": {"client_secret": "unknown"}}
    handler.handle(logging.makeLogRecord({**record, "size_bytes": 7}))

    assert "unknown" not in handler.shown
    assert handler.records[0].__dict__["size_bytes"] == 7
    assert handler.records[0].__dict__["form"] == {"client_secret": "***"}


def test_handlers_that_send_the_record_itself_send_no_secret() -> None:
    sent: queue.Queue[logging.LogRecord] = queue.Queue()
    target = Keeper()
    memory = logging.handlers.MemoryHandler(1, target=target)
    waiting = logging.handlers.QueueHandler(sent)
    for handler in (memory, waiting):
        redaction().put_on(handler)
        handler.handle(record_with(TOKEN))

    assert TOKEN not in target.shown
    assert TOKEN not in repr(vars(sent.get()))


def test_what_a_socket_handler_pickles_holds_no_secret(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pickled: list[bytes] = []
    handler = logging.handlers.SocketHandler("127.0.0.1", 1)
    monkeypatch.setattr(handler, "send", pickled.append)
    redaction().put_on(handler)
    record = record_with(TOKEN)
    logging.Formatter().format(record)  # keeps `message` and `exc_text`

    handler.handle(record)

    fields = pickle.loads(pickled[0][4:])  # noqa: S301 - our own
    assert TOKEN not in repr(fields)
    assert fields["msg"].startswith("said ***")


def test_a_redaction_is_put_on_once_and_two_can_be_put_on() -> None:
    handler, first, second = Keeper(), Redaction(), Redaction()
    first.add("first-secret-01")
    second.add("second-secret-02")
    for one in (first, second, first, second):
        one.put_on(handler)
    worn = 0
    emit: Any = handler.emit
    while hasattr(emit, "redaction"):
        worn, emit = worn + 1, emit.emit

    handler.handle(logging.makeLogRecord({"msg": "first-secret-01 second-secret-02"}))

    assert worn == 2
    assert handler.stream.getvalue() == "*** ***\n"


def test_faulthandler_shows_no_value(tmp_path: Path) -> None:
    secret = TOKEN

    with (tmp_path / "dump").open("w+") as file:
        faulthandler.dump_traceback(file, all_threads=True)
        file.seek(0)
        dumped = file.read()

    assert "test_faulthandler_shows_no_value" in dumped
    assert secret not in dumped
