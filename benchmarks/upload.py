"""Measure an upload over TLS against `curl -T`, and the memory that it takes.

Goals: publishing 1 GB in chunks at least as fast as curl sends the whole file over one
connection to the same nginx; at most 40 MB above the idle process for 100 MB and for
4 GB alike.

nginx plays TikTok: it answers the API from its configuration, discards what is put, and
speaks one TLS version with one cipher. Its own CPU time is shown as the share of the
transfer during which it was busy: well below 100 % it was not what was measured.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROUNDS = 9
SIZE = 1_000_000_000
SPEED_GOAL = 1.0
MEMORY_SIZES = (100_000_000, 4 * 1024**3)
MEMORY_GOAL = 40_000_000

HERE = Path(__file__).parent
CLIP = HERE.parent / "tiktok_bridge" / "media" / "clip.mp4"
PATH = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin"
NEEDED = ("nginx", "curl", "openssl")

CONFIGURATION = Template("""\
daemon off;
master_process off;
pid $folder/nginx.pid;
error_log $folder/error.log warn;
events {}
http {
    access_log off;
    client_max_body_size 0;
    keepalive_requests 1000000;
    keepalive_timeout 1h;
    lingering_time 1h;
    lingering_timeout 1m;
    client_body_temp_path $folder/body;
    proxy_temp_path $folder/proxy;
    fastcgi_temp_path $folder/fastcgi;
    uwsgi_temp_path $folder/uwsgi;
    scgi_temp_path $folder/scgi;
    server {
        listen 127.0.0.1:$port ssl;
        ssl_certificate $folder/certificate.pem;
        ssl_certificate_key $folder/key.pem;
        ssl_protocols TLSv1.3;
        ssl_conf_command Ciphersuites TLS_AES_256_GCM_SHA384;
        location = /upload { return 201; }
        location = /v2/post/publish/creator_info/query/ {
            return 200 '{"data": {"privacy_level_options": ["SELF_ONLY"]},
                "error": {"code": "ok"}}';
        }
        location = /v2/post/publish/video/init/ {
            return 200 '{"data": {"publish_id": "v_pub~1", "upload_url":
                "https://127.0.0.1:$port/upload"}, "error": {"code": "ok"}}';
        }
        location = /v2/post/publish/status/fetch/ {
            return 200 '{"data": {"status": "PUBLISH_COMPLETE"},
                "error": {"code": "ok"}}';
        }
    }
}
""")


@dataclass(frozen=True)
class Sink:
    """A running nginx that discards what is sent to it."""

    folder: Path
    url: str
    pid: int

    @property
    def certificate(self) -> Path:
        """The certificate that clients must trust."""
        return self.folder / "certificate.pem"

    def cpu(self) -> float:
        """Return the seconds of CPU that nginx has used so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Transfer:
    """What one upload took; times in seconds, memory in bytes above idle.

    Attributes:
        loaded: What a first post of a few bytes needed of `grown`.
    """

    seconds: float
    cpu: float
    sink_cpu: float = 0.0
    grown: int = 0
    loaded: int = 0


def main() -> None:
    """Print the speed and the memory, each with its goal."""
    missing = [program for program in NEEDED if not shutil.which(program, path=PATH)]
    if missing:
        sys.exit(f"upload: install {' and '.join(missing)}, then run this again")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        sink = stack.enter_context(serve(folder))
        measure_speed(sink)
        for size in MEMORY_SIZES:
            measure_memory(sink, size)


def measure_speed(sink: Sink) -> None:
    """Send the same file in both ways, in turns, and print the median ratio.

    A small clip shows how much of a publish is not the upload: checks, ledger, API.
    """
    clip = make_video(sink.folder, CLIP.stat().st_size)
    video = make_video(sink.folder, SIZE)
    ours: list[Transfer] = []
    peer: list[Transfer] = []
    small: list[Transfer] = []
    for _ in range(ROUNDS):
        ours.append(publish(sink, video))
        peer.append(curl(sink, video))
        small.append(publish(sink, clip))
    video.unlink()
    pairs = zip(peer, ours, strict=True)
    low, ratio, high = statistics.quantiles(
        theirs.seconds / own.seconds for theirs, own in pairs
    )
    tell(
        f"1 GB, publish {described(ours)}, curl -T {described(peer)},"
        f" ratio {ratio:.2f}, quartiles {low:.2f} and {high:.2f}"
        f" (goal >= {SPEED_GOAL}",
        met=ratio >= SPEED_GOAL,
    )
    sys.stdout.write(f"upload: a clip of few bytes, publish {described(small)}\n")


def measure_memory(sink: Sink, size: int) -> None:
    """Send a file of *size* bytes and print by how much the process has grown."""
    video = make_video(sink.folder, size)
    grown = publish(sink, video).grown
    video.unlink()
    tell(
        f"{size / 1e6:,.0f} MB, peak RSS {grown / 1e6:.1f} MB above idle"
        f" (goal <= {MEMORY_GOAL / 1e6:.0f}",
        met=grown <= MEMORY_GOAL,
    )


def tell(measured: str, *, met: bool) -> None:
    """Print one result."""
    name, goal = Path(sys.argv[0]).stem, "met" if met else "MISSED"
    sys.stdout.write(f"{name}: {measured}, {goal})\n")
    sys.stdout.flush()


def described(transfers: list[Transfer]) -> str:
    """Return the medians of *transfers*, in words."""
    seconds = statistics.median(one.seconds for one in transfers)
    cpu = statistics.median(one.cpu for one in transfers)
    busy = statistics.median(one.sink_cpu / one.seconds for one in transfers)
    return f"{seconds:.2f} s (CPU {cpu:.2f} s, nginx busy {busy:.0%})"


def publish(sink: Sink, video: Path) -> Transfer:
    """Publish *video* in a process of its own, from the first check to the end."""
    before = sink.cpu()
    with tempfile.TemporaryDirectory(dir=sink.folder) as folder:
        output = run(
            sys.executable,
            str(HERE / "publisher.py"),
            folder,
            sink.url,
            str(video),
            SSL_CERT_FILE=str(sink.certificate),
            NO_PROXY="127.0.0.1",
        )
    return Transfer(**json.loads(output), sink_cpu=sink.cpu() - before)


def curl(sink: Sink, video: Path) -> Transfer:
    """Send the whole *video* with curl, which takes the time itself."""
    before, began = sink.cpu(), children_cpu()
    output = run(
        *("curl", "--silent", "--show-error", "--fail", "--http1.1"),
        *("--noproxy", "*", "--cacert", str(sink.certificate), "--header", "Expect:"),
        *("--output", os.devnull, "--write-out", "%{time_total}"),
        *("--upload-file", str(video), f"{sink.url}/upload"),
    )
    return Transfer(float(output), children_cpu() - began, sink.cpu() - before)


def children_cpu() -> float:
    """Return the seconds of CPU of every child that has ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def make_video(folder: Path, size: int) -> Path:
    """Make a video of *size* bytes, most of them zeros, and read it into the cache."""
    video = folder / "media" / f"{size}.mp4"
    video.parent.mkdir(exist_ok=True)
    shutil.copyfile(CLIP, video)
    os.truncate(video, size)
    with video.open("rb", buffering=0) as file:
        while file.read(1 << 20):
            pass
    return video


@contextmanager
def serve(folder: Path) -> Iterator[Sink]:
    """Run nginx in *folder* with a certificate of its own."""
    certify(folder, "127.0.0.1")
    port = free_port()
    configuration = folder / "nginx.conf"
    configuration.write_text(CONFIGURATION.substitute(folder=folder, port=port))
    nginx = shutil.which("nginx", path=PATH) or "nginx"
    with subprocess.Popen(  # noqa: S603 - our own
        [nginx, "-p", str(folder), "-e", "stderr", "-c", str(configuration)]
    ) as server:
        try:
            wait_for(port, server)
            yield Sink(folder, f"https://127.0.0.1:{port}", server.pid)
        finally:
            server.terminate()


def certify(folder: Path, *addresses: str) -> None:
    """Write a key, and a certificate for servers at *addresses*, into *folder*."""
    names = ",".join(f"IP:{one}" for one in addresses)
    run(
        *("openssl", "req", "-x509", "-nodes", "-days", "1", "-subj", "/CN=benchmark"),
        *("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
        *("-addext", f"subjectAltName={names}"),
        *("-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")),
    )


def wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    """Return once *server* listens; end the program when it does not start."""
    while server.poll() is None:
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    sys.exit("upload: nginx does not start; it says why above")


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port: int = server.getsockname()[1]
        return port


def run(*command: str, **variables: str) -> str:
    """Return what *command* prints; its complaints are shown when it fails."""
    done = subprocess.run(  # noqa: S603 - our own
        command,
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | variables,
    )
    if done.returncode:
        sys.exit(f"{Path(sys.argv[0]).stem}: {command[0]} failed: {done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
