"""What is redacted keeps its shape, stays equal, and says nothing of anybody."""

from __future__ import annotations

import json
import re
import stat
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tests.diagnostics.canary import SEEDS
from tiktok_bridge import Fact
from tiktok_bridge_diagnostics import derive
from tiktok_bridge_diagnostics.exchange import Exchange, digest
from tiktok_bridge_diagnostics.redact import key
from tiktok_bridge_diagnostics.redact.exchanges import Redactor
from tiktok_bridge_diagnostics.redact.words import SENTENCES

if TYPE_CHECKING:
    from pathlib import Path

    from tiktok_bridge_diagnostics.redact.maker import Profile

OURS = Redactor(b"k" * 32)
API = "https://open.tiktokapis.com/v2/"
JSON = {"content-type": ["application/json; charset=UTF-8"]}
FORM = {"content-type": ["application/x-www-form-urlencoded"]}
LOG_ID = "2026082803570400EF78723626F290068A"


def exchange(**fields: Any) -> Exchange:  # noqa: ANN401 - those of `Exchange`
    plain: dict[str, Any] = {
        "by": "creator",
        "number": 1,
        "about": "",
        "at": 1.0,
        "seconds": 0.1,
        "method": "POST",
        "url": f"{API}post/publish/creator_info/query/",
        "asked_headers": JSON,
        "asked": "{}",
        "status": 200,
        "phrase": "OK",
        "headers": JSON,
        "answered": "{}",
        "broke": None,
    }
    return Exchange(**plain | fields)


def answered(value: object, redactor: Redactor = OURS) -> Any:  # noqa: ANN401 - JSON
    told = redactor.exchange(exchange(answered=json.dumps(value)))
    return json.loads(told.answered)


STAYS = {
    "a refusal": {
        "error": {
            "code": "unaudited_client_can_only_post_to_private_accounts",
            "message": SENTENCES[0],
            "log_id": LOG_ID,
        }
    },
    "a code that nobody knows": {
        "error": {"code": "some_new_code", "message": "", "log_id": LOG_ID}
    },
    "an empty code": {"error": {"code": "", "message": "", "log_id": LOG_ID}},
    "a creator's options": {
        "data": {
            "privacy_level_options": ["PUBLIC_TO_EVERYONE", "SELF_ONLY"],
            "comment_disabled": False,
            "max_video_post_duration_sec": 3600,
        }
    },
    "a status": {
        "data": {
            "status": "FAILED",
            "fail_reason": "file_format_check_failed",
            "uploaded_bytes": 253568970,
            "publicaly_available_post_id": [7602997517160123666],
        }
    },
    "a refused login": {
        "error": "invalid_grant",
        "error_description": "Authorization code is expired.",
        "log_id": LOG_ID,
    },
    "scopes": {"scope": "user.info.basic,video.publish", "expires_in": 86400},
    "the times of a list": {"data": {"cursor": 1795392397031, "has_more": False}},
    "an unknown field": {"data": {"brand_new_field": 7}},
}


@pytest.mark.parametrize("name", STAYS)
def test_what_a_verdict_needs_stays(name: str) -> None:
    assert answered(STAYS[name]) == STAYS[name]


@pytest.mark.parametrize(
    "field", ["creator_nickname", "a_new_field", "title", "code", "message", "log_id"]
)
@pytest.mark.parametrize("name", SEEDS)
def test_no_field_shows_what_is_somebodys(name: str, field: str) -> None:
    told = answered({"data": {field: SEEDS[name]}, field: [SEEDS[name]]})

    assert SEEDS[name] not in json.dumps(told, ensure_ascii=False)


def test_equal_values_stay_equal_wherever_they_stand() -> None:
    token = "act.example12345Example12345Example"  # noqa: S105 - nobody's
    bearer = JSON | {"authorization": [f"Bearer {token}"]}
    asked = OURS.exchange(exchange(asked_headers=bearer))
    given = answered({"access_token": token})

    assert asked.asked_header("authorization") == f"Bearer {given['access_token']}"
    assert given["access_token"].startswith("act.⟪access_token:")
    assert answered({"access_token": token + "1"}) != given


def test_equal_values_of_two_sorts_are_not_seen_to_be_equal() -> None:
    told = answered({"creator_username": "zoe", "creator_nickname": "zoe"})
    handle, nickname = (one.partition(":")[2] for one in told.values())

    assert handle != nickname


def test_another_installation_has_other_surrogates() -> None:
    told = {"creator_username": "zoe"}

    assert answered(told) != answered(told, Redactor(b"l" * 32))


def test_an_upload_url_stays_one_that_the_client_takes() -> None:
    url = "https://open-upload-va.tiktokapis.com/upload?upload_id=76&upload_token=a1-b2"
    told = answered({"data": {"upload_url": url}})["data"]["upload_url"]
    put = OURS.exchange(exchange(method="PUT", url=url))

    assert told == put.url
    assert urlsplit(told).hostname == "open-upload-va.tiktokapis.com"
    assert urlsplit(told).path == "/upload"
    assert told.isascii()
    assert "a1-b2" not in told
    assert "upload_token=redacted.upload_token." in told


@pytest.mark.parametrize(
    ("url", "shape"),
    [
        (
            "https://zoe:pw@cdn.zoe.example:8443/a/b.mp4#x",
            r"https://host-H.invalid:8443/S/S!.mp4#redacted",
        ),
        ("http://127.0.0.1:*/callback/", "http://127.0.0.1:*/callback/"),
        ("http://[::1]:80/v2/", "http://[::1]:80/v2/"),
        ("javascript:alert('zoe')", "T"),
        ("http://[zoe", "T"),
    ],
)
def test_an_address_keeps_its_shape(url: str, shape: str) -> None:
    told = answered({"share_url": url})["share_url"]
    told = re.sub(r"⟪url:\w{12}⟫", "T", re.sub(r"redacted\.segment\.\w{12}", "S", told))

    assert re.sub(r"host-\w{12}", "host-H", told) == shape


def test_a_login_redirect_says_only_what_went_wrong() -> None:
    url = "https://shop.example/callback/?code=aB*1!x&state=nonce7"
    url += "&error=access_denied&scopes=user.info.basic"
    told = OURS.exchange(exchange(url=url)).url

    assert "error=access_denied&scopes=user.info.basic" in told
    assert not {"aB", "nonce7", "shop"} & set(told.replace("%2A", "*").split("="))
    assert "nonce7" not in told
    assert "aB" not in told


def test_a_form_keeps_which_grant_it_asks_for() -> None:
    form = "client_key=awx1&client_secret=s3cr3t&grant_type=refresh_token"
    form += "&refresh_token=rft.x1"
    told = OURS.exchange(exchange(asked_headers=FORM, asked=form))
    fact = next(derive.facts([told]))

    assert fact.data["asked"]["grant_type"] == "refresh_token"
    assert fact.data["asked"]["client_secret"].startswith("⟪client_secret:")
    assert "s3cr3t" not in told.asked
    assert "awx1" not in told.asked


@pytest.mark.parametrize(
    "body",
    [
        "<html>log in to the WLAN of zoe's hotel</html>",
        '{"a": NaN}',
        '{"a": 1e999}',
        "[" * 5000,
        '{"a":' * 40 + "1" + "}" * 40,
        '"' + "\\ud800" * 3,
        "1" * 5000,
    ],
)
def test_what_cannot_be_read_is_dropped_whole(body: str) -> None:
    told = OURS.exchange(exchange(answered=body))

    assert told.answered.startswith("⟪body:")
    assert not next(derive.facts([told])).data["is_json"]
    assert OURS.report()["rules"]["body"]


@pytest.mark.parametrize("number", [10**14, 7310_000_000_000_000_000, 10**40])
def test_a_long_number_under_an_unknown_name_may_be_somebodys(number: int) -> None:
    told = answered({"uid": number, "text": str(number)})

    assert str(number) not in json.dumps(told)
    assert told["uid"] < 2**63


def test_only_headers_that_explain_stay_and_only_in_their_shape() -> None:
    headers = {
        "Set-Cookie": ["sid=1"],
        "Server": ["zoe"],
        "Date": ["Sun, 22 Nov 2026 10:00:00 GMT", "zoe's birthday"],
        "X-Tt-Logid": [LOG_ID],
        "Retry-After": ["60"],
        "Content-Length": ["999"],
        "Content-Range": ["bytes 0-9/10"],
        "Location": ["https://zoe.example/"],
    }
    told = OURS.exchange(exchange(headers=headers, answered='{"title": "x"}'))

    assert set(told.headers) == {
        *("date", "x-tt-logid", "retry-after"),
        *("content-length", "content-range", "location"),
    }
    assert told.headers["date"] == ["Sun, 22 Nov 2026 10:00:00 GMT"]
    assert told.headers["content-length"] == [str(len(told.answered.encode()))]
    assert "zoe" not in repr(told)


def test_the_length_of_media_stays_that_of_the_media() -> None:
    headers = {"content-type": ["video/mp4"], "content-length": ["9"]}
    told = OURS.exchange(exchange(asked=digest(9, "0" * 64), asked_headers=headers))

    assert told.asked == digest(9, "0" * 64)
    assert told.asked_header("content-length") == "9"


def test_a_phrase_is_the_one_of_its_status_or_none() -> None:
    assert OURS.exchange(exchange(phrase="hello zoe")).phrase == ""
    assert OURS.exchange(exchange(phrase="OK")).phrase == "OK"


def test_a_message_keeps_tiktoks_words_and_nobody_elses() -> None:
    told = answered({"error": {"code": "x_y", "message": "Invalid title: my cat Tom"}})
    message = told["error"]["message"]

    assert message.startswith("Invalid title: ⟪text:")
    assert "Tom" not in message
    kept = {one["text"] for one in OURS.report()["kept"]}
    assert message in kept


PROFILES: list[Profile] = ["local", "tiktok", "public"]


@pytest.mark.parametrize("profile", PROFILES)
def test_what_was_redacted_is_left_as_it_is(profile: Profile) -> None:
    redactor = OURS.to(profile)
    value = {
        **{f"field_{number}": seed for number, seed in enumerate(SEEDS.values())},
        "upload_url": "https://zoe.example/a.mp4?upload_token=x&code=y&uid=77777777777777777",
        "publish_id": "v_pub_file~v2-1.7601447475849021452",
        "post_id": 7602997517160123666,
        "log_id": LOG_ID,
        "message": "Invalid title: my cat Tom, 12:30",
        "scope": "user.info.basic,zoe",
        "access_token": "act.example12345",
        'a "key" of zoe': 1,
    }
    once = redactor.exchange(
        exchange(
            about="acme",
            answered=json.dumps(value),
            asked_headers=FORM,
            asked="code=x&refresh_token=rft.y&redirect_uri=https%3A%2F%2Fzoe.example",
        )
    )

    assert redactor.exchange(once) == once
    assert redactor.to("tiktok").exchange(once).answered == once.answered


def test_tiktok_may_read_its_own_ids_and_nobody_else() -> None:
    value = {
        "publish_id": "v_pub_file~v2-1.7601447475849021452",
        "post_id": 7602997517160123666,
        "log_id": LOG_ID,
    }
    told = answered(value, OURS.to("public"))

    assert answered(value, OURS.to("tiktok")) == value
    assert told["publish_id"].startswith("v_pub_file~v2-1.9000000")
    assert str(told["post_id"]).startswith("9000000")
    assert len(told["log_id"]) == len(LOG_ID)
    assert told["log_id"] != LOG_ID


def test_names_stay_here_and_are_equal_everywhere_else() -> None:
    theirs = OURS.to("tiktok")
    facts = [Fact("token", "acme", {}), Fact("post", "x", {"account": "acme"})]
    facts.append(Fact("list", "", {"those": ["acme"], "by": {"acme": 1}}))
    theirs.learn(facts)
    told = [theirs.fact(one) for one in facts]
    about = theirs.exchange(exchange(about="acme")).about

    assert OURS.exchange(exchange(about="acme")).about == "acme"
    assert about == told[0].about == told[1].data["account"]
    assert told[2].data == {"those": [about], "by": {about: 1}}
    assert about.startswith("⟪name:")


def test_a_fact_keeps_what_is_counted_and_chosen() -> None:
    data = {
        "status": "no-key",
        "is_valid": True,
        "expires_at": 1795392397.5,
        "scopes": ["video.publish"],
        "errno": "EACCES",
        "privacy": "SELF_ONLY",
        "version": "8.2.1",
        "codes": {"spam_risk": 2},
        "place": "notify[0].to",
        "taken": {"upper-case": True},
        "file_system": "ext4",
        "with": {"warn_seconds": 5, "severity": "fail"},
        "endpoint": "creator_info",
        "nothing": None,
    }
    told = OURS.to("tiktok").fact(Fact("anything", "", data, "x.1", 1.0))

    assert told == Fact("anything", "", data, "x.1", 1.0)


@pytest.mark.parametrize(
    "field", ["a_new_field", "path", "says", "name", "host", "url"]
)
@pytest.mark.parametrize("name", SEEDS)
def test_no_fact_shows_what_is_somebodys(name: str, field: str) -> None:
    data = {field: SEEDS[name], "list": [SEEDS[name]], "in": {SEEDS[name]: 1}}
    told = OURS.to("tiktok").fact(Fact("anything", SEEDS[name], data))

    assert SEEDS[name] not in repr(told)


def test_the_report_counts_by_rule_and_place() -> None:
    redactor = Redactor(b"k" * 32)
    redactor.exchange(exchange(answered='{"creator_username": "zoe"}'))
    redactor.exchange(exchange(answered='{"creator_username": "zoe"}'))
    report = redactor.report()

    assert report["rules"] == {"handle": 2}
    assert report["places"] == {"exchanges/creator": {"handle": 2}}
    assert len(report["policy"]) == 64


CONFIG = "version: 1\napp: {client_key: aw, client_secret: s}\n"


def test_the_key_is_made_once_and_nobody_else_may_read_it(tmp_path: Path) -> None:
    config = tmp_path / "bridge.yaml"
    config.write_text(CONFIG)
    (tmp_path / "state").mkdir()
    made = key.of(config)
    file = tmp_path / "state" / "doctor.key"

    assert key.of(config) == made
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [one.name for one in (tmp_path / "state").iterdir()] == ["doctor.key"]


def test_without_a_folder_there_is_a_key_for_this_run_and_nothing_is_made(
    tmp_path: Path,
) -> None:
    config = tmp_path / "bridge.yaml"
    config.write_text(CONFIG)

    assert key.of(config) != key.of(config)
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize("wrong", ["exposed", "link", "short", "folder"])
def test_a_key_that_others_may_know_is_not_used(tmp_path: Path, wrong: str) -> None:
    state = tmp_path / "state"
    state.mkdir()
    file = state / "doctor.key"
    kept = bytes(32)
    target = tmp_path / "other"
    target.write_text(kept.hex())
    target.chmod(0o600)
    if wrong == "link":
        file.symlink_to(target)
    elif wrong == "folder":
        file.mkdir()
    else:
        file.write_text(kept.hex() if wrong == "exposed" else "00")
        file.chmod(0o644 if wrong == "exposed" else 0o600)

    assert key.of(tmp_path / "bridge.yaml") != kept


def test_the_key_is_beside_the_ledger_wherever_that_is(tmp_path: Path) -> None:
    config = tmp_path / "bridge.yaml"
    config.write_text(CONFIG + "ledger: sqlite:///data/ledger.db\n")

    assert key.folder(config) == tmp_path / "data"
