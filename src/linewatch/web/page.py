"""The page itself: files built from ``frontend/`` and packed with the package."""

from pathlib import Path
from typing import Final

from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

STATIC: Final = Path(__file__).parent / "static"
"""Where ``npm run build`` leaves the page."""

MISSING: Final = (
    "The page has not been built. In a checkout: scripts/web, which needs Node 20 and "
    "npm. The data are served all the same: /api/static, /api/live, /ws/tracks.\n"
)

JAVASCRIPT: Final = "text/javascript"
A_YEAR_S: Final = 31_536_000


HASHED: Final = "assets/"
"""Folder of the files whose names hold their hash, and which may be kept for ever."""


class PageFiles(StaticFiles):
    """Files of the page beside its index."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Serve one file; modules are JavaScript whatever the machine's tables say."""
        response = await super().get_response(path, scope)
        if path.endswith((".mjs", ".js")):
            response.headers["content-type"] = f"{JAVASCRIPT}; charset=utf-8"
        if path.startswith(HASHED) and response.status_code == 200:
            response.headers["cache-control"] = f"public, max-age={A_YEAR_S}, immutable"
        return response


def page(folder: Path = STATIC) -> Response:
    """Serve the page, or say in plain words how to build it."""
    index = folder / "index.html"
    if not index.is_file():
        return PlainTextResponse(MISSING, status_code=503)
    return FileResponse(index, headers={"cache-control": "no-cache"})
