"""Say what a rule may use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from tiktok_bridge_diagnostics.redact.surrogates import Surrogates

Profile = Literal["local", "tiktok", "public"]
"""For whom: this machine (names of accounts and posts stay, since facts are found by
them), TikTok's support (log ids and publish ids stay), or anybody."""


class Maker(Protocol):
    """Applies rules.

    Attributes:
        surrogates: Makes what stands for a value.
        profile: For whom.
    """

    surrogates: Surrogates
    profile: Profile

    def applies(self, rule: str) -> bool:
        """Tell whether *rule* is on."""

    def apply(self, rule: str, value: str) -> str:
        """Return what stands for *value* by *rule*, or *value* if it may stay."""

    def is_name(self, value: str) -> bool:
        """Tell whether *value* is the name of something that a fact is about."""
