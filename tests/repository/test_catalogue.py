"""The catalogue and the pages of the documentation say the same."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from random import Random
from typing import Any, get_args

import pytest

from tiktok_bridge import (
    AppSettings,
    Bridge,
    ConfigError,
    RefusedError,
    Secret,
    catalogue,
    explain,
)
from tiktok_bridge.catalogue import KINDS, RETRY, Explanation, Kind
from tiktok_bridge.publish import retry

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "tiktok.md").read_text(encoding="utf-8")
WRITTEN: dict[str, dict[str, dict[str, Any]]] = tomllib.loads(
    (ROOT / "tiktok_bridge" / "catalogue.toml").read_text(encoding="utf-8")
)
EVERY = explain()
RANDOM = Random(0)  # noqa: S311 - it spreads retries, and keeps no secret

PEOPLE = {"developer", "creator", "operator", "tiktok", "wait"}

Code = tuple[str, str]
Row = list[str]

_TABLE = re.compile(r"^(\|.+\|)\n\|[-|]+\|\n((?:\|.*\|\n)+)", re.MULTILINE)
_CODE = re.compile(r"`([^`]+)`")


def cells(line: str) -> Row:
    return [cell.strip() for cell in line.strip("|").split("|")]


def table(first: str, *, columns: str = "") -> list[Row]:
    """Return the rows of the table whose head begins with *first*."""
    found = [
        [cells(line) for line in rows.splitlines()]
        for head, rows in _TABLE.findall(PAGE)
        if cells(head)[0] == first and columns in head
    ]
    assert len(found) == 1, f"{len(found)} tables begin with {first!r}"
    return found[0]


def codes(cell: str) -> list[str]:
    return [code.replace('""', "") for code in _CODE.findall(cell)]


CODES = {
    (row[0], codes(row[1])[0]): row for row in table("kind", columns="retry")
}  # the page's big table
IN_CATALOGUE: dict[Code, Explanation] = {(one.kind, one.code): one for one in EVERY}


def name(code: Code) -> str:
    return f"{code[0]}-{code[1] or 'none'}"


# Both have the same codes


def test_no_code_of_the_page_is_missing_in_the_catalogue() -> None:
    assert [code for code in CODES if code not in IN_CATALOGUE] == []


def test_no_code_of_the_catalogue_is_missing_in_the_page() -> None:
    assert [code for code in IN_CATALOGUE if code not in CODES] == []


def test_every_entry_of_the_file_is_read() -> None:
    written = {(kind, code) for kind in WRITTEN for code in WRITTEN[kind]}

    assert written == set(IN_CATALOGUE)
    assert set(WRITTEN) == set(KINDS) == set(get_args(Kind))
    assert len(EVERY) >= 55


def test_the_page_names_no_code_twice() -> None:
    assert len(table("kind", columns="retry")) == len(CODES)


@pytest.mark.parametrize("code", CODES, ids=name)
def test_spellings_statuses_and_retry_are_those_of_the_page(code: Code) -> None:
    row, entry = CODES[code], IN_CATALOGUE[code]

    assert tuple(codes(row[1])) == (entry.code, *entry.spellings)
    assert re.findall(r"\d{3}", row[2]) == [str(status) for status in entry.http]
    assert row[3] == entry.retry


OF_KIND: dict[str, Kind] = {
    "authorize failure": "authorize",
    "OAuth error": "oauth",
    "status of a post": "status",
    "fail reason": "fail",
    "PUT status": "upload",
    "removed reason": "removed",
}


@pytest.mark.parametrize(("first", "kind"), OF_KIND.items())
def test_the_table_of_a_kind_is_complete(first: str, kind: Kind) -> None:
    named = [catalogue.find(kind, codes(row[0])[0]) for row in table(first)]

    assert {entry.code for entry in named if entry} == set(WRITTEN[kind])
    assert None not in named


def test_every_refusal_of_an_endpoint_is_in_the_catalogue() -> None:
    rows = table("endpoint", columns="refusals")
    named = {code for row in rows for code in codes(row[3])} - {"fields"}

    assert [code for code in named if not catalogue.find("api", code)] == []
    assert len(named) >= 12


def test_every_refusal_of_a_limit_is_one_to_wait_for() -> None:
    named = {code for row in table("limit") for code in codes(row[3])}
    rules = {explain(code, "api")[0].retry for code in named}

    assert rules == {"later", "yes"}


def test_every_err_code_of_the_page_finds_its_entry() -> None:
    rows = [row for row in table("authorize failure") if row[2]]

    for row in rows:
        entry = catalogue.find("authorize", row[2])
        assert entry
        assert (entry.code, entry.err_code) == (codes(row[0])[0], int(row[2]))
    assert [row[2] for row in rows] == ["10003", "10007", "10008"]


@pytest.mark.parametrize(("head", "known"), [("kind", KINDS), ("retry", RETRY)])
def test_the_page_explains_every_kind_and_every_rule(
    head: str, known: tuple[str, ...]
) -> None:
    column = {"kind": "is", "retry": "the same again"}[head]

    assert [row[0].strip("`") for row in table(head, columns=column)] == list(known)


# Facts of the page that were wrong once


def test_calls_are_counted_per_token_only_where_tiktok_says_so() -> None:
    counted = {
        codes(row[0])[0].split()[1]: row[2]
        for row in table("endpoint", columns="refusals")
    }

    for endpoint, said in counted.items():
        is_posting = endpoint.startswith("/v2/post/") and "cancel" not in endpoint
        assert ("per token" in said) == is_posting
    assert "not said" in counted["/v2/user/info/?fields=…"]
    (entry,) = explain("rate_limit_exceeded")
    assert "for whom those count is not said" in entry.meaning


@pytest.mark.parametrize(
    "sentence",
    [
        "Some programs guard against `access_token_invalid` with 200 (C)",
        "A scope appears in the portal once its product is added (C).",
        "of R 15 only the inner object was shown",
        "own business; required by a merged cell of the table",
    ],
)
def test_a_fact_claims_no_more_than_its_sources(sentence: str) -> None:
    assert sentence in " ".join(PAGE.split())


@pytest.mark.parametrize("entry", EVERY, ids=lambda one: name((one.kind, one.code)))
def test_a_post_that_failed_without_access_is_finished(entry: Explanation) -> None:
    if entry.kind == "fail":
        assert entry.retry in ("never", "yes", "later")


# Other pages


def text_of(document: str) -> str:
    return " ".join((ROOT / document).read_text(encoding="utf-8").split())


def test_the_readme_does_not_deny_what_the_bridge_can() -> None:
    readme = text_of("README.md")
    missing = readme.partition("## What is not there yet")[2].partition("## ")[0]

    assert [
        word for word in ("Photos", "pull", "cancel", "webhook") if word in missing
    ] == []
    assert {"cancel", "receive"} <= set(dir(Bridge))


def test_the_reference_names_the_scopes_that_are_asked_for_unless_said() -> None:
    scopes = [
        f"`{scope}`"
        for scope in AppSettings(client_key="k", client_secret=Secret("s")).scopes
    ]
    said = f"{', '.join(scopes[:-1])} and {scopes[-1]} unless said"

    assert said in text_of("docs/configuration.md")


def test_an_account_is_one_that_was_logged_in_or_imported() -> None:
    said = "The name under which the account was logged in or imported."

    assert said in text_of("docs/configuration.md")
    assert text_of("schemas/posts.schema.json").count(said) == 2


def test_the_sandbox_of_the_readme_shows_that_it_says_more() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = readme.partition("$ tiktok-bridge sandbox --tokens tokens\n")[2]

    assert shown.partition("\n```")[0].endswith("\n…")


# Every entry helps


@pytest.mark.parametrize("entry", EVERY, ids=lambda one: name((one.kind, one.code)))
def test_an_entry_says_everything(entry: Explanation) -> None:
    assert entry.meaning.endswith(".")
    assert entry.is_not.startswith("Not ")
    assert entry.is_not.endswith(".")
    assert entry.remedy.endswith(".")
    assert entry.who_acts in PEOPLE
    assert entry.retry in RETRY
    assert entry.docs.startswith("https://developers.tiktok.com/doc/")
    assert entry.where


def test_only_an_answer_that_is_waited_for_names_a_time() -> None:
    later = {one for one in EVERY if one.retry == "later"}

    assert all(one.wait_seconds for one in later)
    assert all(one.retry in ("later", "yes") for one in EVERY if one.wait_seconds)


@pytest.mark.parametrize("code", [c for c in WRITTEN["api"] if "unaudited" in c])
def test_nobody_is_told_that_self_only_cures_the_unaudited_refusal(code: str) -> None:
    (entry,) = explain(code)
    said = [s for s in re.split(r"(?<=\.) ", entry.remedy) if "SELF_ONLY" in s]

    assert said
    assert all("TikTok account itself to private" in sentence for sentence in said)


def test_self_only_is_the_cure_of_nothing_else() -> None:
    advised = {one.code for one in EVERY if "SELF_ONLY" in one.remedy}

    assert all(code.startswith("unaudited_client_") for code in advised)


# The retry table is the catalogue


def refusal(entry: Explanation, status: int) -> RefusedError:
    return RefusedError("x", kind=entry.kind, code=entry.code, http_status=status)


@pytest.mark.parametrize(
    "entry",
    [one for one in EVERY if one.code and one.kind in ("api", "upload", "oauth")],
    ids=lambda one: name((one.kind, one.code)),
)
def test_a_refusal_is_retried_as_its_entry_says(entry: Explanation) -> None:
    error = refusal(entry, 400)
    seconds = retry.wait(error, 0, RANDOM)

    assert (seconds is not None) == (entry.retry in ("yes", "later"))
    if seconds and entry.wait_seconds:
        assert seconds == entry.wait_seconds
    assert retry.failure(error).who_acts == entry.who_acts


@pytest.mark.parametrize("reason", WRITTEN["fail"])
def test_a_failed_post_is_explained_by_its_entry(reason: str) -> None:
    (entry,) = explain(reason, "fail")
    failure = retry.failed(reason, "L")

    assert entry.meaning in failure.message
    assert (failure.hint, failure.who_acts) == (entry.remedy, entry.who_acts)


@pytest.mark.parametrize("code", ["", "brand_new"])
@pytest.mark.parametrize(
    ("status", "passes"), [(400, False), (403, False), (429, True), (503, True)]
)
def test_without_a_known_code_the_status_decides(
    code: str, status: int, *, passes: bool
) -> None:
    error = RefusedError("x", code=code, http_status=status)

    assert (retry.wait(error, 0, RANDOM) is not None) == passes


# Looking up


@pytest.mark.parametrize("spelling", ["invalid_param", "INVALID_PARAMS", "10007"])
def test_a_code_is_found_by_any_spelling_in_any_case(spelling: str) -> None:
    (entry,) = explain(spelling)

    assert spelling.casefold() in (entry.code, *entry.spellings)


def test_a_code_of_several_kinds_has_an_explanation_for_each() -> None:
    assert [one.kind for one in explain("spam_risk_too_many_posts")] == ["api", "fail"]
    assert [one.kind for one in explain("spam_risk_too_many_posts", "fail")] == ["fail"]


def test_an_upload_status_without_an_entry_falls_to_its_hundred() -> None:
    assert [one.code for one in explain("599", "upload")] == ["5xx"]
    assert explain("499", "upload") == ()
    assert explain("5x1") == ()


@pytest.mark.parametrize("code", [None, "internal"])
def test_a_kind_that_does_not_exist_is_refused(code: str | None) -> None:
    kind: Any = "bogus"

    with pytest.raises(ConfigError, match="'bogus' is no kind of code"):
        explain(code, kind)


def test_what_nobody_knows_has_no_explanation() -> None:
    assert explain("brand_new") == ()
