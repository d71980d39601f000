"""What a server must be told before it runs: asked by ``manage.py check --deploy``."""

from django.conf import settings
from django.core.checks import Warning, register


@register(deploy=True)
def mail_leaves(app_configs, **kwargs):
    """Mails that are only printed reach nobody."""
    if settings.EMAIL_BACKEND.endswith(".console.EmailBackend"):
        return [Warning("Mails are printed, not sent: set EMAIL_URL to your mail server.", id="traceline.W001")]
    return []
