"""Write a ticket that can be sent to TikTok's support as it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tiktok_bridge import Status, explain
from tiktok_bridge_diagnostics.bundle import questions, timeline
from tiktok_bridge_diagnostics.printable import printable, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tiktok_bridge import Check, Fact, Facts, Finding
    from tiktok_bridge_diagnostics.bundle.timeline import Call
    from tiktok_bridge_diagnostics.report import Report

UNSURE: Final = (Status.UNKNOWN, Status.CRASHED)

LIVES: Final = {
    "expires_at": "the access token lives until",
    "refresh_expires_at": "the refresh token until",
}
"""What is told of the life of a token: TikTok says how long each lives at its issue."""

MEANT: Final = "(meant)"
"""Marks a refusal that the doctor asked for."""

_MARKS: Final = re.compile(r"([\\*<>\[\]|])")


def write(  # noqa: PLR0913 - each is a part of the ticket
    report: Report,
    facts: Facts,
    checks: Mapping[str, Check],
    steps: Iterable[str],
    versions: Mapping[str, str],
    *,
    doubtful: Iterable[str] = (),
) -> str:
    """Return the ticket, in Markdown.

    Args:
        report: What was found.
        facts: What it rests on, redacted.
        checks: Those of the report, by their ids.
        steps: What was done to find out, each as a sentence.
        versions: Of what was running, by its name.
        doubtful: Checks that said something else before the redaction.
    """
    told = timeline.calls(facts)
    parts = [
        _symptom(report, told),
        _doubts(list(doubtful)),
        _cause(report, checks),
        _audit(report, facts),
        _timeline(told),
        _tokens(facts),
        _ruled_out(report, checks),
        _open(report),
        _listed("Steps taken", steps),
        _listed("Questions", questions.about(report, told), is_numbered=True),
        _environment(versions, facts),
    ]
    return "\n".join(line for part in parts for line in part)


def escaped(text: str) -> str:
    """Return *text* for Markdown: in one line, with nothing in it that is rendered."""
    return _MARKS.sub(r"\\\1", printable(text).replace("`", "'"))


def code(text: str) -> str:
    """Return *text* as a code span, as short as it can be."""
    is_plain = "`" not in text and text == text.strip() != ""
    return f"`{printable(text)}`" if is_plain else quoted(text)


def _symptom(report: Report, told: list[Call]) -> Iterator[str]:
    call = _telling(report, told)
    if call is None:
        yield from ("# TikTok Content Posting API: a report of the doctor", "")
        first = "No request in this evidence was refused by TikTok."
        yield first if told else "No request was made to TikTok."
    else:
        what = call.code or f"HTTP {call.status}"
        yield f"# TikTok Content Posting API: {escaped(what)} from {call.what}"
        yield ""
        yield _refusal(call, [one for one in told if one.code == call.code])
        yield ""
        for known in explain(call.code) if call.code else ():
            yield f"What that means: {escaped(f'{known.meaning} {known.is_not}')}"
            yield ""
    counts = report.counts
    yield (
        f"Findings: {counts['fail']} failed, {counts['blocked']} cannot be told before"
        f" that is repaired, {counts['warn']} warn, {counts['pass']} passed. All times"
        " are UTC, by the clock of the machine."
    )
    yield ""


def _doubts(doubtful: list[str]) -> Iterator[str]:
    if doubtful:
        names = ", ".join(doubtful)
        yield (
            "**The redaction changed what these say, so do not rely on them here, but"
            f" ask for the report that the machine itself gives: {names}.**"
        )
        yield ""


def _refusal(call: Call, like_it: list[Call]) -> str:
    asked = f" asking for {escaped(call.privacy)}" if call.privacy else ""
    who = f" for the account {code(call.about)}" if call.about else ""
    said = f" and the code {code(call.code)}" if call.code else ""
    log_id = f" (log id {code(call.log_id)})" if call.log_id else ""
    answer = f"answered with HTTP {call.status}{said}{log_id}"
    again = f" That was so {len(like_it)} times in all." if len(like_it) > 1 else ""
    return (
        f"On {timeline.utc(call.at)} our request to {code(call.path)}{asked}{who} was"
        f" {answer if call.is_answered else f'not answered: {call.status}'}.{again}"
    )


def _telling(report: Report, told: list[Call]) -> Call | None:
    """Return the call that shows the symptom: one that the root cause rests on."""
    refused = [one for one in told if one.is_refusal]
    for cause in report.causes:
        ids = {fact.id for fact in cause.evidence}
        if found := [one for one in refused if one.fact in ids]:
            return found[-1]
    return refused[-1] if refused else None


def _cause(report: Report, checks: Mapping[str, Check]) -> Iterator[str]:
    yield from ("## Root cause", "")
    if not report.causes:
        yield from ("No check failed: nothing on our side explains the symptom.", "")
    for number, cause in enumerate(report.causes):
        if number == 1:
            yield from ("Other failures, which this does not explain:", "")
        yield from _failure(cause, checks)
        yield ""
    blocked = [one for one in report.findings if one.status == Status.BLOCKED]
    for root in sorted({one.blocked_by or "" for one in blocked}):
        ids = sorted({one.check for one in blocked if one.blocked_by == root})
        yield from (f"Not told before {root} is repaired: {', '.join(ids)}.", "")


def _failure(cause: Finding, checks: Mapping[str, Check]) -> Iterator[str]:
    check = checks[cause.check]
    where = f" of {code(cause.about)}" if cause.about else ""
    yield f"* **{cause.check}**{where}: {escaped(cause.says)}"
    yield f"    * certainty: {cause.certainty}; reason: {cause.reason}"
    yield f"    * who acts: {cause.who_acts or 'nobody is known'}"
    if cause.remedy:
        yield f"    * what to do: {escaped(cause.remedy.text)}"
        if cause.remedy.docs or check.docs:
            yield f"    * rule: {escaped(cause.remedy.docs or check.docs or '')}"
    if cause.log_ids:
        yield f"    * log ids: {', '.join(code(one) for one in cause.log_ids)}"
    if cause.settles_it:
        yield f"    * what would settle it: {escaped(cause.settles_it)}"
    if cause.evidence:
        ids = sorted(fact.id for fact in cause.evidence)
        yield f"    * evidence: {', '.join(code(one) for one in ids)}"


def _audit(report: Report, facts: Facts) -> Iterator[str]:
    audit = report.audit
    yield from ("## Audit of the app, as far as its answers tell", "")
    yield f"* state: **{audit.status}**, certainty: {audit.certainty}"
    for one in audit.evidence:
        ids = ", ".join(code(fact.id) for fact in one.facts)
        weight = "decisive" if one.is_decisive(facts.now) else "supports it"
        yield f"* {escaped(one.says)}, at {timeline.utc(one.at)}: {weight} ({ids})"
    if not audit.evidence:
        yield f"* {escaped(audit.says)}"
    if audit.settles_it:
        yield f"* what would settle it: {escaped(audit.settles_it)}"
    yield ""


def _timeline(told: list[Call]) -> Iterator[str]:
    shown = timeline.shortened(told)
    yield from ("## Timeline", "")
    if len(shown) < len(told):
        yield from (f"{len(shown)} of {len(told)} calls, every refusal first.", "")
    if any(one.is_meant for one in told):
        note = f"The doctor asks some things to be refused; they are marked {MEANT}."
        yield from (note, "")
    if shown:
        yield "| time | call | HTTP | code | log id | publish id | account | evidence |"
        yield "|---|---|---|---|---|---|---|---|"
    for one in shown:
        what = " ".join(filter(None, (one.what, one.privacy, MEANT * one.is_meant)))
        cells = (one.code, one.log_id, one.publish_id, one.about, one.fact)
        said = [_cell(cell) for cell in cells]
        yield " | ".join(
            [f"| {timeline.utc(one.at)}", _cell(what), one.status, *said, ""]
        ).rstrip()
    yield ""


def _tokens(facts: Facts) -> Iterator[str]:
    return _listed("Tokens", [_token(one) for one in facts.of("token")])


def _token(fact: Fact) -> str:
    data = fact.data
    ends = [
        f"{words} {timeline.utc(data[name])}"
        for name, words in LIVES.items()
        if isinstance(data.get(name), int | float)
    ]
    scopes = data.get("scopes")
    if isinstance(scopes, list):
        ends.append(f"scopes {', '.join(map(str, scopes))}")
    if isinstance(data.get("sequence"), int):
        ends.append(f"stored {data['sequence'] + 1} times")
    return f"{code(fact.about)}: {escaped('; '.join(ends))}"


def _cell(text: str) -> str:
    return code(text.replace("|", "\\|")) if text else "-"


def _ruled_out(report: Report, checks: Mapping[str, Check]) -> Iterator[str]:
    passed: dict[str, set[str]] = {}
    for one in report.findings:
        if one.status == Status.PASS and one.evidence:
            passed.setdefault(one.check, set()).add(one.certainty)
    said = [
        f"{checks[check].title} ({check}, {', '.join(sorted(passed[check]))})"
        for check in passed
    ]
    return _listed("What was ruled out", map(escaped, said))


def _open(report: Report) -> Iterator[str]:
    said = [
        f"{one.check}: {escaped(one.says)}"
        + (f"; it would take {escaped(one.settles_it)}" if one.settles_it else "")
        for one in report.findings
        if one.status in UNSURE
    ]
    return _listed("What could not be told", said)


def _environment(versions: Mapping[str, str], facts: Facts) -> Iterator[str]:
    hosts = sorted({str(one.data["host"]) for one in facts.of("http")} - {""})
    said = [f"{name} {escaped(versions[name])}" for name in sorted(versions)]
    if hosts:
        said.append(f"hosts that were asked: {', '.join(map(code, hosts))}")
    said.append(f"judged at {timeline.utc(facts.now)}")
    return _listed("Environment", said)


def _listed(
    title: str, lines: Iterable[str], *, is_numbered: bool = False
) -> Iterator[str]:
    said = list(lines)
    if said:
        yield from (f"## {title}", "")
        for number, one in enumerate(said, 1):
            yield f"{number}. {one}" if is_numbered else f"* {one}"
        yield ""
