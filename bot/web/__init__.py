"""The HTTP side: the web chat's page, its API, health and metrics."""
