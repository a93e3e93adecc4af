"""What proves an audit, what contradicts it, and what proves nothing."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok_bridge import Certainty, Fact, Facts, Status
from tiktok_bridge_diagnostics import audit, cassette, derive, registry
from tiktok_bridge_diagnostics.examination import examine
from tiktok_bridge_diagnostics.exchange import Exchange
from tiktok_bridge_diagnostics.report import make

if TYPE_CHECKING:
    from random import Random

NOW = 1_800_000_000.0
DAY = 86_400.0

PUBLIC = ["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"]
PRIVATE = ["FOLLOWER_OF_CREATOR", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"]
OPTIONS = {"public": PUBLIC, "private": PRIVATE, "unknown": None}
REFUSED = "unaudited_client_can_only_post_to_private_accounts"
ALIAS = "unaudited_client_only_self_visibility"
DONE = {"is_complete": True}

CHECKS = {"audit.verdict": registry.all_checks()["audit.verdict"]}


def attempt(  # noqa: PLR0913 - each says what a test varies
    seen: str = "public",
    privacy: str = "SELF_ONLY",
    code: str | None = "ok",
    *,
    age: float = 60.0,
    about: str = "acme",
    number: int = 1,
    **more: object,
) -> Fact:
    """An attempt of the past, as the ledger remembers it."""
    data = {"options": OPTIONS[seen], "privacy": privacy, "code": code}
    data |= {"is_complete": False, "is_public": False, "level": None, "log_id": "L"}
    return Fact("attempt", about, data | more, f"history.{number}", NOW - age)


def exchanges(  # noqa: PLR0913 - likewise
    seen: str = "public",
    privacy: str = "SELF_ONLY",
    code: str = "ok",
    *,
    age: float = 60.0,
    about: str = "acme",
    status: dict[str, Any] | None = None,
) -> list[Exchange]:
    """The same, as it stands in a cassette."""
    error = {"code": code, "message": "", "log_id": "L"}
    started = {"publish_id": "v_pub_file~v2.1"} if code == "ok" else {}
    told: list[tuple[str, Any, Any]] = [
        ("video/init/", {"post_info": {"privacy_level": privacy}}, started)
    ]
    if OPTIONS[seen] is not None:
        options = {"privacy_level_options": OPTIONS[seen]}
        told.insert(0, ("creator_info/query/", {}, options))
    if status is not None:
        told.append(("status/fetch/", {"publish_id": "v_pub_file~v2.1"}, status))
    return [
        Exchange(
            by="probe",
            number=number,
            about=about,
            at=NOW - age + number / 3,
            seconds=0.1,
            method="POST",
            url=f"https://open.tiktokapis.com/v2/post/publish/{path}",
            asked_headers={"content-type": ["application/json"]},
            asked=json.dumps(asked),
            status=200 if "init" not in path or code == "ok" else 403,
            phrase="",
            headers={"content-type": ["application/json"]},
            answered=json.dumps(
                {"data": data, "error": error if "init" in path else {"code": "ok"}}
            ),
            broke=None,
        )
        for number, (path, asked, data) in enumerate(told, 1)
    ]


def judge(*facts: Fact, now: float = NOW) -> audit.Audit:
    return audit.judge(Facts(facts, now))


def found(*facts: Fact) -> tuple[str, str, str]:
    (one,) = examine(Facts(facts, NOW), CHECKS)
    return one.status.value, one.reason, one.certainty.value


UNAUDITED = ("unaudited", Certainty.CONFIRMED)
NARROWED = ("unaudited", Certainty.PROBABLE)
AUDITED = ("audited", Certainty.CONFIRMED)
PROBABLY = ("audited", Certainty.PROBABLE)
NOTHING = ("undetermined", Certainty.NONE)

WIDER = ["MUTUAL_FOLLOW_FRIENDS", "FOLLOWER_OF_CREATOR", "PUBLIC_TO_EVERYONE"]

ROWS: list[tuple[dict[str, Any], tuple[str, Certainty]]] = [
    *(
        ({"seen": "public", "privacy": level, "code": code}, UNAUDITED)
        for level in ["SELF_ONLY", *WIDER]
        for code in (REFUSED, ALIAS)
    ),
    *(
        ({"seen": "private", "privacy": level, "code": code}, UNAUDITED)
        for level in WIDER
        for code in (REFUSED, ALIAS)
    ),
    ({"seen": "private", "code": REFUSED}, NARROWED),
    ({"seen": "unknown", "code": REFUSED}, NARROWED),
    *(
        (
            {"seen": seen, "privacy": "PUBLIC_TO_EVERYONE", "level": level} | DONE,
            NARROWED,
        )
        for seen in OPTIONS
        for level in ("SELF_ONLY", "FOLLOWER_OF_CREATOR", "MUTUAL_FOLLOW_FRIENDS")
    ),
    (
        {"seen": "public", "privacy": "PUBLIC_TO_EVERYONE", "is_public": True} | DONE,
        AUDITED,
    ),
    ({"seen": "public", "code": "ok"}, PROBABLY),
    ({"seen": "private", "code": "ok"}, NOTHING),
    ({"seen": "private", "code": "ok"} | DONE, NOTHING),
    ({"seen": "private", "privacy": "FOLLOWER_OF_CREATOR"}, PROBABLY),
    ({"seen": "private", "privacy": "MUTUAL_FOLLOW_FRIENDS"}, PROBABLY),
    ({"seen": "public", "privacy": "PUBLIC_TO_EVERYONE"} | DONE, PROBABLY),
    ({"seen": "unknown", "privacy": "PUBLIC_TO_EVERYONE"} | DONE, NOTHING),
    ({"seen": "unknown", "code": "ok"}, NOTHING),
    *(
        ({"seen": seen, "privacy": "SELF_ONLY", "code": code}, NOTHING)
        for seen in OPTIONS
        for code in (
            "reached_active_user_cap",
            "privacy_level_option_mismatch",
            "url_ownership_unverified",
            "invalid_params",
            "spam_risk_too_many_posts",
            "access_token_invalid",
            "scope_not_authorized",
            "rate_limit_exceeded",
            None,
        )
    ),
]


@pytest.mark.parametrize(("row", "expected"), ROWS)
def test_each_row_of_the_table(
    row: dict[str, Any], expected: tuple[str, Certainty]
) -> None:
    told = judge(attempt(**row))

    assert (told.status, told.certainty) == expected
    assert (told.settles_it is None) == (told.certainty == Certainty.CONFIRMED)


@pytest.mark.parametrize(
    ("row", "expected"), [one for one in ROWS if one[0].get("code", "ok") is not None]
)
def test_a_cassette_says_the_same_as_the_ledger(
    row: dict[str, Any], expected: tuple[str, Certainty]
) -> None:
    given = dict(row)
    is_complete = given.pop("is_complete", False)
    ids = [7] if given.pop("is_public", False) else []
    level = given.pop("level", None)
    status: dict[str, Any] | None = None
    if is_complete:
        status = {"status": "PUBLISH_COMPLETE", "publicaly_available_post_id": ids}
        status |= {"privacy_level": level} if level else {}

    told = judge(*derive.facts(exchanges(**given, status=status)))

    assert (told.status, told.certainty) == expected


@pytest.mark.parametrize("row", [row for row, _ in ROWS])
def test_of_a_sandbox_app_nothing_is_said(row: dict[str, Any]) -> None:
    config = Fact("config", "", {"environment": "sandbox"}, "config.1", NOW)

    assert judge(attempt(**row), config).status == "not_applicable"
    assert found(attempt(**row), config) == ("skipped", "sandbox-app", "confirmed")


@pytest.mark.parametrize(
    "options", [None, 5, "PUBLIC_TO_EVERYONE", {}, [[]], [{"a": 1}, None]]
)
def test_options_of_a_strange_shape_say_nothing_of_the_account(options: object) -> None:
    told = judge(attempt(options=options))

    assert (told.status, told.certainty) == NOTHING


def test_options_and_scopes_alone_prove_nothing() -> None:
    (creator,) = derive.facts(exchanges()[:1])
    token = Fact("token", "acme", {"scopes": ["video.publish"]}, "tokens.1", NOW)

    assert (judge(creator, token).status, judge().status) == ("undetermined",) * 2
    assert found(creator, token) == ("skipped", "no-evidence", "none")


@pytest.mark.parametrize("age", [-2 * DAY, DAY + 1])
def test_what_is_older_than_a_day_only_supports(age: float) -> None:
    old = attempt(code=REFUSED, age=age)
    new = attempt(code=REFUSED, age=DAY - 1, number=2)

    assert (judge(old).status, judge(old).certainty) == NARROWED
    assert judge(old, new).certainty == Certainty.CONFIRMED


GONE_PUBLIC = {"privacy": "PUBLIC_TO_EVERYONE", "is_public": True} | DONE


def test_fresh_proofs_of_both_contradict_each_other_and_both_are_shown() -> None:
    told = judge(attempt(code=REFUSED), attempt(**GONE_PUBLIC, number=2))

    assert (told.status, told.certainty) == ("undetermined", Certainty.CONTRADICTED)
    assert {one.speaks_for for one in told.evidence} == {"audited", "unaudited"}
    assert "24 hours" in (told.settles_it or "")
    assert found(attempt(code=REFUSED), attempt(**GONE_PUBLIC, number=2)) == (
        "unknown",
        "contradicted",
        "contradicted",
    )


def test_a_fresh_proof_wins_over_a_stale_one() -> None:
    told = judge(attempt(code=REFUSED, age=2 * DAY), attempt(**GONE_PUBLIC, number=2))

    assert (told.status, told.certainty) == AUDITED


def test_a_post_that_is_public_and_narrowed_says_both() -> None:
    told = judge(attempt(**GONE_PUBLIC, level="SELF_ONLY"))

    assert (told.status, told.certainty) == NOTHING


def test_the_account_may_have_changed_since_it_was_last_asked() -> None:
    creator, init = exchanges(code=REFUSED)
    stale = replace(creator, at=creator.at - 2 * DAY)

    told = judge(*derive.facts([stale, init]))

    assert (told.status, told.certainty) == NARROWED


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([attempt(code=REFUSED)], ("fail", "unaudited-public-account", "confirmed")),
        (
            [attempt("private", "FOLLOWER_OF_CREATOR", REFUSED)],
            ("fail", "unaudited-private-account", "confirmed"),
        ),
        ([attempt("unknown", code=REFUSED)], ("fail", "unaudited", "probable")),
        (
            [attempt(privacy="PUBLIC_TO_EVERYONE", level="SELF_ONLY", **DONE)],
            ("fail", "silent-self-only", "probable"),
        ),
        ([attempt(**GONE_PUBLIC)], ("pass", "audited", "confirmed")),
        ([attempt()], ("pass", "probably-audited", "probable")),
        (
            [attempt(privacy="PUBLIC_TO_EVERYONE", **DONE)],
            ("pass", "no-public-id-yet", "probable"),
        ),
        (
            [attempt(privacy="PUBLIC_TO_EVERYONE", **DONE, age=2 * DAY)],
            ("warn", "no-public-id-came", "probable"),
        ),
        ([attempt("private")], ("unknown", "private-self-only", "none")),
        (
            [attempt(code="reached_active_user_cap")],
            ("unknown", "user-cap", "none"),
        ),
        (
            [attempt(code="access_token_invalid")],
            ("skipped", "token-refused", "none"),
        ),
        ([attempt(code="invalid_params")], ("unknown", "proves-nothing", "none")),
        (
            [
                attempt(),
                attempt("unknown", code=REFUSED, number=2),
            ],
            ("unknown", "ambiguous", "none"),
        ),
        ([], ("skipped", "no-evidence", "none")),
    ],
)
def test_situations_are_told_apart(
    facts: list[Fact], expected: tuple[str, str, str]
) -> None:
    assert found(*facts) == expected


def test_each_situation_of_an_unaudited_app_has_a_way_out_of_its_own() -> None:
    refused = [attempt(code=REFUSED), attempt("private", WIDER[0], REFUSED)]
    narrowed = attempt(privacy=PUBLIC[0], level="SELF_ONLY", **DONE)
    texts = set()
    for fact in [*refused, narrowed]:
        (one,) = examine(Facts([fact], NOW), CHECKS)
        assert one.remedy
        assert one.who_acts == "developer"
        texts.add(one.remedy.text)

    assert len(texts) == 3


def test_an_app_whose_posts_go_to_the_inbox_is_warned() -> None:
    config = Fact("config", "", {"on_unaudited": "inbox"}, "config.1", NOW)

    assert found(attempt(code=REFUSED), config)[0] == "warn"


def test_nothing_seen_since_a_collector_failed_is_unknown() -> None:
    lost = Fact("collected", "history", {"status": "crashed", "says": "it"}, "", NOW)

    assert found(lost) == ("unknown", "not-collected", "none")


# The laws of combined evidence.

LEVELS = st.sampled_from(["SELF_ONLY", *WIDER])
ATTEMPTS = st.builds(
    lambda seen, privacy, code, age, **more: attempt(
        seen, privacy, code, age=age, **more
    ),
    st.sampled_from(list(OPTIONS)),
    LEVELS,
    st.sampled_from([REFUSED, ALIAS, "ok", "reached_active_user_cap", None]),
    st.sampled_from([0.0, 60.0, DAY, DAY + 1, 3 * DAY]),
    is_complete=st.booleans(),
    is_public=st.booleans(),
    level=st.none() | LEVELS,
)
MANY = st.lists(ATTEMPTS, max_size=6).map(
    lambda several: [
        replace(one, id=f"history.{number}") for number, one in enumerate(several)
    ]
)
OTHERS = st.sampled_from(
    [
        Fact("token", "acme", {"scopes": []}, "tokens.1", NOW),
        Fact("calls", "acme", {"kind": "status", "made": 3, "most": 30}, "h.9", NOW),
        *derive.facts(exchanges()[:1]),
        Fact("collected", "history", {"status": "ok", "says": ""}, "history.0", NOW),
    ]
)
SURE = {Certainty.NONE: 0, Certainty.PROBABLE: 1, Certainty.CONFIRMED: 2}


def digest(facts: list[Fact]) -> str:
    return make(Facts(facts, NOW), CHECKS).digest


def said(facts: list[Fact]) -> tuple[Any, ...]:
    told = judge(*facts)
    return told.status, told.certainty, told.says, told.settles_it


@given(MANY, st.randoms(use_true_random=False))
def test_the_order_of_evidence_does_not_matter(
    facts: list[Fact], random: Random
) -> None:
    shuffled = list(facts)
    random.shuffle(shuffled)

    assert digest(shuffled) == digest(facts)
    assert said(shuffled) == said(facts)


@given(MANY)
def test_evidence_told_twice_counts_once(facts: list[Fact]) -> None:
    assert said(facts + facts) == said(facts)


@given(MANY, ATTEMPTS)
def test_agreeing_evidence_never_lowers_certainty(
    facts: list[Fact], another: Fact
) -> None:
    before = judge(*facts)
    alone = judge(another)
    if before.certainty == Certainty.CONTRADICTED or alone.status != before.status:
        return

    after = judge(*facts, replace(another, id="history.99"))

    assert after.status == before.status
    assert SURE[after.certainty] >= SURE[before.certainty]


@given(MANY, OTHERS)
def test_an_unrelated_fact_changes_nothing(facts: list[Fact], other: Fact) -> None:
    assert said([*facts, other])[:3] == said(facts)[:3]
    assert digest([*facts, other]) == digest(facts)


@given(MANY)
def test_only_a_post_that_was_taken_lets_the_check_pass(facts: list[Fact]) -> None:
    (one,) = examine(Facts(facts, NOW), CHECKS)

    if one.status == Status.PASS:
        assert one.evidence
        assert any(fact.data["code"] in ("ok", None) for fact in one.evidence)
    assert one.certainty != Certainty.CONFIRMED or one.evidence


@given(MANY)
def test_a_collector_that_failed_moves_the_verdict_only_toward_unknown(
    facts: list[Fact],
) -> None:
    lost = Fact("collected", "history", {"status": "late", "says": ""}, "h.0", NOW)
    (before,) = examine(Facts(facts, NOW), CHECKS)
    (after,) = examine(Facts([*facts, lost], NOW), CHECKS)

    same = (before.status, before.reason, before.certainty)
    assert (after.status, after.reason, after.certainty) == same or (
        after.status == Status.UNKNOWN
    )


TAPES = st.builds(
    lambda seen, privacy, code, age, status: exchanges(
        seen, privacy, code, age=age, status=status
    ),
    st.sampled_from(list(OPTIONS)),
    LEVELS,
    st.sampled_from([REFUSED, ALIAS, "ok"]),
    st.floats(0, 2 * DAY),
    st.none()
    | st.fixed_dictionaries(
        {"status": st.just("PUBLISH_COMPLETE")},
        optional={
            "privacy_level": LEVELS,
            "publicaly_available_post_id": st.sampled_from([[], [7], 7, "7", None]),
        },
    ),
)


@given(TAPES)
def test_a_replay_says_what_was_said_live(tape: list[Exchange]) -> None:
    again = cassette.from_value(json.loads(cassette.to_json(tape)))

    live, replayed = list(derive.facts(tape)), list(derive.facts(again))

    assert replayed == live
    assert digest(replayed) == digest(live)
    assert said(replayed) == said(live)


def test_no_hash_seed_changes_the_verdict() -> None:
    program = (
        "from tests.diagnostics.test_audit import *\n"
        "facts = [attempt(code=REFUSED, number=n, about=str(n)) for n in range(9)]\n"
        "(one,) = examine(Facts(facts, NOW), CHECKS)\n"
        "print(digest(facts), one.log_ids, one.says, [f.id for f in one.evidence])"
    )
    said = {
        subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }

    assert len(said) == 1


def test_every_pair_of_rows_is_confirmed_only_for_one_claim() -> None:
    for (one, first), (two, second) in itertools.product(ROWS, ROWS):
        told = judge(attempt(**one), attempt(**two, number=2))
        sure = {row[0] for row in (first, second) if row[1] == Certainty.CONFIRMED}
        if told.certainty == Certainty.CONFIRMED:
            assert sure == {told.status}
        if len(sure) == 2:
            assert told.certainty == Certainty.CONTRADICTED
