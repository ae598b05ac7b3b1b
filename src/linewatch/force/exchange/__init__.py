"""Files of other programs: read into a ledger, written from one, and what is lost."""
