"""XML as a plain tree with line numbers; document types and entities are refused."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl, Locator

from defusedxml import DefusedXmlException
from defusedxml.sax import parseString

from linewatch.errors import BadFile
from linewatch.force.exchange.reading import read_bytes

DEEPEST = 64
"""Levels of elements that are read; a scenario has some ten."""


@dataclass(slots=True)
class Node:
    """One element.

    Parameters
    ----------
    tag : str
        Name without its prefix.
    line : int
        Line of the file, from 1.
    text : str
        Text within it, without that of the elements below.
    below : list of Node
        Elements within it.
    """

    tag: str
    line: int
    text: str = ""
    below: list["Node"] = field(default_factory=list)

    def first(self, *path: str) -> "Node | None":
        """Return the first element on a path of names, or None."""
        at: Node | None = self
        for tag in path:
            at = next((one for one in at.below if one.tag == tag), None) if at else None
        return at

    def value(self, *path: str) -> str:
        """Return the text on a path of names; empty where there is none."""
        found = self.first(*path)
        return found.text.strip() if found else ""

    def every(self, *path: str) -> Iterator["Node"]:
        """Return all elements of the last name on a path."""
        above = self.first(*path[:-1])
        if above is not None:
            yield from (one for one in above.below if one.tag == path[-1])


class _Builder(ContentHandler):
    """Makes the tree while the file is read."""

    def __init__(self) -> None:
        super().__init__()
        self.top = Node("", 0)
        self.open = [self.top]
        self.place: Locator | None = None

    def setDocumentLocator(self, locator: Locator) -> None:  # noqa: N802 - SAX's name
        """Keep what tells the line."""
        self.place = locator

    def startElement(  # noqa: N802 - SAX's name
        self, name: str, attrs: AttributesImpl
    ) -> None:
        """Begin an element."""
        del attrs
        line = (self.place.getLineNumber() if self.place else None) or 0
        if len(self.open) > DEEPEST:
            raise SAXParseException("is nested too deep", None, self.place or Locator())
        node = Node(name.rpartition(":")[2], line)
        self.open[-1].below.append(node)
        self.open.append(node)

    def endElement(self, name: str) -> None:  # noqa: N802 - SAX's name
        """End an element."""
        del name
        self.open.pop()

    def characters(self, content: str) -> None:
        """Add text to the element that is open."""
        self.open[-1].text += content


def read_markup(path: Path) -> Node:
    """Return the top element of an XML file.

    Raises
    ------
    BadFile
        If it cannot be read, is no XML, or declares a document type or entities: those
        can name other files and grow without bound.
    """
    content = read_bytes(path)
    builder = _Builder()
    try:
        parseString(content, builder, forbid_dtd=True)
    except DefusedXmlException as error:
        why = "declares a document type or entities, which are refused"
        raise BadFile(path, why) from error
    except SAXParseException as error:
        why = f"line {error.getLineNumber()}: is not XML: {error.getMessage()}"
        raise BadFile(path, why) from error
    except (LookupError, ValueError) as error:
        raise BadFile(path, f"is not XML: {error}") from error
    return builder.top.below[0]
