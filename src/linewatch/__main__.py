"""Run the command line as ``python -m linewatch``."""

from linewatch.cli import main

main()
