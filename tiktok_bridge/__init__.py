"""Publish videos to TikTok through a pluggable engine."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from tiktok_bridge.errors import (
    BadAnswerError,
    BridgeError,
    BusyError,
    ConfigError,
    ConflictError,
    InvalidInput,
    LedgerError,
    MediaError,
    NetworkError,
    PluginError,
    RefusedError,
    StoreError,
    TikTokError,
    TokenError,
)
from tiktok_bridge.hookspecs import MediaSource, Notifier, TokenStore, hookimpl
from tiktok_bridge.secrets import Secret

if TYPE_CHECKING:
    from tiktok_bridge.aio import AsyncBridge
    from tiktok_bridge.bridge import Bridge
    from tiktok_bridge.config.posts import PostsFile
    from tiktok_bridge.config.settings import AppSettings, Notify, Settings
    from tiktok_bridge.host import Host
    from tiktok_bridge.models import (
        Allow,
        Disclose,
        Event,
        Failure,
        MediaStat,
        Place,
        Post,
        Problem,
        Result,
        State,
    )

__all__ = [
    "Allow",
    "AppSettings",
    "AsyncBridge",
    "BadAnswerError",
    "Bridge",
    "BridgeError",
    "BusyError",
    "ConfigError",
    "ConflictError",
    "Disclose",
    "Event",
    "Failure",
    "Host",
    "InvalidInput",
    "LedgerError",
    "MediaError",
    "MediaSource",
    "MediaStat",
    "NetworkError",
    "Notifier",
    "Notify",
    "Place",
    "PluginError",
    "Post",
    "PostsFile",
    "Problem",
    "RefusedError",
    "Result",
    "Secret",
    "Settings",
    "State",
    "StoreError",
    "TikTokError",
    "TokenError",
    "TokenStore",
    "hookimpl",
]

_LAZY = {
    "Allow": "models",
    "AppSettings": "config.settings",
    "AsyncBridge": "aio",
    "Bridge": "bridge",
    "Disclose": "models",
    "Event": "models",
    "Failure": "models",
    "Host": "host",
    "MediaStat": "models",
    "Notify": "config.settings",
    "Place": "models",
    "Post": "models",
    "PostsFile": "config.posts",
    "Problem": "models",
    "Result": "models",
    "Settings": "config.settings",
    "State": "models",
}
"""Names whose modules take time to import, and where they are."""


def __getattr__(name: str) -> object:
    if name not in _LAZY:
        raise AttributeError(f"module 'tiktok_bridge' has no attribute {name!r}")
    return getattr(import_module(f"tiktok_bridge.{_LAZY[name]}"), name)
