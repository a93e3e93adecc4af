"""The sites of examples/, served over HTTP beside a sandbox, once for each module."""

from __future__ import annotations

import runpy
import socket
import sqlite3
import threading
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import uvicorn
from werkzeug.serving import make_server

from tests.journeys import conftest as journeys
from tiktok_bridge.ledger import tables
from tiktok_bridge_sandbox.handle import TikTokSandbox
from tiktok_bridge_sandbox.threads import running

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLES = Path(__file__).parents[2] / "examples"


class Studio(journeys.Studio):
    """A publisher's folder whose sandbox may start over."""

    def start_over(self, scenario: str = "audited", **switches: object) -> None:
        self.sandbox.reset(scenario, **{"processing_seconds": 0} | switches)
        self.log_in("acme")

    def work(self) -> None:
        """Do what `advance.py` does, by the clock of the tests."""
        work = runpy.run_path(str(EXAMPLES / "advance.py"))["work"]
        with self.bridge() as bridge:
            while work(bridge):
                pass

    @contextmanager
    def held(self, post_id: str = "one") -> Iterator[None]:
        """Work on a post as another process would."""
        with self.bridge() as bridge:
            key = bridge.ledger.named(post_id).key
            with bridge.ledger.claims.hold(key):
                yield

    def forget_everything(self) -> None:
        """Empty the ledger, which the sites keep open."""
        with closing(sqlite3.connect(self.folder / "state" / "ledger.db")) as ledger:
            for table in set(tables.metadata.sorted_tables) - {tables.version}:
                ledger.execute(f"DELETE FROM {table.name}")  # noqa: S608 - a constant
            ledger.commit()


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


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A publisher's folder, to which the environment of the examples leads."""
    with running() as base_url, pytest.MonkeyPatch.context() as environment:
        folder = tmp_path_factory.mktemp("examples") / "studio"
        studio = Studio(folder, TikTokSandbox(base_url))
        config = str(folder / "bridge.yaml")
        environment.setenv("TIKTOK_BRIDGE_CONFIG", config)
        environment.setenv("FLASK_TIKTOK_CONFIG", config)
        environment.setenv("FLASK_TIKTOK_ACCOUNT", "acme")
        environment.syspath_prepend(EXAMPLES)
        with studio.bridge() as bridge:
            bridge.ledger.entries()  # makes it
        yield studio
        studio.sandbox.assert_lawful()


@pytest.fixture
def studio(installation: Studio) -> Iterator[Studio]:
    """The folder as if nothing had been sent yet."""
    config = installation.folder / "bridge.yaml"
    text = config.read_text()
    installation.forget_everything()
    installation.clock.slept.clear()
    installation.start_over()
    yield installation
    config.write_text(text)


@pytest.fixture(scope="module", params=["flask", "fastapi"])
def served(
    request: pytest.FixtureRequest, installation: Studio
) -> Iterator[tuple[str, str]]:
    """Each site in turn, and where it is."""
    del installation  # the environment leads there
    serve = flask_site if request.param == "flask" else fastapi_site
    with serve() as base_url:
        yield request.param, base_url


@pytest.fixture
def site(served: tuple[str, str], studio: Studio) -> Iterator[Site]:
    """Each site in turn, which serves the posts of *studio*."""
    del studio
    found = Site(*served)
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
