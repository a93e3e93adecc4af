"""Look at an installation without changing anything in it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from tiktok_bridge.clock import SystemClock
from tiktok_bridge.ledger.database import Database
from tiktok_bridge.ledger.ledger import Ledger
from tiktok_bridge.tokens.vault import Vault

if TYPE_CHECKING:
    from tiktok_bridge.clock import Clock
    from tiktok_bridge.config.settings import Settings
    from tiktok_bridge.host import Host
    from tiktok_bridge.tiktok.client import Client


class Inspection:
    """The tokens and the posts of one installation, to be read only.

    Nothing is made, mended, renewed or brought to a newer version. It may be shared by
    threads; close it, or use it in a `with` block.

    Args:
        settings: Of the installation.
        host: The plugins that open its store.
        client: Is never asked; the vault needs one.
        clock: Tells the time; the machine's unless given.
    """

    def __init__(
        self,
        settings: Settings,
        host: Host,
        client: Client,
        clock: Clock | None = None,
    ) -> None:
        self.settings = settings
        self.host = host
        self._client = client
        self._clock = clock or SystemClock()

    def close(self) -> None:
        """Close what was opened."""
        if "ledger" in self.__dict__:
            self.ledger.close()

    @cached_property
    def ledger(self) -> Ledger:
        """The posts.

        Raises:
            LedgerError: There is none yet, or it cannot be read.
        """
        database = Database(self.settings.ledger, read_only=True)
        return Ledger(database, self._clock, lambda _: [], lambda _: None)

    @cached_property
    def vault(self) -> Vault:
        """The tokens; `peek` and `key_use` change nothing.

        Raises:
            BridgeError: No plugin opens the store.
        """
        store = self.host.open_token_store(self.settings.tokens)
        return Vault(self.settings, store, self._client.oauth, self._clock)
