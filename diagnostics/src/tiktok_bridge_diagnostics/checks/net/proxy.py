"""net.proxy: a proxy that is set works."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.answers import is_tiktok, probes
from tiktok_bridge_diagnostics.say import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding

REPAIR: Final = Remedy(
    "Correct `HTTPS_PROXY` (and its user and password), or name the host in `NO_PROXY`."
)


def _judge(facts: Facts) -> Iterator[Finding]:
    """What `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` say leads to TikTok.

    The proxy is an http:// address; TLS goes through it unopened. A sandbox on this
    machine belongs into `NO_PROXY`.
    """
    fact = facts.last("proxy")
    if fact is None:
        return
    if not fact.data["is_used"]:
        yield passed("none", "TikTok is reached without a proxy", fact)
        return
    asked = probes(facts)
    refused = [one for one in asked if one.data["broke"] == "proxy"]
    if not fact.data["is_usable"]:
        says, reason = "the proxy's address is no http://host:port", "unusable"
    elif refused:
        says, reason = "the proxy refused to let a request through", "refused"
    elif any(map(is_tiktok, asked)):
        yield passed("passes", "TikTok answers through the proxy", fact, *asked)
        return
    else:
        return
    yield failed(reason, says, fact, *refused, who="operator", fix=REPAIR)


PROXY = Check(
    "net.proxy",
    "A proxy that is set leads to TikTok",
    _judge,
    needs=("cfg.schema",),
    effect="S1",
    reads=("network",),
)
