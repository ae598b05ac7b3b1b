"""The picture in a browser."""
