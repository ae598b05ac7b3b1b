"""How Sphinx builds the documentation."""

import linewatch

project = "Linewatch"
author = "The Linewatch developers"
version = release = linewatch.__version__
extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.intersphinx",
]
intersphinx_mapping: dict[str, tuple[str, None]] = {}
myst_enable_extensions = ["amsmath", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
numpydoc_show_class_members = False
autosummary_generate = False
html_theme = "furo"
html_title = "Linewatch"
exclude_patterns = ["_build"]
nitpicky = False
