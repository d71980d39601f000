"""What parties say: wires the guards into migrate."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SuppliersConfig(AppConfig):
    name = "suppliers"

    def ready(self) -> None:
        from suppliers import checks, guards  # noqa: F401, checks register themselves

        # SQLite remakes tables on ALTER and drops their triggers without a word, so they are laid again each time.
        post_migrate.connect(guards.install, dispatch_uid="suppliers.guards")
