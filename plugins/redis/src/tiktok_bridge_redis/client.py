"""Make the library's client for an address, directly or through Sentinels."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from redis.sentinel import Sentinel

from tiktok_bridge import Secret

if TYPE_CHECKING:
    from tiktok_bridge import BridgeError
    from tiktok_bridge_redis.urls import Address

FILES: Final = ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile")


def connect(address: Address, kind: type[BridgeError]) -> redis.Redis:
    """Return a client for *address*; it opens a connection when it first needs one.

    Raises:
        BridgeError: Of *kind*: a file that the URL names cannot be read.
    """
    server = _shared(address, kind) | {"db": address.database}
    server |= {"username": address.user, "password": _password(address, kind)}
    if address.socket:
        return redis.Redis(unix_socket_path=address.socket, **server)
    if address.service:
        secret = address.options["sentinel_password"]
        login = {
            "username": address.options["sentinel_username"],
            "password": secret.reveal() if secret else None,
        }
        ask = _shared(address, kind) | login
        sentinels = Sentinel(address.hosts, sentinel_kwargs=ask, **server)  # type: ignore[no-untyped-call] # as the library has it
        primary: redis.Redis = sentinels.master_for(address.service)  # type: ignore[no-untyped-call] # as above
        return primary
    host, port = address.hosts[0]
    return redis.Redis(host=host, port=port, **server)


def secrets_of(address: Address, kind: type[BridgeError]) -> list[Secret]:
    """Return what no message may hold."""
    password = _password(address, kind)
    found = [address.options["sentinel_password"], password and Secret(password)]
    return [secret for secret in found if secret]


def _shared(address: Address, kind: type[BridgeError]) -> dict[str, Any]:
    """Return what holds for a server and its Sentinels; who calls tries again."""
    timeout = address.options["timeout"]
    shared: dict[str, Any] = {
        "socket_timeout": timeout,
        "socket_connect_timeout": timeout,
        "protocol": 2,
        "retry": Retry(NoBackoff(), 0),
    }
    if not address.is_tls:
        return shared
    files = {name: address.options[name] for name in FILES if address.options[name]}
    for path in files.values():
        _read(path, kind)  # the library would not say which one is missing
    minimum = {"ssl_min_version": ssl.TLSVersion.TLSv1_2, "ssl_check_hostname": True}
    return shared | {"ssl": True} | minimum | files


def _password(address: Address, kind: type[BridgeError]) -> str | None:
    path = address.options["password_file"]
    if path is None:
        return address.password.reveal() if address.password else None
    return _read(path, kind).decode("utf-8", "replace").rstrip("\r\n")


def _read(path: str, kind: type[BridgeError]) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        reason = error.strerror
    raise kind(f"cannot read {path!r}: {reason}", hint="check the path in the URL")
