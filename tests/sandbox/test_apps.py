"""The app in production and its sandbox twin, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tiktok_bridge_sandbox.apps import (
    CLIENT_KEY,
    CLIENT_SECRET,
    SANDBOX_KEY,
    SANDBOX_SECRET,
)

if TYPE_CHECKING:
    import httpx

    from tests.sandbox.conftest import Person

PRODUCTION = {"client_key": CLIENT_KEY, "client_secret": CLIENT_SECRET}
TWIN = {"client_key": SANDBOX_KEY, "client_secret": SANDBOX_SECRET}
UNAUDITED = "unaudited_client_can_only_post_to_private_accounts"
CAP = "reached_active_user_cap"


def log_in(person: Person, app: dict[str, str]) -> None:
    """Let the person's next calls be those of *app*."""
    code = person.login(client_key=app["client_key"])["code"]
    assert person.exchange(code, **app).status_code == 200


def code_of(answer: httpx.Response) -> str:
    return str(answer.json()["error"]["code"])


def test_the_twin_of_an_audited_app_posts_nothing_in_public(acme: Person) -> None:
    log_in(acme, TWIN)

    assert code_of(acme.init("PUBLIC_TO_EVERYONE")) == UNAUDITED
    assert code_of(acme.pull(level="PUBLIC_TO_EVERYONE")) == UNAUDITED
    assert code_of(acme.photos(level="PUBLIC_TO_EVERYONE")) == UNAUDITED
    assert acme.sandbox.state()["publishes"] == []


def test_the_production_app_is_audited_while_clients_are_the_twin(
    acme: Person,
) -> None:
    acme.sandbox.reset(app_environment="sandbox")
    before = code_of(acme.init("PUBLIC_TO_EVERYONE"))

    log_in(acme, PRODUCTION)

    assert before == UNAUDITED
    assert code_of(acme.init("PUBLIC_TO_EVERYONE")) == "ok"


@pytest.mark.parametrize(("app", "levels"), [(PRODUCTION, 3), (TWIN, 1)])
def test_each_app_is_offered_what_its_own_audit_allows(
    acme: Person, app: dict[str, str], levels: int
) -> None:
    acme.sandbox.reset(unaudited_options="self-only")
    log_in(acme, app)

    info = acme.creator_info().json()["data"]

    assert len(info["privacy_level_options"]) == levels


def test_the_twin_has_the_seats_of_an_unaudited_app(
    acme: Person, studio: Person
) -> None:
    acme.sandbox.reset(unaudited_users=1)
    for person in (acme, studio):
        log_in(person, TWIN)
    acme.sandbox.creator("make-private", account="acme")
    acme.publish()

    assert code_of(acme.init()) == "ok"
    assert code_of(studio.init()) == CAP


def test_a_post_through_one_app_takes_no_seat_of_the_other(
    acme: Person, studio: Person
) -> None:
    acme.sandbox.reset(audited_users=1, unaudited_users=1)
    acme.publish()
    before = code_of(studio.init())

    log_in(studio, TWIN)

    assert before == CAP
    assert code_of(studio.init()) == "ok"


def test_who_posted_before_the_start_took_seats_of_one_app(acme: Person) -> None:
    acme.sandbox.reset("user-cap")
    before = code_of(acme.creator_info())
    acme.sandbox.creator("make-private", account="acme")

    log_in(acme, TWIN)

    assert before == CAP
    assert code_of(acme.init()) == "ok"


def test_equal_inits_of_two_apps_are_two_posts(acme: Person) -> None:
    acme.sandbox.reset(duplicate_inits="same-publish-id")
    acme.pull(level=None)
    log_in(acme, TWIN)

    acme.pull(level=None)

    keys = [publish["client_key"] for publish in acme.sandbox.state()["publishes"]]
    assert keys == [CLIENT_KEY, SANDBOX_KEY]
