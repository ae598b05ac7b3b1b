"""A report as one HTML file that needs no other."""

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from linewatch.report.chart import svg
from linewatch.report.document import Document, Figure, Form, Picture, shown


def html_page(document: Document) -> str:
    """Write a document as HTML; every value in it is escaped."""
    paper = Environment(
        loader=PackageLoader("linewatch.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    paper.filters |= {"shown": shown, "drawn": _drawn}
    paper.tests |= {
        "total": lambda cell: isinstance(cell, Figure) and bool(cell.id and cell.value),
        "number": lambda form: form is not Form.TEXT,
    }
    template = paper.get_template("document.html")
    return template.render(document=document, totals=list(document.totals()))


def _drawn(picture: Picture) -> Markup:
    """Draw a picture; `svg` escapes every word in it."""
    return Markup(svg(picture))  # noqa: S704
