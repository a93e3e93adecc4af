"""Write what a browser shows at the end of a login."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

from tiktok_bridge.tokens.login import CONSEQUENCES

if TYPE_CHECKING:
    from tiktok_bridge.errors import BridgeError
    from tiktok_bridge.tokens.login import Grant

POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'"
)

HEADERS: Final = [
    ("Content-Type", "text/html; charset=utf-8"),
    ("Cache-Control", "no-store"),
    ("Referrer-Policy", "no-referrer"),
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Connection", "close"),
]
"""Keep the page, whose address holds the code, out of caches and other sites."""

HTML: Final = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} - tiktok-bridge</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 1.1rem/1.5 system-ui, sans-serif; margin: 10vh auto; max-width: 38rem;
  padding: 0 1rem; overflow-wrap: anywhere; }}
h1 {{ font-size: 1.5rem; }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
{paragraphs}
</main>
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class Page:
    """What a browser gets, in plain text; it is escaped when it is written.

    Attributes:
        status: The HTTP status.
        title: What happened.
        paragraphs: What it means, and what to do.
    """

    status: int
    title: str
    paragraphs: tuple[str, ...] = ()

    def html(self) -> bytes:
        """Return the page; it asks for nothing else."""
        paragraphs = "\n".join(f"<p>{escape(text)}</p>" for text in self.paragraphs)
        return HTML.format(title=escape(self.title), paragraphs=paragraphs).encode()


def succeeded(grant: Grant) -> Page:
    """Tell whose token is kept, and for what."""
    granted = ", ".join(grant.scopes) or "TikTok did not say what"
    refused = [describe(scope) for scope in grant.missing]
    close = "You can close this tab."
    return Page(
        200,
        f"{grant.account} is logged in",
        (f"Granted: {granted}.", *(f"Not granted: {one}." for one in refused), close),
    )


def failed(error: BridgeError) -> Page:
    """Tell why nobody is logged in, and what to do."""
    hint = f"What to do: {error.hint}" if error.hint else ""
    close = "You can close this tab; the terminal says the same."
    texts = (_sentence(str(error)), hint, close)
    return Page(400, "Nobody was logged in", tuple(filter(None, texts)))


def of_another_login(error: BridgeError) -> Page:
    """Tell that the address is not that of the login that is waited for."""
    still = "Nothing was changed, and the login that was begun still waits."
    return Page(400, "This is another login", (_sentence(str(error)), still))


def describe(scope: str) -> str:
    """Return *scope* with what does not work without it."""
    consequence = CONSEQUENCES.get(scope)
    return f"{scope} ({consequence})" if consequence else scope


def _sentence(fact: str) -> str:
    return f"{fact[:1].upper()}{fact[1:].rstrip('.')}."
