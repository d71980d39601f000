"""What people decide about it."""

from django.apps import AppConfig


class ComplianceConfig(AppConfig):
    name = "compliance"

    def ready(self) -> None:
        from compliance import doubts, uses  # noqa: F401  what it knows is entered where the pages upstream ask
        from compliance.duties import exposure  # noqa: F401  and what a verdict is worth, where tracing's pages ask
