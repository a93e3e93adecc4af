"""What proves an audit, what contradicts it, and what proves nothing."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.diagnostics.outcome import DAY, NOW, SILENT, judged, told
from tiktok_bridge import Certainty, Check, Fact, Facts, Finding, State, Status
from tiktok_bridge_diagnostics import audit, cassette, derive, registry
from tiktok_bridge_diagnostics.examination import examine
from tiktok_bridge_diagnostics.exchange import Exchange
from tiktok_bridge_diagnostics.past import Past
from tiktok_bridge_diagnostics.redact.exchanges import Redactor
from tiktok_bridge_diagnostics.report import make

if TYPE_CHECKING:
    from random import Random

PUBLIC = ["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"]
PRIVATE = ["FOLLOWER_OF_CREATOR", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"]
OPTIONS = {"public": PUBLIC, "private": PRIVATE, "unknown": None}
REFUSED = "unaudited_client_can_only_post_to_private_accounts"
ALIAS = "unaudited_client_only_self_visibility"
DONE: dict[str, Any] = {"is_complete": True}

CHECKS = {"audit.verdict": registry.all_checks()["audit.verdict"]}


def attempt(  # noqa: PLR0913 - each says what a test varies
    seen: str = "public",
    privacy: str = "SELF_ONLY",
    code: str | None = "ok",
    *,
    age: float = 60.0,
    about: str = "acme",
    number: int = 1,
    **more: Any,  # noqa: ANN401 - the rest of its data
) -> Fact:
    """An attempt of the past, as the ledger remembers it."""
    data: dict[str, Any] = {"options": OPTIONS[seen], "privacy": privacy, "code": code}
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
    verdict: list[tuple[str, Any, Any]] = [
        ("video/init/", {"post_info": {"privacy_level": privacy}}, started)
    ]
    if OPTIONS[seen] is not None:
        options = {"privacy_level_options": OPTIONS[seen]}
        verdict.insert(0, ("creator_info/query/", {}, options))
    if status is not None:
        verdict.append(("status/fetch/", {"publish_id": "v_pub_file~v2.1"}, status))
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
        for number, (path, asked, data) in enumerate(verdict, 1)
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
    verdict = judge(attempt(**row))

    assert (verdict.status, verdict.certainty) == expected
    assert (verdict.settles_it is None) == (verdict.certainty == Certainty.CONFIRMED)


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

    verdict = judge(*derive.facts(exchanges(**given, status=status)))

    assert (verdict.status, verdict.certainty) == expected


@pytest.mark.parametrize("row", [row for row, _ in ROWS])
def test_of_a_sandbox_app_nothing_is_said(row: dict[str, Any]) -> None:
    config = Fact("config", "", {"environment": "sandbox"}, "config.1", NOW)

    assert judge(attempt(**row), config).status == "not_applicable"
    assert found(attempt(**row), config) == ("skipped", "sandbox-app", "confirmed")


@pytest.mark.parametrize(
    "options", [None, 5, "PUBLIC_TO_EVERYONE", {}, [[]], [{"a": 1}, None]]
)
def test_options_of_a_strange_shape_say_nothing_of_the_account(options: object) -> None:
    verdict = judge(attempt(options=options))

    assert (verdict.status, verdict.certainty) == NOTHING


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


GONE_PUBLIC: dict[str, Any] = {
    "privacy": "PUBLIC_TO_EVERYONE",
    "is_public": True,
} | DONE


def test_fresh_proofs_of_both_contradict_each_other_and_both_are_shown() -> None:
    verdict = judge(attempt(code=REFUSED), attempt(**GONE_PUBLIC, number=2))

    assert (verdict.status, verdict.certainty) == (
        "undetermined",
        Certainty.CONTRADICTED,
    )
    assert {one.speaks_for for one in verdict.evidence} == {"audited", "unaudited"}
    assert "24 hours" in (verdict.settles_it or "")
    assert found(attempt(code=REFUSED), attempt(**GONE_PUBLIC, number=2)) == (
        "unknown",
        "contradicted",
        "contradicted",
    )


def test_a_fresh_proof_wins_over_a_stale_one() -> None:
    verdict = judge(
        attempt(code=REFUSED, age=2 * DAY), attempt(**GONE_PUBLIC, number=2)
    )

    assert (verdict.status, verdict.certainty) == AUDITED


def test_a_post_that_is_public_and_narrowed_says_both() -> None:
    verdict = judge(attempt(**GONE_PUBLIC, level="SELF_ONLY"))

    assert (verdict.status, verdict.certainty) == NOTHING


def test_the_account_may_have_changed_since_it_was_last_asked() -> None:
    creator, init = exchanges(code=REFUSED)
    stale = replace(creator, at=creator.at - 2 * DAY)

    verdict = judge(*derive.facts([stale, init]))

    assert (verdict.status, verdict.certainty) == NARROWED


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
    verdict = judge(*facts)
    return verdict.status, verdict.certainty, verdict.says, verdict.settles_it


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
    assert judge(*facts, *facts).evidence == judge(*facts).evidence


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
        "facts = [attempt('public', PUBLIC[n % 3], REFUSED, number=n, about=str(n))\n"
        "         for n in range(9)]\n"
        "(one,) = examine(Facts(facts, NOW), CHECKS)\n"
        "print(digest(facts), one.log_ids, one.says, [f.id for f in one.evidence])"
    )
    said = {
        subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }

    assert len(said) == 1


def test_every_pair_of_rows_is_confirmed_only_for_one_claim() -> None:
    for (one, first), (two, second) in itertools.product(ROWS, ROWS):
        verdict = judge(attempt(**one), attempt(**two, number=2))
        sure = {row[0] for row in (first, second) if row[1] == Certainty.CONFIRMED}
        if verdict.certainty == Certainty.CONFIRMED:
            assert sure == {verdict.status}
        if len(sure) == 2:
            assert verdict.certainty == Certainty.CONTRADICTED


@given(MANY)
def test_redaction_keeps_the_verdict(facts: list[Fact]) -> None:
    redactor = Redactor(b"key")

    assert digest([redactor.fact(one) for one in facts]) == digest(facts)


# What else is said of the audit.


def http(  # noqa: PLR0913 - each says what a test varies
    endpoint: str,
    code: str | None = "ok",
    *,
    by: str = "probe",
    number: int = 1,
    answered: dict[str, Any] | None = None,
    about: str = "acme",
) -> Fact:
    data: dict[str, Any] = {
        "endpoint": endpoint,
        "code": code,
        "status": 200,
        "asked": {},
    }
    data |= {"answered": answered or {}, "log_id": "L"}
    return Fact("http", about, data, f"{by}#{number}", NOW)


def probe(asked: str | None = "SELF_ONLY") -> Fact:
    data = {"visibility": "public", "asked": asked}
    return Fact("probe", "acme", data, "probe.1", NOW)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([], ("skipped", "needs-consent", "none")),
        ([http("video_init")], ("skipped", "needs-consent", "none")),
        ([probe(), http("video_init")], ("pass", "taken", "confirmed")),
        (
            [probe(), http("video_init", REFUSED)],
            ("pass", "refused-as-unaudited", "confirmed"),
        ),
        (
            [probe(), http("video_init", ALIAS)],
            ("pass", "refused-as-unaudited", "confirmed"),
        ),
        (
            [probe(), http("video_init", "access_token_invalid")],
            ("unknown", "other-answer", "none"),
        ),
        ([probe(), http("video_init", None)], ("unknown", "other-answer", "none")),
        (
            [probe(), http("video_init", by="testpost")],
            ("unknown", "other-answer", "none"),
        ),
        ([probe(None)], ("unknown", "nothing-to-ask", "none")),
    ],
)
def test_a_probe_is_told(facts: list[Fact], expected: tuple[str, str, str]) -> None:
    assert told("audit.probe_init", facts)[0][:3] == expected


@pytest.mark.parametrize("code", ["access_token_invalid", "scope_not_authorized"])
def test_a_probe_that_the_token_spoilt_is_blocked_by_it(code: str) -> None:
    checks = registry.all_checks()
    facts = Facts([probe(), http("video_init", code), http("user_info", code)], NOW)
    needs = ("tok.present", "tok.valid", "tok.scopes_probe", "creator.info")
    known = {name: checks[name] for name in needs if name in checks}
    stub = Check(
        "tok.valid", "", lambda _: [Finding(Status.FAIL, "dead", "dead", "acme")]
    )

    found = examine(
        facts,
        known | {"tok.valid": stub, "audit.probe_init": checks["audit.probe_init"]},
    )

    (one,) = [one for one in found if one.check == "audit.probe_init"]
    assert (one.status, one.blocked_by) == (Status.BLOCKED, "tok.valid")


def trial(status: str = "PUBLISH_COMPLETE", **data: object) -> Fact:
    given = {"asked": "SELF_ONLY", "marker": "0a1b", "status": status, "level": None}
    given |= {"visibility": "not_public_so_far", "source": "no-public-id"}
    return Fact("trial", "acme", given | data, "testpost.1", NOW)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([trial()], ("pass", "not-public-so-far", "confirmed", "acme")),
        ([trial(visibility="public")], ("pass", "public", "confirmed", "acme")),
        ([trial("FAILED")], ("unknown", "failed", "none", "acme")),
        (
            [trial("PROCESSING_UPLOAD")],
            ("unknown", "processing-upload", "none", "acme"),
        ),
        ([trial("")], ("unknown", "refused", "none", "acme")),
        ([], ("skipped", "needs-consent", "none", "")),
    ],
)
def test_a_test_post_is_told(
    facts: list[Fact], expected: tuple[str, str, str, str]
) -> None:
    assert told("audit.test_post", facts) == [expected]


def test_a_test_post_says_what_its_visibility_was_derived_from() -> None:
    words = {}
    for source in ("public-id", "privacy-level", "no-public-id"):
        (one,) = judged("audit.test_post", [trial(source=source)])
        words[source] = one.says
        assert one.remedy
        assert "Delete it" in one.remedy.text

    assert len(set(words.values())) == 3


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([attempt()], ("pass", "none-was-refused", "confirmed", "acme")),
        (
            [attempt(), attempt(code=REFUSED, number=2)],
            ("pass", "some-were-refused", "confirmed", "acme"),
        ),
        ([], SILENT[0]),
    ],
)
def test_history_is_told(
    facts: list[Fact], expected: tuple[str, str, str, str]
) -> None:
    assert told("audit.history", facts) == [expected]


def environment(name: str) -> Fact:
    return Fact("config", "", {"environment": name}, "config.1", NOW)


LOGIN = http("token", "unauthorized_client")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([environment("production")], SILENT[0]),
        ([environment("sandbox"), http("creator_info")], SILENT[0]),
        ([http("creator_info")], SILENT[0]),
        (
            [environment("production"), http("creator_info")],
            ("pass", "live", "probable", ""),
        ),
        ([environment("production"), http("token")], SILENT[0]),
        (
            [environment("production"), LOGIN],
            ("unknown", "login-refused", "none", ""),
        ),
        (
            [environment("production"), LOGIN, http("user_info", number=2)],
            ("pass", "live", "probable", ""),
        ),
    ],
)
def test_a_review_is_another_approval_than_the_audit(
    facts: list[Fact], expected: tuple[str, str, str, str]
) -> None:
    assert told("audit.review", facts) == [expected]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([attempt()], SILENT[0]),
        ([attempt(code=REFUSED)], SILENT[0]),
        (
            [attempt(**GONE_PUBLIC, age=3 * DAY), attempt(code=REFUSED, number=2)],
            ("warn", "refused-again", "probable", ""),
        ),
        (
            [
                attempt(**GONE_PUBLIC, age=3 * DAY),
                attempt(code=REFUSED, number=2, about="shop"),
            ],
            ("warn", "another-account-refused", "probable", ""),
        ),
        (
            [attempt(code=REFUSED, age=3 * DAY), attempt(number=2)],
            ("pass", "taken-since", "probable", ""),
        ),
    ],
)
def test_an_approval_may_take_its_time(
    facts: list[Fact], expected: tuple[str, str, str, str]
) -> None:
    assert told("audit.propagation", facts) == [expected]


@pytest.mark.parametrize(
    "event", ["post.publish.complete", "post.publish.publicly_available"]
)
def test_a_webhook_alone_completes_a_post_of_the_ledger(event: str) -> None:
    asked = {"body": {"post_info": {"privacy_level": "PUBLIC_TO_EVERYONE"}}}
    past = Past()
    for state, said, answered in (
        (State.INIT_SENT, asked, None),
        (State.PROCESSING, None, {"publish_id": "v_pub_file~v2.1"}),
        (State.PUBLISHED, None, {"event": event}),
    ):
        move: Any = SimpleNamespace(
            state=state, asked=said, answered=answered, log_id=None, at=NOW
        )
        past.add(move)

    (one,) = past.attempts
    assert one.data["is_complete"]
    assert one.data["is_public"] == event.endswith("available")
    assert past.ended_by == "webhook"
