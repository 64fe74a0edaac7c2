"""Dossiers: their receipt codes, their states, and the systems that know them."""

from knowledge.dossiers.codes import DossierCode, find_codes, parse_code
from knowledge.dossiers.lookup import Found, LocalTable, LookUp

__all__ = ["DossierCode", "Found", "LocalTable", "LookUp", "find_codes", "parse_code"]
