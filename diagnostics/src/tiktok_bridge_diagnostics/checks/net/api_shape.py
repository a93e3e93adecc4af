"""net.api_shape: what answers is TikTok's API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge import Certainty, Check, Remedy
from tiktok_bridge_diagnostics.answers import is_passing, is_tiktok, probes
from tiktok_bridge_diagnostics.say import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Fact, Facts, Finding

LEAVE: Final = Remedy(
    "Open any page in a browser on this machine to leave a captive portal, ask who runs"
    " the firewall, and compare `api.base_url` with https://open.tiktokapis.com."
)
AGAIN: Final = Remedy("Check the network and the proxy, and run the doctor again.")


def _judge(facts: Facts) -> Iterator[Finding]:
    """A call without a token is refused in TikTok's own words, with a log id.

    HTML, a redirect or other JSON comes from something else: a captive portal, a
    firewall, a wrong `api.base_url`. One good answer is enough.
    """
    asked = probes(facts)
    good = [one for one in asked if is_tiktok(one) and not is_passing(one)]
    if good:
        yield passed("tiktok", "TikTok answers, and says no without a token", good[-1])
    elif asked:
        yield _bad(asked[-1])


def _bad(one: Fact) -> Finding:
    if broke := one.data["broke"]:
        return failed(
            f"no-answer-{broke}",
            f"no whole answer comes ({broke})",
            one,
            who="operator",
            fix=AGAIN,
        )
    said = f"HTTP {one.data['status']}"
    if is_passing(one):
        return failed(
            "server-error",
            f"the API's side is failing: {said}",
            one,
            who="wait",
            fix=Remedy("Wait some minutes, and run the doctor again."),
            certainty=Certainty.PROBABLE,
            settles_it="another run in some minutes",
        )
    said += "" if one.data["is_json"] else ", and no JSON"
    words = f"what answers is not TikTok's API: {said}"
    return failed("not-tiktok", words, one, who="operator", fix=LEAVE)


API_SHAPE = Check(
    "net.api_shape",
    "What answers is TikTok's API",
    _judge,
    needs=("cfg.schema", "dns.resolve", "net.proxy", "net.tcp_tls"),
    effect="S1",
    reads=("network",),
    docs="https://developers.tiktok.com/doc/tiktok-api-v2-error-handling",
)
