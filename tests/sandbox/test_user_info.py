"""What the Display endpoint tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx

    from tests.sandbox.conftest import Person


def ask(person: Person, fields: str) -> httpx.Response:
    return person.http.get(f"/v2/user/info/?fields={fields}", headers=person.bearer())


def test_only_the_fields_asked_for_are_told(acme: Person) -> None:
    user = ask(acme, "open_id,display_name").json()["data"]["user"]

    assert user == {
        "open_id": acme.sandbox.token("acme")["open_id"],
        "display_name": "Acme",
    }


def test_asking_for_nothing_is_refused_with_the_recorded_text(acme: Person) -> None:
    answer = ask(acme, "")

    assert answer.status_code == 400
    assert answer.json()["data"] == {}
    assert answer.json()["error"]["message"] == (
        "Fields is required, please provide fields in the request"
    )


def test_a_field_of_another_scope_is_refused(acme: Person) -> None:
    answer = ask(acme, "open_id,username")

    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "scope_not_authorized"


def test_an_unknown_field_is_refused(acme: Person) -> None:
    assert ask(acme, "shoe_size").json()["error"]["code"] == "invalid_params"


def test_public_posts_are_counted(acme: Person) -> None:
    acme.sandbox.reset()
    acme.publish("PUBLIC_TO_EVERYONE")
    acme.publish("SELF_ONLY")
    acme.sandbox.advance(60)
    scopes = ["user.info.stats", "user.info.basic"]
    code = acme.login(scopes, scope=",".join(scopes))["code"]
    token = acme.exchange(code).json()["access_token"]

    answer = acme.http.get(
        "/v2/user/info/?fields=video_count",
        headers={"Authorization": f"Bearer {token}"},
    )

    assert answer.json()["data"]["user"] == {"video_count": 1}
