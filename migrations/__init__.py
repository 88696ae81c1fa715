"""Alembic: one history for the library's and the night's tables."""
