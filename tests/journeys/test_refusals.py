"""TikTok says no: the reason, who acts, and the log id reach the person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tiktok_bridge import InvalidInput, State, StoreError

if TYPE_CHECKING:
    from tests.journeys.conftest import Studio

UNAUDITED = "unaudited_client_can_only_post_to_private_accounts"


def test_the_unaudited_error_is_explained_as_what_it_is(studio: Studio) -> None:
    studio.sandbox.reset("unaudited-public-account")
    studio.log_in("acme")
    with studio.bridge() as bridge:
        failure = bridge.publish(studio.post()).failure

    assert failure
    assert (failure.code, failure.http_status) == (UNAUDITED, 403)
    assert "It is not the privacy level of the post" in failure.message
    assert failure.hint
    assert "Set the TikTok account itself to private" in failure.hint
    assert failure.log_id
    assert len(failure.log_id) == 34


def test_on_unaudited_inbox_sends_a_draft_because_somebody_chose_it(
    studio: Studio,
) -> None:
    studio.sandbox.reset("unaudited-public-account")
    studio.log_in("acme")
    studio.configure("on_unaudited: fail", "on_unaudited: inbox")
    with studio.bridge() as bridge:
        result = bridge.publish(studio.post())

    assert (result.state, result.mode) == (State.IN_INBOX, "inbox")
    assert [one["mode"] for one in studio.arrived()] == ["inbox"]


def test_a_failed_post_is_sent_again_only_when_somebody_asks(studio: Studio) -> None:
    studio.sandbox.reset("unaudited-public-account")
    studio.log_in("acme")
    with studio.bridge() as bridge:
        bridge.publish(studio.post())
        assert bridge.publish(studio.post()).sent is False
        studio.sandbox.reset("unaudited-private-account")
        studio.log_in("acme")

        bridge.retry("one")
        result = bridge.publish(studio.post(title="Another title"))

    assert result.state == State.PUBLISHED
    assert studio.arrived()[0]["post_info"]["title"] == "Another title"


@pytest.mark.parametrize(
    ("scenario", "code"),
    [
        ("banned", "spam_risk_user_banned_from_posting"),
        ("token-revoked", "invalid_grant"),
    ],
)
def test_a_refusal_before_the_first_byte_fails_the_post(
    studio: Studio, scenario: str, code: str
) -> None:
    studio.sandbox.reset(scenario)
    studio.log_in("acme")
    with studio.bridge() as bridge:
        result = bridge.publish(studio.post())

    assert result.state == State.FAILED
    assert result.failure
    assert result.failure.code == code
    assert result.failure.log_id
    assert studio.arrived() == []


def test_a_token_that_has_ended_is_refreshed_once_and_kept(studio: Studio) -> None:
    before = studio.sandbox.token()["refresh_token"]
    studio.clock.sleep(86_400)
    with studio.bridge() as bridge:
        assert bridge.publish(studio.post()).state == State.PUBLISHED
        kept = bridge.vault.read("acme")

    assert studio.calls("token") == 1
    assert kept
    assert kept.refresh_token
    assert kept.refresh_token.reveal() != before


def test_a_refresh_token_that_was_refused_is_not_offered_again(
    studio: Studio,
) -> None:
    studio.sandbox.reset("token-revoked")
    studio.log_in("acme")
    with studio.bridge() as bridge:
        assert bridge.publish(studio.post(id="first")).state == State.FAILED
        for _ in range(3):
            with pytest.raises(InvalidInput, match="has ended and cannot be renewed"):
                bridge.publish(studio.post())
        assert [one.post.id for one in bridge.ledger.entries()] == ["first"]

    assert studio.calls("token") == 1


@pytest.mark.parametrize("code", ["server_error", "temporarily_unavailable"])
def test_a_passing_fault_of_the_token_endpoint_is_waited_for(
    studio: Studio, code: str
) -> None:
    studio.clock.sleep(86_400)
    fault = {"kind": "status", "status": 400, "code": code}
    studio.sandbox.faults("token", [fault])
    with studio.bridge() as bridge:
        assert bridge.publish(studio.post()).state == State.PUBLISHED


def test_nothing_is_renewed_that_could_not_be_kept(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StoreError("no space left")

    studio.clock.sleep(86_400)
    with studio.bridge() as bridge:
        store = bridge.host.open_token_store(bridge.settings.tokens)
        monkeypatch.setattr(type(store), "save", full)
        with pytest.raises(StoreError):
            bridge.publish(studio.post())

    assert studio.calls("token") == 0


def test_a_token_that_was_lost_on_the_way_is_named_as_lost(studio: Studio) -> None:
    studio.clock.sleep(86_400)
    studio.sandbox.faults("token", [{"kind": "reset_before_reply"}])
    with studio.bridge() as bridge:
        failure = bridge.publish(studio.post()).failure

    assert failure
    assert failure.code == "invalid_grant"
    assert "its end was never told" in failure.message


def test_a_token_that_tiktok_calls_invalid_is_refreshed_once(studio: Studio) -> None:
    fault = {"kind": "status", "status": 401, "code": "access_token_invalid"}
    studio.sandbox.faults("creator_info", [fault])
    with studio.bridge() as bridge:
        assert bridge.publish(studio.post()).state == State.PUBLISHED

    assert studio.calls("token") == 1


def test_a_missing_scope_never_refreshes_the_token(studio: Studio) -> None:
    fault = {"kind": "status", "status": 401, "code": "scope_not_authorized"}
    studio.sandbox.faults("creator_info", [fault])
    with studio.bridge() as bridge:
        assert bridge.publish(studio.post()).state == State.FAILED

    assert studio.calls("token") == 0


def test_a_fail_reason_is_explained(studio: Studio) -> None:
    studio.sandbox.reset(fail_reason="frame_rate_check_failed")
    studio.log_in("acme")
    with studio.bridge() as bridge:
        failure = bridge.publish(studio.post()).failure

    assert failure
    assert failure.code == "frame_rate_check_failed"
    assert "fps" in failure.message or "frame" in failure.message
    assert failure.who_acts


def test_a_post_that_tiktok_forgot_is_unknown_until_somebody_settles_it(
    studio: Studio,
) -> None:
    fault = {"kind": "status", "status": 400, "code": "invalid_publish_id"}
    studio.sandbox.faults("status", [fault])
    with studio.bridge() as bridge:
        result = bridge.publish(studio.post())
        again = bridge.publish(studio.post())
        settled = bridge.settle("one", published=True)

    assert result.state == State.UNKNOWN
    assert result.failure
    assert "posts settle one --account acme --as published" in (
        result.failure.hint or ""
    )
    assert again.sent is False
    assert settled.state == State.PUBLISHED
    assert studio.calls("video_init") == 1


@pytest.mark.parametrize(
    "switches",
    [
        {"log_id_key": "logid"},
        {"post_id_shape": "int"},
        {"post_id_shape": "string"},
        {"post_id_shape": "strings"},
        {"post_id_shape": "absent"},
        {"chunk_status": "all-201-then-200"},
        {"uploaded_bytes": "count"},
        {"megabyte": "binary"},
        {"brand_toggles_required": True},
        {"expires_in": 7200, "refresh_expires_in": 15_552_000},
    ],
    ids=str,
)
def test_every_way_in_which_tiktok_was_seen_is_understood(
    studio: Studio, switches: dict[str, Any]
) -> None:
    studio.sandbox.reset(moderation_seconds=0, **switches)
    studio.log_in("acme")
    name = studio.video(21_000_000)
    with studio.bridge() as bridge:
        post = studio.post(video=name, privacy="PUBLIC_TO_EVERYONE")
        result = bridge.publish(post)

    assert result.state == State.PUBLISHED
    expected = "not_public_so_far" if "absent" in switches.values() else "public"
    assert result.visibility == expected


@pytest.mark.parametrize("status", [401, 200])
def test_a_token_that_tiktok_calls_invalid_is_renewed_once_whatever_the_status(
    studio: Studio, status: int
) -> None:
    studio.sandbox.reset("token-expired", token_refusal_status=status)
    studio.log_in("acme")
    with studio.bridge() as bridge:
        result = bridge.publish(studio.post())

    assert result.state == "PUBLISHED"
    assert studio.calls("token") == 1
