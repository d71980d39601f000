"""What follows from what parties say."""

from django.apps import AppConfig


class TracingConfig(AppConfig):
    name = "tracing"

    def ready(self) -> None:
        from tracing import uses  # noqa: F401  what it knows of uses is entered where suppliers' page asks
