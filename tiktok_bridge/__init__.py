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
    EventRefusedError,
    InvalidInput,
    LedgerError,
    LoginError,
    MediaError,
    NetworkError,
    PluginError,
    RefusedError,
    StoreError,
    TikTokError,
    TokenError,
    WebhookError,
)
from tiktok_bridge.hookspecs import (
    BatchNotifier,
    Checkable,
    MediaSource,
    Notifier,
    PublicMedia,
    RecoverableStore,
    TokenStore,
    hookimpl,
)
from tiktok_bridge.secrets import Secret

if TYPE_CHECKING:
    from tiktok_bridge.aio import AsyncBridge
    from tiktok_bridge.bridge import Bridge
    from tiktok_bridge.catalogue import Explanation, explain
    from tiktok_bridge.config.posts import PostsFile
    from tiktok_bridge.config.rules import Rule, read_rules
    from tiktok_bridge.config.settings import AppSettings, Notify, Settings
    from tiktok_bridge.findings import (
        Certainty,
        Check,
        Collector,
        Fact,
        Facts,
        Finding,
        Remedy,
        Status,
        Visit,
    )
    from tiktok_bridge.health import Health
    from tiktok_bridge.host import Host
    from tiktok_bridge.inspection import Inspection
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
        Undelivered,
    )
    from tiktok_bridge.redaction.redaction import Redaction
    from tiktok_bridge.tiktok.authorize import (
        Authorization,
        Consent,
        authorize,
        read_redirect,
    )
    from tiktok_bridge.tiktok.chunks import ChunkPlan, plan_chunks
    from tiktok_bridge.tiktok.client import Client
    from tiktok_bridge.tiktok.content import CreatorInfo, Progress, Started, Stored
    from tiktok_bridge.tiktok.display import User, Video, VideoPage
    from tiktok_bridge.tiktok.inits import Pull
    from tiktok_bridge.tiktok.oauth import ClientToken, QrCode, QrLogin
    from tiktok_bridge.tiktok.token import Token
    from tiktok_bridge.tiktok.webhooks import (
        AuthorizationRemoved,
        DownloadReady,
        InboxDelivered,
        NoLongerPubliclyAvailable,
        PostComplete,
        PostEvent,
        PostFailed,
        PubliclyAvailable,
        ShareEvent,
        WebhookEvent,
    )
    from tiktok_bridge.tiktok.webhooks import verify as verify_webhook
    from tiktok_bridge.tiktok.wire import Transport
    from tiktok_bridge.tokens.login import Grant

__all__ = [
    "Allow",
    "AppSettings",
    "AsyncBridge",
    "Authorization",
    "AuthorizationRemoved",
    "BadAnswerError",
    "BatchNotifier",
    "Bridge",
    "BridgeError",
    "BusyError",
    "Certainty",
    "Check",
    "Checkable",
    "ChunkPlan",
    "Client",
    "ClientToken",
    "Collector",
    "ConfigError",
    "ConflictError",
    "Consent",
    "CreatorInfo",
    "Disclose",
    "DownloadReady",
    "Event",
    "EventRefusedError",
    "Explanation",
    "Fact",
    "Facts",
    "Failure",
    "Finding",
    "Grant",
    "Health",
    "Host",
    "InboxDelivered",
    "Inspection",
    "InvalidInput",
    "LedgerError",
    "LoginError",
    "MediaError",
    "MediaSource",
    "MediaStat",
    "NetworkError",
    "NoLongerPubliclyAvailable",
    "Notifier",
    "Notify",
    "Place",
    "PluginError",
    "Post",
    "PostComplete",
    "PostEvent",
    "PostFailed",
    "PostsFile",
    "Problem",
    "Progress",
    "PublicMedia",
    "PubliclyAvailable",
    "Pull",
    "QrCode",
    "QrLogin",
    "RecoverableStore",
    "Redaction",
    "RefusedError",
    "Remedy",
    "Result",
    "Rule",
    "Secret",
    "Settings",
    "ShareEvent",
    "Started",
    "State",
    "Status",
    "StoreError",
    "Stored",
    "TikTokError",
    "Token",
    "TokenError",
    "TokenStore",
    "Transport",
    "Undelivered",
    "User",
    "Video",
    "VideoPage",
    "Visit",
    "WebhookError",
    "WebhookEvent",
    "authorize",
    "explain",
    "hookimpl",
    "plan_chunks",
    "read_redirect",
    "read_rules",
    "verify_webhook",
]

_LAZY = {
    "Allow": "models",
    "AppSettings": "config.settings",
    "AsyncBridge": "aio",
    "Authorization": "tiktok.authorize",
    "AuthorizationRemoved": "tiktok.webhooks",
    "Bridge": "bridge",
    "Certainty": "findings",
    "Check": "findings",
    "ChunkPlan": "tiktok.chunks",
    "Client": "tiktok.client",
    "ClientToken": "tiktok.oauth",
    "Collector": "findings",
    "Consent": "tiktok.authorize",
    "CreatorInfo": "tiktok.content",
    "Disclose": "models",
    "DownloadReady": "tiktok.webhooks",
    "Event": "models",
    "Explanation": "catalogue",
    "Fact": "findings",
    "Facts": "findings",
    "Failure": "models",
    "Finding": "findings",
    "Grant": "tokens.login",
    "Health": "health",
    "Host": "host",
    "InboxDelivered": "tiktok.webhooks",
    "Inspection": "inspection",
    "MediaStat": "models",
    "NoLongerPubliclyAvailable": "tiktok.webhooks",
    "Notify": "config.settings",
    "Place": "models",
    "Post": "models",
    "PostComplete": "tiktok.webhooks",
    "PostEvent": "tiktok.webhooks",
    "PostFailed": "tiktok.webhooks",
    "PostsFile": "config.posts",
    "Problem": "models",
    "Progress": "tiktok.content",
    "PubliclyAvailable": "tiktok.webhooks",
    "Pull": "tiktok.inits",
    "QrCode": "tiktok.oauth",
    "QrLogin": "tiktok.oauth",
    "Redaction": "redaction.redaction",
    "Remedy": "findings",
    "Result": "models",
    "Rule": "config.rules",
    "Settings": "config.settings",
    "ShareEvent": "tiktok.webhooks",
    "Started": "tiktok.content",
    "State": "models",
    "Status": "findings",
    "Stored": "tiktok.content",
    "Token": "tiktok.token",
    "Transport": "tiktok.wire",
    "Undelivered": "models",
    "User": "tiktok.display",
    "Video": "tiktok.display",
    "VideoPage": "tiktok.display",
    "Visit": "findings",
    "WebhookEvent": "tiktok.webhooks",
    "authorize": "tiktok.authorize",
    "explain": "catalogue",
    "plan_chunks": "tiktok.chunks",
    "read_redirect": "tiktok.authorize",
    "read_rules": "config.rules",
    "verify_webhook": "tiktok.webhooks:verify",
}
"""Names whose modules take time to import, and where they are, under which name."""


def __getattr__(name: str) -> object:
    if name not in _LAZY:
        raise AttributeError(f"module 'tiktok_bridge' has no attribute {name!r}")
    module, _, inner = _LAZY[name].partition(":")
    return getattr(import_module(f"tiktok_bridge.{module}"), inner or name)
