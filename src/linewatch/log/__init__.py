"""The memory: an append-only, hash-chained mission log."""
