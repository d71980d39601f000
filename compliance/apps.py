"""What people decide about it."""

from django.apps import AppConfig


class ComplianceConfig(AppConfig):
    name = "compliance"
