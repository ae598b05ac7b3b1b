"""Build the web page before it is packed, when it has not been built yet."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PAGE = Path("src/linewatch/web/static/index.html")


class PageHook(BuildHookInterface):
    """Runs npm where the page is missing; an editable install never needs Node."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Build the page, or say why not: the server then says how to."""
        root = Path(self.root)
        if version == "editable" or (root / PAGE).is_file():
            return
        if shutil.which("npm") is None or not (root / "frontend").is_dir():
            self.app.display_warning("packed without its page: npm is missing")
            return
        for words in (
            ["npm", "ci", "--no-audit", "--no-fund"],
            ["npm", "run", "build"],
        ):
            subprocess.run(words, cwd=root / "frontend", check=True)
