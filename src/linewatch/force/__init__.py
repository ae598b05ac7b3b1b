"""Force: units, the ledger, strengths and authority."""
