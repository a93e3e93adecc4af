"""Write docs/symptoms.md from cassettes/ and the catalogue; `--check` compares."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tiktok_bridge import catalogue
from tiktok_bridge_diagnostics import cassette, derive

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Fact
    from tiktok_bridge.catalogue import Explanation

ROOT: Final = Path(__file__).parents[1]
FOLDER: Final = ROOT / "cassettes"
DOCUMENT: Final = ROOT / "docs" / "symptoms.md"

HEAD: Final = """# Symptoms

What TikTok says when something is wrong: what it means, what it is not, who acts, and
what the [doctor](doctor.md) makes of it. `scripts/make_symptoms.py` writes this page
from the conversations in `cassettes/`, which are redacted, and from the catalogue of
codes. `scenario-…` is a scenario of the sandbox; `recorded-…` answers as somebody
recorded TikTok. Each can be judged again, offline:

```console
$ tiktok-bridge doctor replay cassettes/scenario-unaudited-public-account.json
```

A conversation is all that its verdict rests on. With your configuration, your tokens
and your ledger beside it, the doctor knows more than a cassette can say.
"""

WELL: Final = """
## Nothing that TikTok calls an error

Here TikTok refuses nothing, and still not all of it is good news: a post that completes
may be seen by nobody, and a private account that takes `SELF_ONLY` proves nothing.

| conversation | what it is | verdict |
|---|---|---|
"""

LISTED: Final = """
| conversation | what it is | verdict |
|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Told:
    """One conversation: its name, its verdict, and what TikTok said in it."""

    name: str
    verdict: dict[str, Any]
    facts: tuple[Fact, ...]

    @property
    def row(self) -> str:
        """It as a line of a table."""
        link = f"[{self.name}](../cassettes/{self.name}.json)"
        return f"| {link} | {self.verdict['what']} | {_in_words(self.verdict)} |\n"


def document() -> str:
    """Return the page as it should be."""
    told = list(_conversations())
    symptoms: dict[tuple[str, str], list[tuple[Told, Fact]]] = {}
    for one in told:
        said = {key: fact for fact in one.facts for key in _said(fact)}
        for key, fact in said.items():
            symptoms.setdefault(key, []).append((one, fact))
    pages = [_symptom(*key, symptoms[key]) for key in sorted(symptoms)]
    silent = [one for one in told if not any(_said(fact) for fact in one.facts)]
    return HEAD + "".join(pages) + WELL + "".join(one.row for one in silent)


def _conversations() -> Iterator[Told]:
    verdicts = json.loads((FOLDER / "verdicts.json").read_text(encoding="utf-8"))
    for name, verdict in verdicts.items():
        text = (FOLDER / f"{name}.json").read_text(encoding="utf-8")
        exchanges = cassette.from_value(json.loads(text), name)
        yield Told(name, verdict, tuple(derive.facts(exchanges)))


def _said(fact: Fact) -> list[tuple[str, str]]:
    """Return the codes of *fact*, each with its kind, if it tells of a fault."""
    data = fact.data
    found = []
    if data["code"] not in (None, "ok"):
        is_oauth = data["endpoint"] in ("token", "revoke")
        found.append(("oauth" if is_oauth else "api", data["code"]))
    if data["answered"].get("fail_reason"):
        found.append(("fail", data["answered"]["fail_reason"]))
    return [(kind, code) for kind, code in found if _explained(kind, code)]


def _explained(kind: str, code: str) -> Explanation | None:
    return catalogue.find(kind, code)


def _symptom(kind: str, code: str, seen: list[tuple[Told, Fact]]) -> str:
    entry = _explained(kind, code)
    assert entry  # noqa: S101 - so `_said` made sure
    forms = dict.fromkeys(f"- {_form(fact)}\n" for _, fact in seen)
    rows = dict.fromkeys(one.row for one, _ in seen)
    title, retry = code or "An answer without a code", catalogue.RETRY[entry.retry]
    return (
        f"\n## {title}\n\n**It means:** {entry.meaning}\n\n"
        f"**It is not:** {entry.is_not}\n\n"
        f"**Who acts:** {entry.who_acts}. **Retry:** {retry}.\n\n"
        f"**What to do:** {entry.remedy}\n\nTikTok said it so:\n\n"
        f"{''.join(forms)}{LISTED}{''.join(rows)}\nSource: {entry.docs}\n"
    )


def _form(fact: Fact) -> str:
    """Return how TikTok said it: status, endpoint, and its own words if it had any."""
    where = f"HTTP {fact.data['status']} from `{fact.data['path']}`"
    words = fact.data["message"]
    is_said = words and not words.startswith("⟪")
    return f"{where}: “{words}”" if is_said else where


def _in_words(verdict: dict[str, Any]) -> str:
    status, certainty = verdict["audit"]
    told = [
        f"[{check}](checks.md#{check.replace('.', '')}) `{reason}`, {sure}; acts: {who}"
        for check, reason, sure, who in verdict["causes"]
    ]
    told += [
        f"{check} `{reason}`, {state}" for check, reason, state in verdict["others"]
    ]
    if status != "undetermined":
        told.append(f"audit: {status}, {certainty}")
    return "; ".join(told) or "nothing is decided by this alone"


def main() -> int:
    """Write the page; with `--check` only tell whether it is out of date."""
    if "--check" in sys.argv:
        return int(DOCUMENT.read_text(encoding="utf-8") != document())
    DOCUMENT.write_text(document(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
