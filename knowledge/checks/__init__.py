"""The single checks behind :mod:`knowledge.check`, one file for each kind of thing that can be wrong."""
