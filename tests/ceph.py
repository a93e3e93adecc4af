"""Start Ceph's S3 gateway of one's own, which keeps everything in memory."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from tests import s3

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAMS: Final = (
    "ceph",
    "ceph-mon",
    "ceph-osd",
    "monmaptool",
    "radosgw",
    "radosgw-admin",
)
MISSING: Final = (
    "Ceph's S3 gateway is not installed; on Debian:"
    " apt install --no-install-recommends ceph-common ceph-mon ceph-osd radosgw"
)

CONFIG: Final = """\
[global]
fsid = {fsid}
mon_host = [v2:127.0.0.1:{mon},v1:127.0.0.1:{mon_1}]
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
run_dir = {folder}
admin_socket = {folder}/$name.sock
log_file = {folder}/$name.log
keyring = {folder}/keyring
mon_data = {folder}/mon
osd_data = {folder}/osd
rgw_data = {folder}/rgw
mon_data_avail_crit = 1
mon_allow_pool_size_one = true
mon_max_pg_per_osd = 1000
mon_osd_crush_smoke_test = false
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 1
osd_pool_default_pgp_num = 1
osd_crush_chooseleaf_type = 0
osd_objectstore = memstore
memstore_device_bytes = 1073741824
ms_bind_ipv6 = false
ms_mon_client_mode = crc
rgw_frontends = beast endpoint=127.0.0.1:{port}
rgw_run_sync_thread = false
"""
"""One process that agrees with itself, one that stores, and the gateway."""

PATIENCE: Final = 90.0
"""Seconds until all of it answers."""


def is_installed() -> bool:
    """Tell whether every program is there."""
    return all(shutil.which(program) for program in PROGRAMS)


@contextmanager
def running() -> Iterator[s3.Server]:
    """Run a gateway, with a proxy before it."""
    with tempfile.TemporaryDirectory(prefix="rgw-") as name, ExitStack() as stack:
        folder, fsid = Path(name), str(uuid4())
        mon, mon_1, port = _free_ports()
        for part in ("mon", "osd", "rgw"):
            (folder / part).mkdir()
        config = folder / "ceph.conf"
        config.write_text(
            CONFIG.format(folder=folder, fsid=fsid, mon=mon, mon_1=mon_1, port=port)
        )
        addresses = f"[v2:127.0.0.1:{mon},v1:127.0.0.1:{mon_1}]"
        monmap = folder / "monmap"
        make_map = ("monmaptool", "--create", "--fsid", fsid, "--addv", "a", addresses)
        _run(*make_map, monmap)
        _run("ceph-mon", "-c", config, "-i", "a", "--mkfs", "--monmap", monmap)
        stack.enter_context(_started("ceph-mon", "-c", config, "-i", "a", "-f"))
        osd = str(uuid4())
        _run("ceph", "-c", config, "--connect-timeout", "60", "osd", "new", osd, "0")
        _run("ceph-osd", "-c", config, "-i", "0", "--mkfs", "--osd-uuid", osd)
        stack.enter_context(_started("ceph-osd", "-c", config, "-i", "0", "-f"))
        stack.enter_context(_started("radosgw", "-c", config, "-n", "client.rgw", "-f"))
        _wait_for(port)
        keys = ("--access-key", s3.ACCESS_KEY, "--secret", s3.SECRET_KEY)
        make_user = ("user", "create", "--uid", "test", "--display-name", "test")
        _run("radosgw-admin", "-c", config, *make_user, *keys)
        url = f"http://127.0.0.1:{port}"
        yield stack.enter_context(s3.serving(url, s3.ACCESS_KEY, s3.SECRET_KEY))


def _free_ports() -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(3)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def _run(*command: str | Path) -> None:
    done = subprocess.run(  # noqa: S603 - Ceph's own programs
        command, check=False, capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def _started(*command: str | Path) -> Iterator[None]:
    with subprocess.Popen(  # noqa: S603 - Ceph's own programs
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield
        finally:
            process.kill()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with socket.socket() as attempt:
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise TimeoutError("Ceph's S3 gateway does not start")
