"""net.upload_hosts: hosts of uploads can be connected to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Certainty, Check, Remedy
from tiktok_bridge_diagnostics.say import passed, warned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding


def _judge(facts: Facts) -> Iterator[Finding]:
    """At least one of the upload hosts that TikTok's documents name can be reached.

    TikTok names the host with each post, by region, so that a firewall should let all
    of *.tiktokapis.com pass; that one host is not reached proves nothing.
    """
    seen = facts.of("connection", role="upload")
    reached = [one for one in seen if one.data["status"] == "ok"]
    if reached:
        said = f"{len(reached)} of {len(seen)} upload hosts can be connected to"
        yield passed("reached", said, *seen)
    elif seen:
        yield warned(
            "none-reached",
            "no upload host can be connected to",
            *seen,
            who="operator",
            fix=Remedy("Let *.tiktokapis.com pass the firewall, port 443."),
            certainty=Certainty.PROBABLE,
            settles_it="an upload: TikTok names the host that it wants",
        )


UPLOAD_HOSTS = Check(
    "net.upload_hosts",
    "Hosts of uploads can be connected to",
    _judge,
    needs=("net.tcp_tls", "net.api_shape"),
    effect="S1",
    reads=("network",),
    docs="https://developers.tiktok.com/doc/content-posting-api-media-transfer-guide",
)
