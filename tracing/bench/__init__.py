"""Measures the roll-up against the other ways of doing it, on the project's own tables: ``manage.py bench``."""
