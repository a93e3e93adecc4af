"""Facts are judged by checks, and one cause is told from what follows from it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok_bridge import Certainty, Check, Fact, Facts, Finding, Status, host
from tiktok_bridge_diagnostics import registry, report
from tiktok_bridge_diagnostics.examination import causes, examine

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def check(name: str, *, needs: tuple[str, ...] = (), **options: Any) -> Check:  # noqa: ANN401 - those of `Check`
    """A check that says what the facts of its name say."""

    def judge(facts: Facts) -> Iterator[Finding]:
        for fact in facts.of(name):
            status = Status(fact.data["status"])
            says = f"{name} is {status}"
            yield Finding(status, "said", says, fact.about, evidence=(fact,))

    return Check(name, f"{name} is well", judge, needs, **options)


def facts(**said: str) -> Facts:
    """One fact for each check, about an account after a `__` in its name."""
    made = []
    for name, status in said.items():
        kind, _, about = name.partition("__")
        made.append(Fact(kind.replace("_", "."), about, {"status": status}, name))
    return Facts(made, 0.0)


def checks(*each: Check) -> dict[str, Check]:
    return {one.id: one for one in each}


CHAIN = checks(
    check("c.third", needs=("b.second",)),
    check("b.second", needs=("a.first",)),
    check("a.first"),
)


def statuses(found: Iterable[Finding]) -> dict[str, str]:
    return {one.check: one.status.value for one in found}


def test_what_fails_because_of_something_else_is_blocked_and_names_the_root() -> None:
    found = examine(facts(a_first="fail", b_second="fail", c_third="unknown"), CHAIN)

    assert statuses(found) == {
        "a.first": "fail",
        "b.second": "blocked",
        "c.third": "blocked",
    }
    assert {one.blocked_by for one in found[:2]} == {"a.first"}
    assert [one.check for one in causes(found)] == ["a.first"]


def test_what_is_well_stays_well_whatever_fails() -> None:
    found = examine(facts(a_first="fail", b_second="pass"), CHAIN)

    assert statuses(found)["b.second"] == "pass"


def test_what_could_not_be_asked_for_is_blocked_by_what_failed() -> None:
    found = examine(facts(a_first="fail"), CHAIN)

    assert statuses(found)["b.second"] == "blocked"


def test_the_failure_of_one_account_explains_nothing_of_another() -> None:
    said = facts(a_first__x="fail", b_second__x="fail", b_second__y="fail")

    found = {(one.check, one.about): one.status for one in examine(said, CHAIN)}

    assert found["b.second", "x"] == Status.BLOCKED
    assert found["b.second", "y"] == Status.FAIL


def test_a_warning_explains_nothing() -> None:
    found = examine(facts(a_first="warn", b_second="fail"), CHAIN)

    assert statuses(found)["b.second"] == "fail"


def test_a_check_that_raises_is_a_finding() -> None:
    def judge(_: Facts) -> Iterator[Finding]:
        raise ValueError("a secret")

    (found,) = examine(facts(), checks(Check("x.y", "it works", judge)))

    assert (found.status, found.check) == (Status.CRASHED, "x.y")
    assert "secret" not in found.says


@pytest.mark.parametrize("status", ["crashed", "late"])
def test_without_facts_a_check_is_undecided_if_its_collector_failed(
    status: str,
) -> None:
    ended = Fact("collected", "them", {"status": status, "says": "why"}, "them.0")
    one = check("x.y", reads=("them",))

    (found,) = examine(Facts([ended], 0.0), checks(one))

    assert (found.status, found.certainty) == (Status.UNKNOWN, Certainty.NONE)


@pytest.mark.parametrize("effect", ["S3", "S4", "S5"])
def test_what_nobody_consented_to_is_skipped(
    effect: Literal["S3", "S4", "S5"],
) -> None:
    (found,) = examine(facts(), checks(check("x.y", effect=effect, reads=("them",))))

    assert (found.status, found.reason) == (Status.SKIPPED, "needs-consent")


def test_checks_that_need_each_other_in_a_circle_are_refused() -> None:
    circle = checks(check("a.b", needs=("c.d",)), check("c.d", needs=("a.b",)))

    with pytest.raises(ValueError, match=r"a\.b"):
        examine(facts(), circle)


def test_our_checks_need_only_checks_that_exist_and_in_no_circle() -> None:
    ours = registry.all_checks(host.load())

    assert [n for one in ours.values() for n in one.needs if n not in ours] == []
    assert examine(Facts([], 0.0), ours)


def test_our_checks_never_pass_without_a_fact() -> None:
    found = examine(Facts([], 0.0), registry.all_checks())

    assert [one.check for one in found if one.status == Status.PASS] == []


@given(st.permutations(range(6)))
def test_the_order_of_facts_and_checks_changes_nothing(order: list[int]) -> None:
    said = list(facts(a_first="fail", b_second="fail", c_third="fail", x_y="pass"))
    said += [replace(said[0], id="again", about="x"), replace(said[1], about="y")]
    shuffled = [said[number] for number in order]

    made = report.make(Facts(shuffled, 0.0), CHAIN)

    assert made.digest == report.make(Facts(said, 0.0), CHAIN).digest


# Rules of a site


def rule(name: str, because: str | None = None, **with_: object) -> Fact:
    return Fact("rule", name, {"because": because, "with": with_}, f"rules.{name}")


def test_a_site_skips_a_check_or_a_topic_and_says_why() -> None:
    said = [*facts(a_first="fail", b_second="fail"), rule("a", "we know")]

    found = examine(Facts(said, 0.0), CHAIN)

    assert statuses(found)["a.first"] == "skipped"
    assert "we know" in next(one.says for one in found if one.check == "a.first")
    assert statuses(found)["b.second"] == "fail"


def test_a_site_decides_how_bad_a_finding_is() -> None:
    said = [*facts(a_first="fail", b_second="warn"), rule("a.first", severity="warn")]

    found = examine(Facts([*said, rule("b.second", severity="fail")], 0.0), CHAIN)

    assert statuses(found)["a.first"] == "warn"
    assert statuses(found)["b.second"] == "fail"


def test_a_site_gives_a_check_other_numbers() -> None:
    said = Facts([rule("a.first", seconds=7)], 0.0)

    assert said.number("a.first", "seconds", 60) == 7.0
    assert said.number("a.first", "other", 60) == 60
    assert said.number("b.second", "seconds", 60) == 60


# The report


@pytest.mark.parametrize(
    ("said", "status", "strict"),
    [
        ({"a_first": "pass"}, 0, 0),
        ({"a_first": "warn"}, 0, 4),
        ({"a_first": "unknown"}, 5, 5),
        ({"a_first": "crashed"}, 5, 5),
        ({"a_first": "fail", "x_y": "unknown"}, 3, 3),
    ],
)
def test_the_exit_status_says_the_worst(
    said: dict[str, str], status: int, strict: int
) -> None:
    made = report.make(facts(**said), checks(check("a.first"), check("x.y")))

    assert made.exit_status() == status
    assert made.exit_status(strict=True) == strict


def test_the_digest_is_of_the_verdict_and_not_of_its_words() -> None:
    one = report.make(facts(a_first="fail"), CHAIN)
    reworded = replace(one, findings=tuple(replace(f, says="") for f in one.findings))
    other = report.make(facts(a_first="pass"), CHAIN)

    assert reworded.digest == one.digest
    assert other.digest != one.digest
