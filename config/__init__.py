"""How the parts are joined; no business here."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
