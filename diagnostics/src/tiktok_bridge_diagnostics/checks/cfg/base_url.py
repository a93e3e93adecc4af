"""cfg.base_url: it is TikTok that is asked, or a deliberate stand-in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.outcomes import failed, passed, warned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding

UNSET = Remedy("Remove `api: base_url` from bridge.yaml, unless that host is yours.")


def _judge(facts: Facts) -> Iterator[Finding]:
    """`api.base_url` is TikTok's own, or a stand-in on this machine.

    Whoever answers there gets the client secret and every token. A sandbox on this
    machine is what the key is for; nothing sent there is ever seen on TikTok.
    """
    config = facts.last("config", is_valid=True)
    if config is None:
        return
    where = config.data["base_url_is"]
    if where == "production":
        if config.data["base_url_is_https"]:
            yield passed("production", "it is TikTok's own", config)
        else:
            says = "the API is asked without TLS"
            yield failed("no-tls", says, UNSET, config)
    elif where == "loopback":
        says = "it is a stand-in on this machine: nothing reaches TikTok"
        yield passed("loopback", says, config)
    elif config.data["base_url_is_https"]:
        says = "a host that is not TikTok's gets the client secret and every token"
        yield warned("stand-in", says, UNSET, config)
    else:
        says = "a host that is not TikTok's gets every secret, and without TLS"
        yield failed("no-tls", says, UNSET, config)


BASE_URL = Check(
    "cfg.base_url",
    "It is TikTok that is asked",
    _judge,
    needs=("cfg.schema",),
    reads=("config",),
)
