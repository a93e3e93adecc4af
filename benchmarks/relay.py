"""Measure a video on its way from S3 to TikTok over two slow links.

Goals: publishing takes at most 1.05 times as long as curl needs on the slower of the
two links alone; at most 60 MB above the idle process for 100 MB and for 4 GiB alike.
A GET for each chunk, whole or handed through, is measured beside it.

S3, we and TikTok live in network namespaces of their own (links.py), each server is an
nginx that speaks TLS. That of S3 serves a sparse file with ETag, Range and If-Match,
which is all that is asked of S3 here: a server that keeps 4 GiB in memory, as moto
does, would measure itself.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Final

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import links, upload
from benchmarks.links import ADDRESS, BRIDGE, S3, TIKTOK, Links, NoLinksError
from benchmarks.upload import Transfer

if TYPE_CHECKING:
    from collections.abc import Iterator

SHAPES: Final = ((200, 200), (1000, 100), (100, 100))
"""Mbit/s from S3, and to TikTok."""

ROUNDS, SECONDS = 5, 10
SPEED_GOAL = 1.05
MEMORY_SIZES = (100_000_000, 4 * 1024**3)
MEMORY_GOAL = 60_000_000
FAST = (1000, 1000)

NEEDED: Final = (*upload.NEEDED, *links.NEEDED)
PORT: Final = 8443
HERE: Final = Path(__file__).parent
BUCKET: Final = "videos"

CONFIGURATION = Template("""\
daemon off;
master_process off;
pid $folder/$name.pid;
error_log $folder/$name.log warn;
events {}
http {
    access_log off;
    client_max_body_size 0;
    keepalive_requests 1000000;
    keepalive_timeout 1h;
    lingering_time 1h;
    lingering_timeout 1m;
    client_body_temp_path $folder/$name.body;
    proxy_temp_path $folder/$name.proxy;
    fastcgi_temp_path $folder/$name.fastcgi;
    uwsgi_temp_path $folder/$name.uwsgi;
    scgi_temp_path $folder/$name.scgi;
    server {
        listen $address:$port ssl;
        ssl_certificate $folder/certificate.pem;
        ssl_certificate_key $folder/key.pem;
        ssl_protocols TLSv1.3;
        ssl_conf_command Ciphersuites TLS_AES_256_GCM_SHA384;
        root $folder/objects;
        location = /upload { return 201; }
        location = /v2/post/publish/creator_info/query/ {
            return 200 '{"data": {"privacy_level_options": ["SELF_ONLY"]},
                "error": {"code": "ok"}}';
        }
        location = /v2/post/publish/video/init/ {
            return 200 '{"data": {"publish_id": "v_pub~1", "upload_url":
                "https://$address:$port/upload"}, "error": {"code": "ok"}}';
        }
        location = /v2/post/publish/status/fetch/ {
            return 200 '{"data": {"status": "PUBLISH_COMPLETE"},
                "error": {"code": "ok"}}';
        }
    }
}
""")


@dataclass(frozen=True)
class Place:
    """The links, with a server at the end of each."""

    links: Links
    folder: Path

    @property
    def bucket(self) -> Path:
        """The folder that is the bucket."""
        return self.folder / "objects" / BUCKET

    def here(self, *command: str) -> str:
        """Return what *command* prints; it runs between the two links."""
        certificate = str(self.folder / "certificate.pem")
        return upload.run(
            *self.links.within(BRIDGE, *command),
            SSL_CERT_FILE=certificate,
            AWS_CA_BUNDLE=certificate,
            AWS_ENDPOINT_URL=url(S3),
            AWS_ACCESS_KEY_ID="benchmark",
            AWS_SECRET_ACCESS_KEY="benchmark",  # noqa: S106 - nobody looks at it
            AWS_DEFAULT_REGION="us-east-1",
            NO_PROXY="*",
        )


def main() -> None:
    """Print the time and the memory, each with its goal."""
    missing = [name for name in NEEDED if not shutil.which(name, path=upload.PATH)]
    if missing:
        sys.exit(f"relay: install what has {' and '.join(missing)}, then run it again")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        try:
            place = Place(stack.enter_context(links.laid()), folder)
        except NoLinksError as error:
            sys.exit(f"relay: this needs root and network namespaces: {error}")
        stack.enter_context(serving(place))
        for shape in SHAPES:
            measure_speed(place, shape)
        for size in MEMORY_SIZES:
            measure_memory(place, size)


def measure_speed(place: Place, shape: tuple[int, int]) -> None:
    """Send one video in all ways, in turns, and print what the ratios are."""
    place.links.shape(*shape)
    name = make_object(place, min(shape) * 1_000_000 // 8 * SECONDS)
    ours: list[Transfer] = []
    peer: list[float] = []
    for _ in range(ROUNDS):
        ours.append(publish(place, name))
        peer.append(max(download(place, name), send(place, name)))
    low, ratio, high = statistics.quantiles(
        [own.seconds / theirs for own, theirs in zip(ours, peer, strict=True)]
    )
    took, cpu = (
        statistics.median(values)
        for values in ([one.seconds for one in ours], [one.cpu for one in ours])
    )
    at = f"{shape[0]}/{shape[1]} Mbit/s"
    upload.tell(
        f"{at}, publish {took:.2f} s (CPU {cpu:.2f} s), the slower link alone"
        f" {statistics.median(peer):.2f} s, ratio {ratio:.3f}, quartiles {low:.3f} and"
        f" {high:.3f} (goal <= {SPEED_GOAL}",
        met=ratio <= SPEED_GOAL,
    )
    for way in ("whole", "streamed"):
        other = publish(place, name, "per_chunk.py", way).seconds
        said = f"{at}, control: a GET for each chunk, {way}"
        sys.stdout.write(f"relay: {said}, ratio {other / statistics.median(peer):.3f}")
        sys.stdout.write("\n")


def measure_memory(place: Place, size: int) -> None:
    """Publish *size* bytes and print by how much the process has grown."""
    place.links.shape(*FAST)
    done = publish(place, make_object(place, size))
    upload.tell(
        f"{size / 1e6:,.0f} MB, peak RSS {done.grown / 1e6:.1f} MB above idle,"
        f" {done.loaded / 1e6:.1f} MB of them after a few bytes from S3"
        f" (goal <= {MEMORY_GOAL / 1e6:.0f}",
        met=done.grown <= MEMORY_GOAL,
    )


def publish(
    place: Place, name: str, program: str = "publisher.py", *options: str
) -> Transfer:
    """Publish the object *name* in a process of its own."""
    with tempfile.TemporaryDirectory(dir=place.folder) as folder:
        output = place.here(
            *(sys.executable, str(HERE / program), *options),
            *(folder, url(TIKTOK), f"s3://{BUCKET}/{name}"),
        )
    return Transfer(**json.loads(output))


def download(place: Place, name: str) -> float:
    """Return the seconds that curl needs to fetch the object."""
    return curl(place, "--output", os.devnull, f"{url(S3)}/{BUCKET}/{name}")


def send(place: Place, name: str) -> float:
    """Return the seconds that curl needs to send the same bytes."""
    file, to = str(place.bucket / name), f"{url(TIKTOK)}/upload"
    expects = ("--header", "Expect:", "--output", os.devnull)
    return curl(place, *expects, "--upload-file", file, to)


def curl(place: Place, *options: str) -> float:
    """Return the seconds that curl takes for one request."""
    certificate = str(place.folder / "certificate.pem")
    return float(
        place.here(
            *("curl", "--silent", "--show-error", "--fail", "--http1.1"),
            *("--noproxy", "*", "--cacert", certificate),
            *("--retry", "5", "--retry-connrefused", "--retry-delay", "1"),
            *("--write-out", "%{time_total}", *options),
        )
    )


def url(name: str) -> str:
    """Return where the server of that name is."""
    return f"https://{ADDRESS[name]}:{PORT}"


def make_object(place: Place, size: int) -> str:
    """Make an object of *size* bytes, most of them zeros, instead of the one before."""
    for other in place.bucket.glob("[0-9]*.mp4"):
        other.unlink()
    video = place.bucket / f"{size}.mp4"
    shutil.copyfile(upload.CLIP, video)
    os.truncate(video, size)
    return video.name


@contextmanager
def serving(place: Place) -> Iterator[None]:
    """Run both servers, and put a clip of few bytes into the bucket."""
    place.bucket.mkdir(parents=True)
    shutil.copyfile(upload.CLIP, place.bucket / "first.mp4")
    upload.certify(place.folder, *ADDRESS.values())
    nginx = shutil.which("nginx", path=upload.PATH) or "nginx"
    with ExitStack() as stack:
        for name, address in ADDRESS.items():
            configuration = place.folder / f"{name}.conf"
            configuration.write_text(
                CONFIGURATION.substitute(
                    folder=place.folder, name=name, address=address, port=PORT
                )
            )
            command = (nginx, "-p", str(place.folder), "-e", "stderr")
            within = place.links.within(name, *command, "-c", str(configuration))
            server = stack.enter_context(subprocess.Popen(within))  # noqa: S603 - our own
            stack.callback(server.terminate)
            curl(place, "--output", os.devnull, f"{url(name)}/{BUCKET}/first.mp4")
        yield


if __name__ == "__main__":
    main()
