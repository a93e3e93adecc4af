"""Choose the collectors that run only because somebody asked for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge import ConfigError
from tiktok_bridge_diagnostics import consent, drafts, probe, trial
from tiktok_bridge_diagnostics.collectors.refresh import refresh

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tiktok_bridge import Collector, Host
    from tiktok_bridge_diagnostics.consent import Ask

REFRESH: Final = (
    "The token of {account!r} will be renewed, which ends the one that is stored now;"
    " the new one is stored, as `auth refresh` does."
)
"""What somebody consents to."""


def chosen(  # noqa: PLR0913 - one for each option of the command
    config: Path,
    host: Host,
    *,
    probed: Iterable[str] = (),
    test_post: bool = False,
    account: str | None = None,
    consented: str | None = None,
    public_as: str | None = None,
    posts: Path | None = None,
    ask: Ask | None = None,
) -> list[Collector]:
    """Return the collectors that were asked for and, where it takes that, consented to.

    Args:
        config: The installation's `bridge.yaml`.
        host: The plugins.
        probed: `audit` for an init without bytes, `refresh` to renew the token.
        test_post: Whether to post the test clip.
        account: Which account; the only one unless given.
        consented: The account that `--consent` named.
        public_as: The handle of an account that the clip may be public on.
        posts: A file whose posts are checked; nothing is sent.
        ask: See `consent.require`.

    Raises:
        ConfigError: Nobody consented, which account is meant is not clear, or *posts*
            cannot be read.
    """
    found = [] if posts is None else [drafts.collector(posts)]
    tests: list[str] = [name for name in ("refresh", "audit") if name in set(probed)]
    if public_as and not test_post:
        raise ConfigError("--i-accept-public-post goes with --test-post")
    if not (tests or test_post):
        if account or consented:
            raise ConfigError("--account and --consent go with --probe or --test-post")
        return found
    from tiktok_bridge import Bridge  # noqa: PLC0415 - takes long to import

    with Bridge.from_config(config, host=host) as bridge:
        known = bridge.vault.accounts()
    named = consent.account(known, account, consented)
    wanted = [*tests, "post"] if test_post else tests
    for what, one in _each(wanted, named, public_as):
        consent.require(named, what.format(account=named), consented, ask)
        found.append(one)
    return found


def _each(
    wanted: list[str], account: str, public_as: str | None
) -> Iterator[tuple[str, Collector]]:
    """Yield what each of *wanted* does, in words, and the collector that does it."""
    if "refresh" in wanted:
        yield REFRESH, refresh(account)
    if "audit" in wanted:
        yield probe.WHAT, probe.collector(account)
    if "post" in wanted:
        who = "for everyone to see" if public_as else "for its creator alone to see"
        yield trial.WHAT.replace("{who}", who), trial.collector(account, public_as)
