"""Files of other programs: read into a ledger, written from one, and what is lost."""

from linewatch.force.exchange.door import (
    FORMS,
    Exported,
    Imported,
    Wish,
    export_force,
    form_of,
    import_force,
    import_movements,
)
from linewatch.force.exchange.loss import Loss

__all__ = [
    "FORMS",
    "Exported",
    "Imported",
    "Loss",
    "Wish",
    "export_force",
    "form_of",
    "import_force",
    "import_movements",
]
