"""Annotations to verdicts: what is true, whom to trust, and how sure we may be."""
