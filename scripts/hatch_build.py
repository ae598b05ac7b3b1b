"""Build the web page before it is packed, when it has not been built yet."""
