"""Tokens that end, are withdrawn, or are renewed with an odd answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tests.chaos.matrix.answers import refusal
from tests.chaos.matrix.faults import Fault
from tests.chaos.matrix.network import FAULTS as NETWORK
from tiktok_bridge_file.store import FileTokenStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from tests.chaos.matrix.faults import Strike
    from tests.chaos.matrix.line import Exchange
    from tests.chaos.matrix.world import World


def _ends(world: World, _: Exchange) -> bool:
    world.clock.sleep(1_001)
    return False


def _revoked(world: World, _: Exchange) -> bool:
    world.sandbox.creator("remove-app", account="acme")
    return False


def _without_scope(_: World, exchange: Exchange) -> bool:
    if exchange.stage == "token":
        answer = exchange.forward()
        exchange.reply(answer.edited(lambda body: body.update(scope="user.info.basic")))
    else:
        exchange.reply(refusal(exchange.stage, 401, "scope_not_authorized"))
    return True


def renewal(strike: Strike, **more: Any) -> Fault:  # noqa: ANN401 - fields of a fault
    """Let *strike* meet the renewal of a token that TikTok refuses at the stage."""

    def first(world: World, exchange: Exchange) -> bool:
        if exchange.stage == "token":
            return strike(world, exchange)
        if world.line.calls[world.stage] > 1:
            return False
        exchange.reply(refusal(exchange.stage, 401, "access_token_invalid"))
        return True

    return Fault(strike=first, also={"token": strike}, **more)


def edited(change: Callable[[dict[str, Any]], object]) -> Strike:
    """Let a renewal succeed with an answer that *change* made odd."""

    def strike(_: World, exchange: Exchange) -> bool:
        exchange.reply(exchange.forward().edited(change))
        return True

    return strike


def _without_refresh_token(body: dict[str, Any]) -> None:
    del body["refresh_token"]
    body["expires_in"] = 0  # so that the old one is needed at once


def _invalid_grant(_: World, exchange: Exchange) -> bool:
    exchange.reply(refusal("token", 400, "invalid_grant"))
    return True


def _sibling(world: World) -> None:
    """Let somebody else renew the token just before we lock the account."""
    lock = FileTokenStore.lock
    begun: list[bool] = []

    def locked(
        store: FileTokenStore, account: str, *, timeout: float
    ) -> AbstractContextManager[None]:
        if not begun:
            begun.append(True)
            with world.studio.bridge() as sibling:
                sibling.vault.refresh(account)
            world.sent.remove("token")
        return lock(store, account, timeout=timeout)

    world.patch.setattr(FileTokenStore, "lock", locked)


def _let_pass(_: World, __: Exchange) -> bool:
    return False


def _lost(world: World, exchange: Exchange) -> bool:
    if world.line.calls["token"] > 1:
        return False
    return NETWORK["reset before the reply"].strike(world, exchange)


FAULTS: Final = {
    "token ends on the way": Fault(
        strike=_ends, times=1, switches={"expires_in": 1_300}
    ),
    "app removed": Fault(strike=_revoked, times=1),
    "scope withdrawn": Fault(
        strike=_without_scope,
    ),
    "renewal: reply lost": renewal(_lost),
    "renewal: invalid_grant": renewal(_invalid_grant),
    "renewal: by a sibling": renewal(_let_pass, prepare=_sibling),
    "renewal: same token again": renewal(_let_pass, switches={"rotation": "same"}),
    "renewal: no refresh_token": renewal(
        edited(_without_refresh_token), switches={"rotation": "same"}
    ),
    "renewal: expires_in below zero": renewal(
        edited(lambda body: body.update(expires_in=-1))
    ),
    "renewal: expires_in of 10^30": renewal(
        edited(lambda body: body.update(expires_in=10**30))
    ),
    "renewal: expires_in as text": renewal(
        edited(lambda body: body.update(expires_in="soon"))
    ),
}
