"""How far long work is, on a terminal."""

import sys


def tell(stage: str, share: float) -> None:
    """Show how far the work is on a terminal, and nothing elsewhere."""
    if sys.stderr.isatty():
        bar = "#" * round(share * 30)
        end = "\n" if share >= 1 else ""
        line = f"\r{stage} [{bar:<30}] {share:4.0%}"
        print(line, end=end, file=sys.stderr, flush=True)
