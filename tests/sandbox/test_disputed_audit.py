"""The audit in each of the ways in which sources describe it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import httpx

    from tests.sandbox.conftest import Person

UNAUDITED = "unaudited_client_can_only_post_to_private_accounts"
MISMATCH = "privacy_level_option_mismatch"


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


@pytest.mark.parametrize("shape", ["account", "self-only"])
def test_an_unaudited_app_may_be_offered_one_level_only(
    acme: Person, shape: str
) -> None:
    acme.sandbox.reset("unaudited-private-account", unaudited_options=shape)

    options = acme.creator_info().json()["data"]["privacy_level_options"]
    code = code_of(acme.init("FOLLOWER_OF_CREATOR"))[1]

    assert (len(options), code) == (
        (1, MISMATCH) if shape == "self-only" else (3, UNAUDITED)
    )


def test_an_audited_app_is_offered_the_accounts_levels_anyway(acme: Person) -> None:
    acme.sandbox.reset(unaudited_options="self-only")

    assert len(acme.creator_info().json()["data"]["privacy_level_options"]) == 3


@pytest.mark.parametrize(
    ("cure", "codes"),
    [
        ("account-and-level", [UNAUDITED, UNAUDITED]),
        ("level", ["ok", UNAUDITED]),
    ],
)
def test_self_only_cures_a_public_account_only_in_one_reading(
    acme: Person, cure: str, codes: list[str]
) -> None:
    acme.sandbox.reset("unaudited-public-account", unaudited_cure=cure)

    levels = ("SELF_ONLY", "PUBLIC_TO_EVERYONE")

    assert [code_of(acme.init(level))[1] for level in levels] == codes


def test_making_the_account_private_cures_it(acme: Person) -> None:
    acme.sandbox.reset("unaudited-public-account")
    before = code_of(acme.init())[1]

    acme.sandbox.creator("make-private", account="acme")

    assert (before, code_of(acme.init())[1]) == (UNAUDITED, "ok")
    acme.sandbox.creator("make-public")
    assert code_of(acme.init())[1] == UNAUDITED


@pytest.mark.parametrize(
    ("verdict", "code"),
    [("unaudited", UNAUDITED), ("mismatch", MISMATCH), ("narrow", "ok")],
)
def test_a_wider_level_on_a_private_account_meets_the_switch(
    acme: Person, verdict: str, code: str
) -> None:
    acme.sandbox.reset("unaudited-private-account", unaudited_private_wider=verdict)

    assert code_of(acme.init("FOLLOWER_OF_CREATOR"))[1] == code
    assert code_of(acme.init("SELF_ONLY"))[1] == "ok"


def test_a_narrowed_post_says_so_if_status_names_levels(acme: Person) -> None:
    acme.sandbox.reset(
        "unaudited-private-account",
        unaudited_private_wider="narrow",
        status_privacy_level=True,
    )
    publish_id = acme.publish("FOLLOWER_OF_CREATOR")
    acme.sandbox.advance(60)

    level = acme.status(publish_id).json()["data"]["privacy_level"]

    assert level == "SELF_ONLY"


@pytest.mark.parametrize(
    ("order", "code"), [("audit-first", UNAUDITED), ("level-first", MISMATCH)]
)
def test_when_two_rules_are_broken_the_order_decides(
    acme: Person, order: str, code: str
) -> None:
    acme.sandbox.reset("unaudited-public-account", check_order=order)

    assert code_of(acme.init("FOLLOWER_OF_CREATOR"))[1] == code
    assert code_of(acme.init("SELF_ONLY"))[1] == UNAUDITED


def test_the_refusal_can_have_the_other_code_and_http_200(acme: Person) -> None:
    other = "unaudited_client_only_self_visibility"
    acme.sandbox.reset(
        "unaudited-public-account", unaudited_code=other, unaudited_status=200
    )

    assert code_of(acme.init()) == (200, other)


@pytest.mark.parametrize(
    ("verdict", "code"), [("accept", "ok"), ("refuse", "invalid_params")]
)
def test_private_branded_content_meets_the_switch(
    acme: Person, verdict: str, code: str
) -> None:
    acme.sandbox.reset(branded_self_only=verdict)
    branded = {"brand_content_toggle": True}

    private = acme.init("SELF_ONLY", branded)

    assert code_of(private)[1] == code
    assert code_of(acme.init("PUBLIC_TO_EVERYONE", branded))[1] == "ok"
    assert code_of(acme.init("SELF_ONLY", {"brand_organic_toggle": True}))[1] == "ok"
