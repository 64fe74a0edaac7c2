"""Dossiers: their receipt codes, their states, and the systems that know them."""

from knowledge.dossiers.codes import find_codes, parse_code
from knowledge.dossiers.lookup import Found, LocalTable, LookUp
from knowledge.dossiers.parts import DossierCode

__all__ = ["DossierCode", "Found", "LocalTable", "LookUp", "find_codes", "parse_code"]
