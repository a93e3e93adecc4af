"""Find in a text what is a secret by its name or its shape."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME: Final = (
    r"(?i:token|secret|passw(?:or)?d|passphrase|pwd|api_?key|access_?key"
    r"|private_?key|signature|credential|code_?verifier|ticket)"
)
"""What the name of a secret ends with; `token_type` is none."""

SHOWN: Final = r"(?!Secret\(|\*\*\*|\$\{|None\b|null\b|true\b|false\b)"
"""Values that are none."""

PATTERNS: Final = {
    "query": r"://[^\s\"'<>?]{0,1000}\?"
    r"(?!fields=[\w,%]*(?:[\s\"'<>]|$))([^\s\"'<>\\]+)",
    "parameter": rf"[?&](?:code|state|[\w-]{{0,40}}{NAME})=([^\s\"'&<>]+)",
    "password": r"://[^\s/?#:@\"'<>]{0,200}:(?!\d*(?:[/?#\s\"'<>]|$))"
    r"([^\s\"'<>]{1,500})@",
    "authorization": r"(?i:\b(?:bearer|basic))\s+"
    r"(?=[^\s\"',;]{0,200}[0-9.=])([\w.~+/!*%-]{8,}=*)(?![\w=])",
    "header": r"(?i:authorization|cookie|x-amz-security-token)[\"']\s*[:,]\s*b?"
    r"[\"']([^\"'\r\n]+)",
    "cookie": r"(?i:\bcookie):\s*([^\"'\r\n]+)",
    "quoted": rf"{NAME}[\"']?\s*(?:=>?|:)\s*b?([\"']){SHOWN}((?:\\.|(?!\1)[^\\\r\n])+)",
    "field": rf"{NAME}[\"']?\s?=\s?{SHOWN}([^\s\"'&,;<>(){{}}\[\]]+)",
    "line": rf"{NAME}[\"']?:\s*{SHOWN}(?=\S{{0,200}}[0-9])"
    r"([^\s\"'&,;<>(){}\[\]]{8,})",
    "code": r"(?i:(?<![\w-])code)[\"']?\s?[=:]\s?b?[\"']?"
    r"(?=[\w.*!%~+-]{0,200}[0-9])(?=[\w.*!%~+-]{0,200}[A-Za-z])([\w.*!%~+-]{16,})",
    "shape": r"\b((?:act|rft|clt)\.[\w.*!%~-]{12,})",
}
"""Each pattern by its name; the last group is what is hidden.

What is looked for before it is bounded, so that no text takes long."""


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield where *text* holds something that is called, or looks like, a secret."""
    if text.isalnum():  # one word, as most fields of a record
        return
    for pattern in PATTERNS.values():
        for found in re.finditer(pattern, text):
            yield found.span(found.lastindex or 0)


def is_secret(name: str) -> bool:
    """Tell whether what is called *name* is a secret."""
    return re.search(rf"{NAME}\Z", name) is not None
