"""Documents: what to tell, to whom."""
