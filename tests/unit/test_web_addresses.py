"""Media is read from public addresses alone, however an address is written."""

from __future__ import annotations

import ipaddress
import random
import socket
from typing import TYPE_CHECKING

import pytest

from tiktok_bridge.config.hosts import entry_problem
from tiktok_bridge.web.address import read_address
from tiktok_bridge.web.lookup import find_addresses
from tiktok_bridge.web.reach import Reach, is_global, plain
from tiktok_bridge.web.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from tiktok_bridge.web.address import IPAddress

PUBLIC = "93.184.215.14"

NAMES = {
    "media.example.com": [PUBLIC],
    "xn--bcher-kva.example": [PUBLIC],
    "under_score.example.com": [PUBLIC],
    "both.example.com": [PUBLIC, "2606:2800:21f:cb07:6820:80da:af6b:8b2c"],
    "nat64.example.com": ["64:ff9b::5db8:d70e"],
    "mapped.example.com": [f"::ffff:{PUBLIC}"],
    # what anybody may put into a name of theirs
    "mixed.example.com": [PUBLIC, "127.0.0.1"],
    "mixed6.example.com": [PUBLIC, "::1"],
    "localhost": ["127.0.0.1"],
    "localhost6": ["::1"],
    "intranet": ["10.0.0.7"],
    "metadata": ["169.254.169.254"],
    "metadata.google.internal": ["169.254.169.254"],
    "evilgoogle.internal": ["169.254.169.254"],
    "instance-data.ec2.internal": ["169.254.169.254"],
    "127.0.0.1.nip.io": ["127.0.0.1"],
    "localtest.me": ["127.0.0.1"],
    "xn--lcalhost-n4a.example": ["127.0.0.1"],
    "zone.example.com": ["fe80::1%eth0"],
    "scoped.example.com": ["2606:2800:21f:cb07::1%eth0"],
}

ACCEPTED = [
    "https://media.example.com/clip.mp4",
    "HTTPS://MEDIA.EXAMPLE.COM/clip.mp4",
    "hTTps://Media.Example.com",
    "https://media.example.com.",
    "https://media.example.com./clip.mp4",
    "https://media.example.com:443/clip.mp4",
    "https://media.example.com:8443/clip.mp4",
    "https://media.example.com?id=7",
    "https://media.example.com/clip.mp4?X-Sig=a%2Fb@c://d",
    "https://media.example.com/clip.mp4#t=10",
    "https://media.example.com/@127.0.0.1/",
    "https://media.example.com/?u=https://127.0.0.1/",
    "https://media.example.com//127.0.0.1/",
    "https://media.example.com/%E2%82%AC.mp4",
    "https://xn--bcher-kva.example/a",
    "https://under_score.example.com/a",
    "https://both.example.com/a",
    "https://nat64.example.com/a",
    "https://mapped.example.com/a",
    f"https://{PUBLIC}/a",
    f"https://{PUBLIC}:8443/a",
    "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/a",
    "https://[2606:2800:21F:CB07:6820:80DA:AF6B:8B2C]:8443/a",
    f"https://[::ffff:{PUBLIC}]/a",
    "https://[64:ff9b::5db8:d70e]/a",
]

ADDRESSES = [
    "0.0.0.0",  # noqa: S104 - what is refused
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.1.2.3",
    "127.255.255.255",
    "168.63.129.16",
    "169.254.0.1",
    "169.254.169.254",
    "169.254.170.2",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "192.168.255.255",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "[::]",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::127.0.0.1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::FFFF:10.0.0.1]",
    "[::ffff:169.254.169.254]",
    "[::ffff:0:127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b:1::7f00:1]",
    "[100::1]",
    "[2001::1]",
    "[2001:0:4136:e378:8000:63bf:3fff:fdd2]",
    "[2001:db8::1]",
    "[2002:7f00:1::]",
    "[2002:a9fe:a9fe::1]",
    "[2002:5db8:d70e::1]",
    "[2606:2800:21f:cb07:0:5efe:7f00:1]",
    "[2606:2800:21f:cb07:200:5efe:7f00:1]",
    "[3fff::1]",
    "[5f00::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[fd20:ce::254]",
    "[fe80::1]",
    "[fec0::1]",
    "[ff02::1]",
]

OTHERWISE_WRITTEN = [
    "2130706433",
    "3232235521",
    "017700000001",
    "0x7f000001",
    "0X7F000001",
    "0x7f.1",
    "0x7f.0x0.0x0.0x1",
    "0177.0.0.1",
    "0177.0.0.01",
    "00000177.0.0.1",
    "127.1",
    "127.0.1",
    "127.0.0.1.",
    "127.0.0.01",
    "127.0.0.0x1",
    "127.0.0.256",
    "1.2.3.4.5",
    "127.0.0",
    "0",
    "0x0",
    "0x",
    "169.254.43518",
    "media.example.0x7f",
    "media.example.1",
    "127\u30020\u30020\u30021",
    "\u2460\u2461\u2466.\u24ea.\u24ea.\u2460",
    "\uff11\uff12\uff17.0.0.1",
    "localhost\u3002",
    "bücher.example",
    "med\u0131a.example.com",
    "media.example.com%00.evil.example",
    "media%2eexample.com",
    "%31%32%37.0.0.1",
    "[::1%25lo]",
    "[fe80::1%25eth0]",
    "[fe80::1%eth0]",
    "[::1",
    "::1",
    "[127.0.0.1]",
    "[v1.a]",
    "[::ffff:127.0.0.1.]",
    "[:::1]",
    "",
    ".",
    "..",
    ".media.example.com",
    "media..example.com",
    "media.example.com..",
    "-media.example.com",
    "media-.example.com",
    "a" * 64 + ".example.com",
    ".".join(["abcdefgh"] * 30),
    "media.example.com:0",
    "media.example.com:65536",
    "media.example.com:99999",
    "media.example.com:443:443",
    "media.example.com:",
    "media.example.com:+443",
    "media.example.com:4 43",
    "media.example.com:0x1bb",
    "user@media.example.com",
    "user:password@media.example.com",
    "media.example.com@127.0.0.1",
    "media.example.com:443@127.0.0.1",
    "@127.0.0.1",
    "127.0.0.1@media.example.com",
    "media.example.com\\@127.0.0.1",
    "media.example.com\\.evil.example",
    "media.example.com\r\nHost: evil",
    "media.example.com\n",
    "media.example.com\t",
    " media.example.com",
    "media.example.com ",
    "media.example.com\0.evil.example",
    "media.example.com,127.0.0.1",
    "media.example.com;127.0.0.1",
    "media.example.com&@127.0.0.1",
    "media.example.com|127.0.0.1",
    "*.example.com",
    "$(id).example.com",
    "{a,b}.example.com",
]

WHOLE = [
    "http://media.example.com/clip.mp4",
    "HTTP://media.example.com/clip.mp4",
    "http:media.example.com",
    "https:media.example.com/clip.mp4",
    "https:/media.example.com/clip.mp4",
    "https:///media.example.com/clip.mp4",
    "https:\\\\media.example.com\\clip.mp4",
    "https:",
    "https://",
    "https://media.example.com/a b",
    "https://media.example.com/a\\..\\b",
    "https://media.example.com/a\r\nX: y",
    "https://media.example.com/a\n",
    "https://media.example.com/a\0b",
    "https://media.example.com/é.mp4",
    "https://media.example.com/\u202egpm.4",
    "https://media.example.com/?a=é",
]

BAD_NAMES = [
    name for name, found in NAMES.items() if {*found} & {"127.0.0.1", "::1"}
] + [
    "intranet",
    "metadata",
    "METADATA.google.internal.",
    "instance-data.ec2.internal",
    "zone.example.com",
    "scoped.example.com",
    "missing.example.com",
]

REFUSED = [
    *WHOLE,
    *(f"https://{one}/a" for one in (*ADDRESSES, *OTHERWISE_WRITTEN, *BAD_NAMES)),
]


def resolve(host: str, port: int) -> list[str]:
    """Answer as a name server that is not ours, and as libc where a name is none."""
    assert 0 < port < 65_536
    if host in NAMES:
        return NAMES[host]
    try:
        return [socket.inet_ntoa(socket.inet_aton(host))]
    except OSError:
        raise socket.gaierror(socket.EAI_NONAME, "no such name") from None


def found(
    url: str, *media_hosts: str, ask: Callable[[str, int], list[str]] = resolve
) -> list[str]:
    return find_addresses(read_address(url), Reach(media_hosts), ask)


def test_there_are_enough_forms() -> None:
    assert len({*REFUSED}) >= 120
    assert len({*ACCEPTED}) >= 20


@pytest.mark.parametrize("url", REFUSED, ids=ascii)
def test_what_is_no_public_address_is_refused(url: str) -> None:
    with pytest.raises(Refusal):
        found(url)


@pytest.mark.parametrize("url", ACCEPTED, ids=ascii)
def test_a_public_address_is_accepted(url: str) -> None:
    addresses = [ipaddress.ip_address(one) for one in found(url)]

    assert addresses
    assert all(is_global(plain(one)) for one in addresses)


def test_whoever_only_asks_whether_a_host_is_written_as_private_lets_many_pass() -> (
    None
):
    """The control of the table: it holds what a naive check does not see."""
    passed = [url for url in REFUSED if url.startswith("https://") and naive(url)]

    assert len(passed) >= 10


def naive(url: str) -> bool:
    host = url.removeprefix("https://").partition("/")[0].strip("[]")
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return host != "localhost"


def test_no_address_that_python_knows_as_special_is_global() -> None:
    rng = random.Random(7)  # noqa: S311 - guards nothing
    numbers = (rng.getrandbits(32) for _ in range(20_000))
    fours = [ipaddress.IPv4Address(number) for number in numbers]
    sixes = [ipaddress.IPv6Address(rng.getrandbits(128)) for _ in range(20_000)]

    both: list[IPAddress] = [*fours, *sixes]
    special = [one for one in both if one.is_private or one.is_multicast]
    assert len(special) > 1_000
    assert [one for one in special if is_global(plain(one))] == []
    assert sum(map(is_global, fours)) > 15_000


@pytest.mark.parametrize(
    ("entry", "url"),
    [
        ("127.0.0.1", "https://127.0.0.1/a"),
        ("127.0.0.1", "https://[::ffff:127.0.0.1]/a"),
        ("127.0.0.0/8", "https://localtest.me/a"),
        ("::1", "https://localhost6/a"),
        ("10.0.0.0/16", "https://intranet/a"),
        ("intranet", "https://INTRANET./a"),
        ("Intranet", "https://intranet/a"),
        ("*.google.internal", "https://metadata.google.internal/a"),
    ],
)
def test_what_is_allowed_may_be_read(entry: str, url: str) -> None:
    assert entry_problem(entry) is None
    assert found(url, entry)


@pytest.mark.parametrize(
    ("entry", "url"),
    [
        ("10.0.0.0/24", "https://127.0.0.1/a"),
        ("127.0.0.1", "https://[::1]/a"),
        ("localhost", "https://localtest.me/a"),
        ("*.internal", "https://intranet/a"),
        ("*.google.internal", "https://evilgoogle.internal/a"),
        ("127.0.0.1", "https://2130706433/a"),
        ("10.0.0.0/8", "https://mixed.example.com/a"),
    ],
)
def test_what_is_allowed_allows_nothing_else(entry: str, url: str) -> None:
    with pytest.raises(Refusal):
        found(url, entry)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("10.1.2.3/16", "write 10.1.0.0/16"),
        ("https://cdn.example.com", "no name of a host"),
        ("cdn.example.com:443", "no name of a host"),
        ("127.1", "no name of a host"),
        ("*", "no name of a host"),
        ("bücher.example", "no name of a host"),
    ],
)
def test_an_entry_that_allows_nothing_is_refused(entry: str, said: str) -> None:
    assert said in (entry_problem(entry) or "")


def test_a_name_that_cannot_be_looked_up_now_may_be_later() -> None:
    def away(_: str, __: int) -> list[str]:
        raise socket.gaierror(socket.EAI_AGAIN, "try again")

    with pytest.raises(Refusal, match="cannot be looked up now") as error:
        found("https://media.example.com/a", ask=away)

    assert error.value.retryable
