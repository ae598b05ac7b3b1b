"""Documents: what to tell, to whom."""

from linewatch.report.clock import date_time_group
from linewatch.report.page import sitrep_page
from linewatch.report.reading import Offer, Reading
from linewatch.report.sitrep import Contact, KindOfNode, Sitrep, sitrep
from linewatch.report.words import sitrep_words

__all__ = [
    "Contact",
    "KindOfNode",
    "Offer",
    "Reading",
    "Sitrep",
    "date_time_group",
    "sitrep",
    "sitrep_page",
    "sitrep_words",
]
