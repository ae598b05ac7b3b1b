"""The picture in a browser: what the page shows, and the server that shows it."""

from linewatch.web.app import make_app
from linewatch.web.picture import (
    TARGETS,
    Coverage,
    Force,
    LiveFrame,
    Outline,
    Picture,
    PictureSource,
    Plan,
    Port,
    Sector,
    Site,
    Tracks,
    Zone,
)
from linewatch.web.server import listen, serve_app

__all__ = [
    "TARGETS",
    "Coverage",
    "Force",
    "LiveFrame",
    "Outline",
    "Picture",
    "PictureSource",
    "Plan",
    "Port",
    "Sector",
    "Site",
    "Tracks",
    "Zone",
    "listen",
    "make_app",
    "serve_app",
]
