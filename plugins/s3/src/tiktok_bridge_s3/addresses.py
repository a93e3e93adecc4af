"""Find the address under which TikTok can fetch an object."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from tiktok_bridge_s3.clients import client_for
from tiktok_bridge_s3.failures import Refusal

if TYPE_CHECKING:
    from tiktok_bridge_s3.urls import MediaPlace


def public_url(place: MediaPlace) -> str:
    """Return the address below the public prefix, or else a presigned one.

    Raises:
        Refusal: TikTok would not fetch it: it wants https and a host with a name.
    """
    url = f"{place.public}/{quote(place.key)}" if place.public else _presigned(place)
    split = urlsplit(url)
    if split.scheme != "https" or _is_number(split.hostname or ""):
        raise Refusal(
            "TikTok fetches only by https, from a host with a name",
            hint="name the address under which the bucket is public: ?public=https://…",
        )
    return url


def _presigned(place: MediaPlace) -> str:
    params = {"Bucket": place.bucket, "Key": place.key}
    if place.version_id:
        params["VersionId"] = place.version_id
    return client_for(place.reach).generate_presigned_url(
        "get_object", Params=params, ExpiresIn=int(place.expires)
    )


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
