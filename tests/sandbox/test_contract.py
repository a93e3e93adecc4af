"""What is asked is checked against the schemas, and so is what is answered."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tiktok_bridge_sandbox import conformity, contract, events, redirects
from tiktok_bridge_sandbox.creators import Creator
from tiktok_bridge_sandbox.handle import TikTokSandbox
from tiktok_bridge_sandbox.publishes import Publish
from tiktok_bridge_sandbox.threads import running
from tiktok_bridge_sandbox.tokens import TokenBook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.sandbox.conftest import Person

SOURCE = {
    "source": "FILE_UPLOAD",
    "video_size": 64,
    "chunk_size": 64,
    "total_chunk_count": 1,
}
PHOTOS = {
    "source": "PULL_FROM_URL",
    "photo_images": ["https://media.example.com/a.jpg"],
}
BAD_SOURCE = "The request source info is empty or incorrect"
BAD_MODE = "Invalid media_type or post_mode"


def direct(source: object = None, **post_info: object) -> dict[str, object]:
    info = {"privacy_level": "SELF_ONLY"} | post_info
    return {"post_info": info, "source_info": SOURCE if source is None else source}


def photo(**changes: object) -> dict[str, object]:
    usual = {
        "media_type": "PHOTO",
        "post_mode": "DIRECT_POST",
        "post_info": {"privacy_level": "SELF_ONLY"},
        "source_info": PHOTOS,
    }
    return usual | changes


@pytest.mark.parametrize(
    ("path", "body", "text"),
    [
        ("creator_info/query", {"a": 1}, "The field a is unknown"),
        ("status/fetch", {}, "The field publish_id is missing"),
        ("status/fetch", {"publish_id": 7}, "The field publish_id is no string"),
        ("cancel", {"publish_id": None}, "The field publish_id is no string"),
        ("video/init", direct(titel="x"), "The field titel is unknown"),
        ("video/init", direct(title=7), "The field title is no string"),
        ("video/init", direct(is_aigc=1), "The field is_aigc is no bool"),
        (
            "video/init",
            direct(video_cover_timestamp_ms=1.0),
            "The field video_cover_timestamp_ms is no int32",
        ),
        (
            "video/init",
            direct(SOURCE | {"video_size": "64"}),
            "The field video_size is no int64",
        ),
        (
            "video/init",
            direct(SOURCE | {"chunk_size": 2**63}),
            "The field chunk_size is no int64",
        ),
        ("video/init", direct({}), BAD_SOURCE),
        ("video/init", direct([]), BAD_SOURCE),
        ("video/init", direct({"source": "CLOUD"}), BAD_SOURCE),
        ("video/init", direct({"source": "FILE_UPLOAD"}), BAD_SOURCE),
        ("video/init", direct({"source": "PULL_FROM_URL"}), BAD_SOURCE),
        (
            "video/init",
            {"source_info": SOURCE},
            "The request post info is empty or incorrect",
        ),
        ("inbox/video/init", {}, BAD_SOURCE),
        ("content/init", photo(media_type="VIDEO"), BAD_MODE),
        ("content/init", photo(post_mode="DIRECT"), BAD_MODE),
        ("content/init", photo(source_info=SOURCE), BAD_SOURCE),
        (
            "content/init",
            photo(source_info=PHOTOS | {"photo_images": ["https://x"] * 36}),
            BAD_SOURCE,
        ),
        (
            "content/init",
            photo(source_info=PHOTOS | {"photo_images": [7]}),
            "The field photo_images[0] is no string",
        ),
        (
            "content/init",
            photo(post_info=None),
            "The request post info is empty or incorrect",
        ),
    ],
)
def test_a_body_that_breaks_its_schema_is_told_the_field(
    acme: Person, path: str, body: object, text: str
) -> None:
    acme.sandbox.reset(unknown_fields="refuse")
    answer = acme.post(path, body)

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "invalid_params"
    assert answer.json()["error"]["message"] == text


def test_the_code_of_a_broken_body_follows_the_switch(acme: Person) -> None:
    acme.sandbox.reset(invalid_code="invalid_param")

    answer = acme.post("status/fetch", {})

    assert answer.json()["error"]["code"] == "invalid_param"


def test_the_token_is_judged_before_the_body(acme: Person) -> None:
    acme.sandbox.reset("token-revoked")

    answer = acme.post("status/fetch", {"nonsense": 1})

    assert answer.json()["error"]["code"] == "access_token_invalid"


def test_unknown_fields_can_be_ignored_but_wrong_types_cannot(acme: Person) -> None:
    acme.sandbox.reset(unknown_fields="ignore")

    assert acme.post("video/init", direct(titel="x")).status_code == 200
    assert acme.post("video/init", direct(titel="x", title=7)).status_code == 400


@pytest.mark.parametrize(
    ("endpoint", "fields"),
    [
        ("user/info", ""),
        ("user/info", "shoe_size"),
        ("user/info", "open_id,shoe_size"),
        ("video/list", ""),
        ("video/list", "privacy_level"),
        ("video/query", "id, title"),
    ],
)
def test_a_query_that_breaks_its_schema_is_refused(
    acme: Person, endpoint: str, fields: str
) -> None:
    name = endpoint.replace("/", "-") + "-query"
    method = "GET" if endpoint == "user/info" else "POST"
    acme.sandbox.reset(limits=False)

    answer = acme.http.request(
        method, f"/v2/{endpoint}/?fields={fields}", headers=acme.bearer()
    )

    assert [*contract.breaches(name, {"fields": fields})], "the control"
    assert answer.status_code == 400 or answer.json()["error"]["code"].startswith("sc")


@pytest.mark.parametrize(
    "form",
    [
        {"grant_type": "refresh_token"},
        {"grant_type": "authorization_code", "code": "x"},
        {},
    ],
)
def test_a_form_that_breaks_its_schema_is_malformed(
    acme: Person, form: dict[str, str]
) -> None:
    answer = acme.oauth(**form)

    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_request"
    assert answer.json()["error_description"] == conformity.MALFORMED


def test_a_revoke_without_its_token_is_malformed(acme: Person) -> None:
    answer = acme.oauth("revoke")

    assert answer.json()["error_description"] == conformity.MALFORMED


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "video/avi"},
        {"Content-Range": "bytes=0-63/64"},
        {"Content-Range": "bytes 0-63/64\u0661"},
        {"Content-Range": ""},
    ],
)
def test_a_chunk_whose_headers_break_their_schema_is_refused(
    acme: Person, headers: dict[str, str]
) -> None:
    url = acme.init().json()["data"]["upload_url"]
    usual = {"Content-Type": "video/mp4", "Content-Range": "bytes 0-63/64"}
    sent = {k.encode(): v.encode() for k, v in (usual | headers).items()}

    answer = acme.http.put(url, content=acme.video, headers=sent)

    assert answer.status_code == 400


def nameless(_creator: Creator, *_: object) -> dict[str, object]:
    return {"creator_username": "acme"}


def textual(_publish: Publish, *_: object) -> dict[str, object]:
    return {"status": "PUBLISHED"}


def scopeless(_book: TokenBook, *_: object) -> dict[str, object]:
    return {"access_token": "act.x", "open_id": "-000", "token_type": "Bearer"}


def ask(sandbox: TikTokSandbox, path: str, body: object) -> httpx.Response:
    bearer = {"Authorization": f"Bearer {sandbox.token()['access_token']}"}
    url = f"{sandbox.base_url}/v2/post/publish/{path}/"
    return httpx.post(url, json=body, headers=bearer)


def ask_status(sandbox: TikTokSandbox) -> httpx.Response:
    publish_id = ask(sandbox, "video/init", direct()).json()["data"]["publish_id"]
    return ask(sandbox, "status/fetch", {"publish_id": publish_id})


def ask_creator(sandbox: TikTokSandbox) -> httpx.Response:
    return ask(sandbox, "creator_info/query", {})


@pytest.mark.parametrize(
    ("kind", "method", "wrong", "act", "text"),
    [
        (Creator, "info", nameless, ask_creator, "data.creator_avatar_url breaks"),
        (Publish, "answer", textual, ask_status, "data.status breaks status-answer"),
    ],
)
def test_an_answer_of_the_sandbox_that_breaks_its_schema_is_loud(  # noqa: PLR0913, PLR0917 - one per column
    monkeypatch: pytest.MonkeyPatch,
    kind: type,
    method: str,
    wrong: Callable[..., object],
    act: Callable[[TikTokSandbox], httpx.Response],
    text: str,
) -> None:
    with running() as base_url:
        sandbox = TikTokSandbox(base_url)
        assert act(sandbox).status_code == 200, "the control"
        sandbox.assert_lawful()
        monkeypatch.setattr(kind, method, wrong)

        answer = act(sandbox)
        monkeypatch.undo()
        sandbox.reset()

        assert answer.status_code == 500
        assert text in answer.text
        assert answer.text in sandbox.state()["contract_violations"]
        with pytest.raises(AssertionError, match="own mistakes"):
            sandbox.assert_lawful()


def test_a_token_answer_that_breaks_its_schema_is_loud(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with running() as base_url:
        sandbox = TikTokSandbox(base_url)
        old = sandbox.token()["refresh_token"]
        monkeypatch.setattr(TokenBook, "as_response", scopeless)
        form = {
            "client_key": sandbox.client_key,
            "client_secret": sandbox.client_secret,
            "grant_type": "refresh_token",
            "refresh_token": old,
        }

        answer = httpx.post(f"{base_url}/v2/oauth/token/", data=form)

    assert answer.status_code == 500
    assert "breaks token-answer" in answer.text


def test_a_webhook_that_breaks_its_schema_is_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(events, "DEVELOPER_REVOKED", 99)
    with running() as base_url:
        sandbox = TikTokSandbox(base_url)
        form = {
            "client_key": sandbox.client_key,
            "client_secret": sandbox.client_secret,
            "token": sandbox.token()["access_token"],
        }
        httpx.post(f"{base_url}/v2/oauth/revoke/", data=form)

        violations = sandbox.state()["contract_violations"]

    assert [one for one in violations if "webhook" in one and "reason" in one]


def codeless(_uri: str, _answer: object) -> str:
    return "http://127.0.0.1:3455/callback/?state=x"


def test_a_callback_that_breaks_its_schema_is_counted(
    monkeypatch: pytest.MonkeyPatch, acme: Person
) -> None:
    with running() as base_url:
        sandbox = TikTokSandbox(base_url)
        path = acme.authorize_url().partition("/v2/")[2]
        sandbox.login(f"{base_url}/v2/{path}")
        sandbox.assert_lawful()
        monkeypatch.setattr(redirects, "with_answer", codeless)

        sandbox.login(f"{base_url}/v2/{path}")

        assert "authorize-callback" in sandbox.state()["contract_violations"][0]


UNLAWFUL_TEST = """
import httpx
from tiktok_bridge_sandbox.creators import Creator

def test_that_does_not_look(tiktok_sandbox, monkeypatch):
    monkeypatch.setattr(Creator, "info", lambda *_: {})
    bearer = {"Authorization": "Bearer " + tiktok_sandbox.token()["access_token"]}
    path = "/v2/post/publish/creator_info/query/"
    httpx.post(tiktok_sandbox.base_url + path, headers=bearer)
"""


def test_the_fixture_fails_a_test_that_did_not_look(tmp_path: Path) -> None:
    (tmp_path / "test_unlawful.py").write_text(UNLAWFUL_TEST)

    run = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )

    assert "1 passed, 1 error" in run.stdout, run.stdout
    assert "the sandbox's own mistakes" in run.stdout


@pytest.mark.parametrize("kind", ["wrong_type", "truncated_json", "empty", "html"])
def test_an_injected_fault_is_no_violation(acme: Person, kind: str) -> None:
    acme.sandbox.faults("creator_info", [{"kind": kind}])

    acme.creator_info()

    acme.sandbox.assert_consumed()
    assert acme.sandbox.state()["contract_violations"] == []


def test_a_reason_that_a_switch_made_up_is_no_violation(acme: Person) -> None:
    acme.sandbox.reset(fail_reason="a_reason_of_the_future", processing_seconds=0)

    said: dict[str, Any] = acme.status(acme.publish()).json()["data"]

    assert said["fail_reason"] == "a_reason_of_the_future"
    acme.sandbox.assert_lawful()
