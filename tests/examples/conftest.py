"""The sites of examples/, served over HTTP beside a sandbox."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import uvicorn
from werkzeug.serving import make_server

from tests.journeys import conftest as journeys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge_sandbox.handle import TikTokSandbox

EXAMPLES = Path(__file__).parents[2] / "examples"


class Studio(journeys.Studio):
    """A publisher's folder whose sandbox may start over."""

    def start_over(self, scenario: str = "audited", **switches: object) -> None:
        self.sandbox.reset(scenario, **switches)
        self.log_in("acme")


class Site:
    """One of the sites as its editors and TikTok reach it."""

    def __init__(self, framework: str, base_url: str) -> None:
        self.framework = framework
        self.webhook_url = f"{base_url}/tiktok/webhook"
        self.http = httpx.Client(base_url=base_url, verify=False)  # noqa: S501 - no TLS

    def publish(self, **said: str) -> httpx.Response:
        """Send the editor's form."""
        key = "data" if self.framework == "flask" else "json"
        given: Any = {"id": "one", "video": "clip.mp4", "title": "Hello"} | said
        return self.http.post("/posts/", **{key: given})

    def show(self, post_id: str = "one") -> httpx.Response:
        return self.http.get(f"/posts/{post_id}")


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(EXAMPLES)


@pytest.fixture
def studio(
    tmp_path: Path, tiktok_sandbox: TikTokSandbox, monkeypatch: pytest.MonkeyPatch
) -> Studio:
    """A publisher's folder, to which the environment of the examples leads."""
    studio = Studio(tmp_path / "studio", tiktok_sandbox)
    config = str(studio.folder / "bridge.yaml")
    for name, value in {
        "TIKTOK_BRIDGE_CONFIG": config,
        "FLASK_TIKTOK_CONFIG": config,
        "FLASK_TIKTOK_ACCOUNT": "acme",
    }.items():
        monkeypatch.setenv(name, value)
    studio.log_in("acme")
    return studio


@pytest.fixture(params=["flask", "fastapi"])
def site(request: pytest.FixtureRequest, studio: Studio) -> Iterator[Site]:
    """Each site in turn, which serves the posts of *studio*."""
    del studio  # the environment leads there
    serve = flask_site if request.param == "flask" else fastapi_site
    with serve() as base_url:
        found = Site(request.param, base_url)
        with found.http:
            yield found


@contextmanager
def flask_site() -> Iterator[str]:
    from flask_site import create_app  # noqa: PLC0415 - once it is importable

    app = create_app()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        app.extensions["tiktok_bridge"].close()


@contextmanager
def fastapi_site() -> Iterator[str]:
    from fastapi_site.main import app  # noqa: PLC0415 - once it is importable

    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, lifespan="on", log_config=None))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
