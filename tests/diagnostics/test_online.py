"""The doctor beside the sandbox: situations, faults, and what it says is the cause."""

from __future__ import annotations

import json
import shutil
import socket
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.journeys.conftest import Studio
from tiktok_bridge import Transport
from tiktok_bridge_diagnostics import registry
from tiktok_bridge_diagnostics.collectors.refresh import refresh
from tiktok_bridge_diagnostics.doctor import examine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tiktok_bridge import Collector, Host
    from tiktok_bridge_diagnostics.doctor import Examination
    from tiktok_bridge_sandbox.handle import TikTokSandbox

CHANGING = ("video_init", "inbox_init", "photo_init", "upload", "cancel", "revoke")


OURS = ("clock", "dns", "net", "app", "tok", "creator")
"""The topics that are looked at here."""

NEEDED = [
    "config",
    "network",
    "app",
    "credentials",
    "tokens",
    "creator",
    "plans",
    "keys",
]
"""The collectors that see what these are about; the others take their time."""


@pytest.fixture(autouse=True)
def _only_what_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    real = registry.all_collectors

    def some(host: Host | None = None) -> list[Collector]:
        return [one for one in real(host) if one.name in NEEDED]

    monkeypatch.setattr(registry, "all_collectors", some)


@pytest.fixture
def studio(tmp_path: Path, tiktok_sandbox: TikTokSandbox) -> Studio:
    return Studio(tmp_path / "studio", tiktok_sandbox)


def examined(studio: Studio, **options: Any) -> Examination:  # noqa: ANN401 - those of `examine`
    return examine(studio.folder / "bridge.yaml", **options)


def causes(examination: Examination) -> list[tuple[str, str, str]]:
    return [
        (one.check, one.reason, one.certainty.value)
        for one in examination.report.causes
    ]


def of(examination: Examination, check: str) -> list[tuple[str, str]]:
    return [
        (one.status.value, one.reason)
        for one in examination.report.findings
        if one.check == check
    ]


@pytest.mark.parametrize(
    ("scenario", "switches", "expected"),
    [
        ("audited", {}, []),
        ("demo", {}, []),
        ("audited", {"envelope": "error-first", "log_id_key": "logid"}, []),
        ("audited", {"envelope": "error-only-on-refusal", "log_id_key": "absent"}, []),
        ("audited", {"token_shape": "wrapped"}, []),
        ("audited", {"expires_in": 7200, "refresh_expires_in": 15_552_000}, []),
        ("scope-missing", {}, [("tok.scopes_stored", "missing", "confirmed")]),
        (
            "scope-missing",
            {"scope_refusal_status": 403},
            [("tok.scopes_stored", "missing", "confirmed")],
        ),
        ("token-expired", {}, [("tok.valid", "refused", "confirmed")]),
        (
            "token-expired",
            {"token_refusal_status": 200},
            [("tok.valid", "refused", "confirmed")],
        ),
        ("token-revoked", {}, [("tok.valid", "refused", "confirmed")]),
        ("user-cap", {}, [("creator.user_cap", "full", "confirmed")]),
        (
            "user-cap",
            {"creator_info_status": 403},
            [("creator.user_cap", "full", "confirmed")],
        ),
        ("daily-cap", {}, [("creator.can_post", "too-many-posts", "confirmed")]),
        ("banned", {}, [("creator.can_post", "banned", "confirmed")]),
        ("unaudited-public-account", {}, []),
        ("unaudited-private-account", {}, []),
    ],
)
def test_a_situation_is_named_and_nothing_changes(
    studio: Studio,
    scenario: str,
    switches: dict[str, object],
    expected: list[tuple[str, ...]],
) -> None:
    studio.sandbox.reset(scenario, **switches)
    studio.log_in("acme")
    before = studio.sandbox.token("acme")
    found = examined(studio)
    mine = [one for one in causes(found) if one[0].partition(".")[0] in OURS]

    assert mine == expected
    assert [studio.calls(one) for one in CHANGING] == [0] * len(CHANGING)
    assert studio.sandbox.token("acme") == before


def test_a_sandbox_app_is_recognised_by_its_key(studio: Studio) -> None:
    studio.sandbox.reset("sandbox-app")
    studio.configure("awlocalsandbox00", studio.sandbox.client_key)
    studio.configure("local-sandbox-secret", studio.sandbox.client_secret)
    studio.log_in("acme")

    undeclared = examined(studio)
    studio.configure("environment: production", "environment: sandbox")

    assert of(undeclared, "app.mode") == [("warn", "disagrees")]
    assert of(undeclared, "app.client_valid") == [("pass", "taken")]
    assert of(examined(studio), "app.mode") == [("pass", "agrees")]


@pytest.mark.parametrize("status", ["4xx", "200"])
def test_a_wrong_secret_is_the_cause(studio: Studio, status: str) -> None:
    studio.sandbox.reset("token-expired", oauth_error_status=status)
    studio.log_in("acme")
    studio.configure("local-sandbox-secret", "no-secret-of-this-app")

    assert causes(examined(studio)) == [
        ("app.client_valid", "invalid-client", "confirmed")
    ]


def test_a_swapped_pair_is_the_cause(studio: Studio) -> None:
    studio.configure("client_key: awlocalsandbox00", "client_key: local-secret")
    studio.configure("local-sandbox-secret", "awlocalsandbox00")

    found = [one for one in causes(examined(studio)) if one[0] != "tok.present"]

    assert found == [("app.key_shape", "swapped", "probable")]


def test_records_that_were_swapped_do_not_open(studio: Studio) -> None:
    studio.log_in("acme", "studio")
    tokens = studio.folder / "state" / "tokens"
    files = sorted(one for one in tokens.rglob("*") if one.is_file())
    mine = [one for one in files if "acme" in one.name]
    for one in mine:
        other = one.with_name(one.name.replace("acme", "studio"))
        if other.exists():
            aside = one.with_name("aside")
            shutil.move(one, aside)
            shutil.move(other, one)
            shutil.move(aside, other)

    found = examined(studio)

    assert of(found, "tok.decrypt") == [("fail", "damaged")] * 2
    assert {one[0] for one in causes(found)} == {"tok.decrypt"}


def test_a_lost_key_ring_explains_that_no_record_opens(studio: Studio) -> None:
    studio.log_in("acme")
    (studio.folder / "state" / "keys.json").unlink()
    found = examined(studio)

    assert of(found, "tok.decrypt") == [("blocked", "unreadable")]
    assert [one.check for one in found.report.causes] == ["key.present"]


def test_a_key_that_is_not_in_the_ring_is_told_from_a_damaged_record(
    studio: Studio,
) -> None:
    studio.log_in("acme")
    ring = studio.folder / "state" / "keys.json"
    held = json.loads(ring.read_text())
    held["keys"][0]["id"] = "another"
    ring.write_text(json.dumps(held))

    assert of(examined(studio), "tok.decrypt") == [("blocked", "no-key")]


def test_without_a_configuration_that_is_the_cause_of_all(studio: Studio) -> None:
    studio.configure("client_key: awlocalsandbox00", "client_kez: awlocalsandbox00")
    found = examined(studio)
    ours = {
        one.status.value
        for one in found.report.findings
        if one.check.partition(".")[0] in OURS
    }

    assert [one.check for one in found.report.causes] == ["cfg.schema"]
    assert ours == {"blocked", "skipped"}


def test_two_accounts_of_one_user_are_seen(studio: Studio) -> None:
    studio.log_in("acme")
    file = studio.folder / "twin.json"
    file.write_text(json.dumps(studio.sandbox.token("acme")))
    assert studio.run("auth", "import", "twin", str(file)) == 0

    assert of(examined(studio), "tok.account") == [("warn", "namesake")] * 2


def test_without_a_login_that_is_the_cause(studio: Studio) -> None:
    assert causes(examined(studio)) == [("tok.present", "missing", "confirmed")]


Alter = Callable[[httpx.Request, dict[str, str], bytes], tuple[dict[str, str], bytes]]


class Altered(httpx.BaseTransport):
    """Let somebody on the way change answers."""

    def __init__(self, alter: Alter) -> None:
        self._inner = Transport()
        self._alter = alter

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self._inner.handle_request(request)
        body = b"".join(response.iter_raw())
        response.close()
        headers, body = self._alter(request, dict(response.headers), body)
        return httpx.Response(response.status_code, headers=headers, content=body)

    def close(self) -> None:
        self._inner.close()


def test_a_clock_that_is_off_is_seen(studio: Studio) -> None:
    studio.log_in("acme")

    def late(
        _: httpx.Request, headers: dict[str, str], body: bytes
    ) -> tuple[dict[str, str], bytes]:
        return headers | {"date": formatdate(time.time() + 4000, usegmt=True)}, body

    assert causes(examined(studio, transport=Altered(late))) == [
        ("clock.skew", "wrong", "confirmed")
    ]


def test_another_user_is_seen(studio: Studio) -> None:
    studio.log_in("acme")

    def other(
        request: httpx.Request, headers: dict[str, str], body: bytes
    ) -> tuple[dict[str, str], bytes]:
        if request.url.path == "/v2/user/info/":
            told = json.loads(body)
            told["data"]["user"]["open_id"] = "-000another"
            body = json.dumps(told).encode()
            headers["content-length"] = str(len(body))
        return headers, body

    assert causes(examined(studio, transport=Altered(other))) == [
        ("tok.account", "another-user", "confirmed")
    ]


@pytest.mark.parametrize("kind", ["html", "empty", "truncated_json", "wrong_json"])
def test_one_bad_answer_among_good_ones_is_no_cause(studio: Studio, kind: str) -> None:
    studio.log_in("acme")
    studio.sandbox.faults("video_list", [None, {"kind": kind}])
    studio.sandbox.faults("user_info", [{"kind": kind}])

    assert causes(examined(studio)) == []


class Portal(BaseHTTPRequestHandler):
    """Answer everything with a page, as a captive portal does."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        page = b"<html><body>Please log in to the Wi-Fi</body></html>"
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.send_header("content-length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    do_GET = do_POST  # noqa: N815 - likewise

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def portal() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Portal)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_captive_portal_is_the_cause(studio: Studio, portal: str) -> None:
    studio.log_in("acme")
    studio.configure(f"base_url: {studio.sandbox.base_url}", f"base_url: {portal}")

    assert causes(examined(studio)) == [("net.api_shape", "not-tiktok", "confirmed")]


def test_a_port_that_refuses_is_the_cause(studio: Studio) -> None:
    studio.log_in("acme")
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    here = f"http://127.0.0.1:{port}"
    studio.configure(f"base_url: {studio.sandbox.base_url}", f"base_url: {here}")

    assert causes(examined(studio)) == [("net.tcp_tls", "refused", "confirmed")]


def test_a_name_that_does_not_exist_is_the_cause(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio.log_in("acme")
    real = socket.getaddrinfo

    def absent(host: str, *args: Any, **more: Any) -> Any:  # noqa: ANN401 - as it is
        if host == "nowhere.invalid":
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return real(host, *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", absent)
    studio.configure(
        f"base_url: {studio.sandbox.base_url}", "base_url: https://nowhere.invalid"
    )

    assert causes(examined(studio)) == [("dns.resolve", "not-found", "confirmed")]


@pytest.mark.parametrize(
    ("is_full", "cause"),
    [(False, "no-answer-timeout"), (True, "timeout")],
    ids=["accepts", "backlog full"],
)
def test_a_host_that_never_answers_costs_little(
    studio: Studio, *, is_full: bool, cause: str
) -> None:
    studio.log_in("acme", "studio")
    with ExitStack() as stack:
        silent = stack.enter_context(
            closing(
                socket.create_server(("127.0.0.1", 0), backlog=1 if is_full else 99)
            )
        )
        place = silent.getsockname()
        for _ in range(4 * is_full):
            waiting = stack.enter_context(closing(socket.socket()))
            waiting.setblocking(False)  # noqa: FBT003 - its only argument
            waiting.connect_ex(place)
        here = f"http://127.0.0.1:{place[1]}"
        studio.configure(f"base_url: {studio.sandbox.base_url}", f"base_url: {here}")
        began = time.monotonic()
        found = examined(studio)
        seconds = time.monotonic() - began

    assert [one.reason for one in found.report.causes] == [cause]
    assert seconds < 15  # what a run may take; it gives up after four


def test_a_renewal_with_consent_keeps_the_new_token(studio: Studio) -> None:
    studio.log_in("acme")
    before = studio.sandbox.token("acme")["refresh_token"]
    found = examined(studio, also=[refresh("acme")])

    assert of(found, "tok.refresh_works") == [("pass", "renewed")]
    assert studio.sandbox.token("acme")["refresh_token"] != before
    assert of(examined(studio), "tok.valid") == [("pass", "taken")]
    assert of(examined(studio), "tok.refresh_works") == [("skipped", "needs-consent")]


def test_a_renewal_that_tiktok_refuses_is_told(studio: Studio) -> None:
    studio.sandbox.reset("token-revoked")
    studio.log_in("acme")
    found = examined(studio, also=[refresh("acme")])

    assert of(found, "tok.refresh_works") == [("fail", "refused")]
    again = examined(studio)
    assert of(again, "tok.retired") == [("blocked", "refused")]
    assert causes(again) == [("tok.access_expiry", "ended-for-good", "confirmed")]


def test_planned_posts_are_held_against_the_creator(studio: Studio) -> None:
    studio.log_in("acme", "studio")
    with studio.bridge() as bridge:
        bridge.accept(studio.post(id="wide", privacy="FOLLOWER_OF_CREATOR"))
        bridge.accept(studio.post(id="fits"))
    found = examined(studio)

    assert of(found, "creator.privacy_choice") == [
        ("pass", "offered"),
        ("fail", "not-offered"),
    ]
    assert of(found, "creator.interactions") == [("pass", "fit")] * 2


def test_at_most_five_accounts_are_asked(studio: Studio) -> None:
    told = studio.sandbox.token("acme")
    for number in range(7):
        file = studio.folder / "token.json"
        file.write_text(json.dumps(told | {"open_id": f"user-{number}"}))
        assert studio.run("auth", "import", f"a{number}", str(file)) == 0
    found = examined(studio)
    (creators,) = [one for one in found.collection.facts if one.kind == "creators"]

    assert creators.data == {"known": 7, "asked": 5, "ended": 0}
    assert studio.calls("creator_info") == 5
