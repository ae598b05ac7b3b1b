"""Plan and run the watch over a long line: a border, a pipeline, a park."""

__version__ = "0.1.0"
