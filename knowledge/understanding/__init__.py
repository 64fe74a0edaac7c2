"""Understanding: from what a person types to the procedure, the part of it, and how sure we are."""

from knowledge.understanding.index import Index
from knowledge.understanding.types import Candidate, Decision, Explanation, Facet, NotOurs, Understanding

__all__ = ["Candidate", "Decision", "Explanation", "Facet", "Index", "NotOurs", "Understanding"]
