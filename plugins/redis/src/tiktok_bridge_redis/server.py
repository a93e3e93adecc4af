"""Run commands on a server, and raise what goes wrong as one of our errors."""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from redis.exceptions import RedisError

from tiktok_bridge_redis.client import connect, secrets_of
from tiktok_bridge_redis.failures import explained, failure
from tiktok_bridge_redis.secrets import remember

if TYPE_CHECKING:
    from collections.abc import Callable

    import redis

    from tiktok_bridge import BridgeError, Secret
    from tiktok_bridge_redis.urls import Address

    Command = tuple[str | bytes | int, ...]

FIRST_PAUSE: Final = 0.05
LONGEST_PAUSE: Final = 1.0
"""Seconds between two tries: doubled each time, never longer than this."""


class Server:
    """A Redis server as one URL names it; nothing is opened before the first command.

    Attributes:
        name: What messages call it.
    """

    def __init__(
        self,
        address: Address,
        kind: type[BridgeError],
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.name = address.name
        self.clock = clock
        self.sleep = sleep
        self._address = address
        self._kind = kind
        remember(address)
        self._timeout: float = address.options["timeout"]
        self._replicas: int = address.options.get("wait", 0)
        if self._replicas is None:
            self._replicas = 1 if address.service else 0

    def run(self, act: str, *commands: Command, patience: float = 0.0) -> list[Any]:
        """Send *commands* at once, over one connection; return their replies.

        Args:
            act: What they are for, in the infinitive.
            commands: Each may be sent again when no answer to it came.
            patience: Seconds to go on trying where the same may work later.

        Raises:
            BridgeError: Of the kind that this server was made with; `retryable` says
                whether the same may work later.
        """
        return self._run(act, commands, patience, None)

    def write(
        self,
        act: str,
        command: Command,
        *,
        patience: float = 0.0,
        is_written: Callable[[Any], object] = lambda _: True,
    ) -> Any:  # noqa: ANN401 - whatever the command answers
        """Run *command*, and wait for as many replicas as the URL asks for.

        Args:
            act: What it is for, in the infinitive.
            command: It may be sent again when no answer to it came.
            patience: As in `run`; too few replicas are worth another try as well.
            is_written: Tells from the reply whether there is anything to wait for.
        """
        if not self._replicas:
            return self.run(act, command, patience=patience)[0]
        wait = ("WAIT", self._replicas, max(int(self._timeout * 500), 1))
        return self._run(act, (command, wait), patience, is_written)[0]

    def refusal(
        self, act: str, reason: str, *, hint: str | None, retryable: bool = False
    ) -> BridgeError:
        """Return an error of this server's kind that names it."""
        act = f"{act} at {self.name}"
        return failure(self._kind, act, reason, hint, retryable=retryable)

    def _run(
        self,
        act: str,
        commands: tuple[Command, ...],
        patience: float,
        is_written: Callable[[Any], object] | None,
    ) -> list[Any]:
        deadline, pause = self.clock() + patience, FIRST_PAUSE
        while True:
            replies, error = self._try(act, commands)
            if error is None and is_written and is_written(replies[0]):
                error = self._unconfirmed(act, replies[1])
            left = deadline - self.clock()
            if error is None:
                return replies
            if not error.retryable or left <= 0:
                raise error
            self.sleep(min(pause, left))
            pause = min(2 * pause, LONGEST_PAUSE)

    def _try(
        self, act: str, commands: tuple[Command, ...]
    ) -> tuple[list[Any], BridgeError | None]:
        """Return the replies, or the error that the first refusal is.

        It is raised outside, so that no text of the library hangs on it: a server
        may repeat what it was sent.
        """
        try:
            with self._client.pipeline(transaction=False) as pipeline:
                for command in commands:
                    pipeline.execute_command(*command)  # type: ignore[no-untyped-call] # as the library has it
                replies = pipeline.execute(raise_on_error=False)
        except (RedisError, UnicodeError) as error:
            return [], self._explained(act, error)
        refusals = [reply for reply in replies if isinstance(reply, RedisError)]
        return replies, self._explained(act, refusals[0]) if refusals else None

    def _unconfirmed(self, act: str, confirmed: int) -> BridgeError | None:
        if confirmed >= self._replicas:
            return None
        few = f"only {confirmed} of {self._replicas} replicas have confirmed it"
        hint = "bring the replicas back, or change wait= in the URL"
        return self.refusal(act, few, hint=hint, retryable=True)

    def _explained(self, act: str, error: Exception) -> BridgeError:
        act = f"{act} at {self.name}"
        options: dict[str, Any] = {"timeout": self._timeout, "secrets": self._secrets}
        return explained(self._kind, act, error, **options)

    @cached_property
    def _secrets(self) -> list[Secret]:
        return secrets_of(self._address, self._kind)

    @cached_property
    def _client(self) -> redis.Redis:
        return connect(self._address, self._kind)
