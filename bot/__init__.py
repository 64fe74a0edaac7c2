"""The running program: channels, web, command line, and the one place that joins them."""
