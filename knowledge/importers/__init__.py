"""Bring in what others keep in files."""
