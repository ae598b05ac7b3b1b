"""A real Chromium, a real server, and a picture that the test moves."""

import asyncio
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from linewatch.web import listen, make_app, serve_app
from linewatch.web.page import STATIC
from tests.web.fake import FakeSource

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""Software drawing, and none of the browser's own calls home."""


def _missing(what: str) -> None:
    """Skip, but fail where a gate runs: there, a test not run is a fault."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Start Chromium once a module.

    Not once a session: while Playwright is open its event loop counts as running in
    this thread, and the tests of asyncio that come after could start none.
    """
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        _missing("Chromium is missing: as root, apt-get install chromium")
    if not (STATIC / "index.html").is_file():
        _missing("the page is not built: run scripts/web (Node 20 and npm)")
    with sync_playwright() as tool:
        browser = tool.chromium.launch(
            executable_path=path, args=list(FLAGS), ignore_default_args=["--headless"]
        )
        yield browser
        browser.close()


@dataclass
class Served:
    """A fake picture on a real port. `pause` stops the clock that moves it."""

    source: FakeSource
    url: str
    paused: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def served() -> Iterator[Served]:
    """Serve a fake picture that makes a new frame five times a second."""
    source = FakeSource()
    listener = listen(port=0)
    place = Served(source, f"http://127.0.0.1:{listener.getsockname()[1]}")
    begun = threading.Event()
    held: list[tuple[asyncio.AbstractEventLoop, asyncio.Task[None]]] = []

    async def move() -> None:
        while True:
            await asyncio.sleep(0.2)
            if not place.paused.is_set():
                source.show()

    app = make_app(source, acknowledge=source.acknowledge, period_s=0.1)

    async def both() -> None:
        task = asyncio.current_task()
        assert task is not None
        held.append((asyncio.get_running_loop(), task))
        begun.set()
        async with asyncio.TaskGroup() as group:
            group.create_task(serve_app(app, listener))
            group.create_task(move())

    def play() -> None:
        with suppress(asyncio.CancelledError):
            asyncio.run(both())

    thread = threading.Thread(target=play, daemon=True)
    thread.start()
    begun.wait(10)
    yield place
    loop, task = held[0]
    loop.call_soon_threadsafe(task.cancel)
    thread.join(20)


@dataclass
class Desk:
    """The page as an officer has it open, and what went wrong in it."""

    page: Page
    served: Served
    complaints: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def desk(chromium: Browser, served: Served) -> Iterator[Desk]:
    """Open the page at the size of a small desk screen, its map drawn."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    place = Desk(page, served)

    def heard(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            place.complaints.append(f"{message.type}: {message.text}")

    def asked(request: Request) -> None:
        place.asked.append(request.url)

    page.on("console", heard)
    page.on("pageerror", lambda error: place.complaints.append(f"thrown: {error}"))
    page.on("request", asked)
    page.goto(served.url)
    page.wait_for_selector("[data-testid=map][data-ready=yes]", timeout=60_000)
    page.wait_for_selector("[data-testid=clock]")
    yield place
    context.close()
