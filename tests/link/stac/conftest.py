"""A server as public ones are, and a tile."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.link.stac.catalogues import tile_bytes
from tests.link.stac.public import Public, public


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Public]:
    """A server, reached without a proxy; tries follow one another at once."""
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("urllib3.util.retry.Retry.sleep", lambda *_: None)
    with public() as server:
        yield server


@pytest.fixture
def body(tmp_path: Path) -> bytes:
    """A tile's bytes."""
    return tile_bytes(-111, 31, tmp_path)
