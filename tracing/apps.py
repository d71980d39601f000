"""What follows from what parties say."""

from django.apps import AppConfig


class TracingConfig(AppConfig):
    name = "tracing"
