"""How people get in: by invitation only; letters about an account are rows like any other; secrets are kept sealed."""

import base64
import hashlib
import time
import uuid

from allauth.account import app_settings as account_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from suppliers.actions import mails
from suppliers.models import User

LETTERS = {
    "account/email/login_code": "code",
    "account/email/password_reset_key": "password",
    "account/email/unknown_account": "unknown",
}
CHANGES = {
    "account/email/password_changed": _("Your password was changed."),
    "account/email/password_set": _("A password was set."),
    "account/email/password_reset": _("Your password was set anew through a mailed link."),
    "mfa/email/totp_activated": _("An authenticator app was set up."),
    "mfa/email/totp_deactivated": _("The authenticator app was taken off."),
    "mfa/email/webauthn_added": _("A passkey or security key was added."),
    "mfa/email/webauthn_removed": _("A passkey or security key was taken off."),
    "mfa/email/recovery_codes_generated": _("New recovery codes were made; the older ones work no longer."),
}


class ClosedSignup(DefaultAccountAdapter):
    """Accounts are made by invitation, and what is mailed about one goes the way of every letter."""

    def is_open_for_signup(self, request) -> bool:
        return False

    def is_reauthentication_required(self, *, app: str, **kwargs) -> bool:
        """Whoever came in within the last minutes has just shown who it is."""
        records = get_authentication_records(self.request, self.request.user)
        fresh = any(time.time() - row["at"] < account_settings.REAUTHENTICATION_TIMEOUT for row in records)
        return not fresh and super().is_reauthentication_required(app=app, **kwargs)

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        """Write the letter as a row. Who has no account is told so once a day, by the same work as who has one."""
        kind = LETTERS.get(template_prefix, "security")
        user = User.objects.filter(email__iexact=email).first()
        once = f"{timezone.now():%Y-%m-%d}" if kind == "unknown" else str(uuid.uuid4())
        language = getattr(user, "language", "") or get_language() or settings.LANGUAGE_CODE
        told = {name: str(context[name]) for name in ("code", "password_reset_url") if name in context}
        told["what"] = CHANGES.get(template_prefix, "")
        mails.write(kind, to=email, language=language, context=told, once=f"{kind}:{email}:{once}"[:120], user=user)

    def send_notification_mail(self, template_prefix, user, context=None, email=None) -> None:
        if settings.ACCOUNT_EMAIL_NOTIFICATIONS:
            self.send_mail(template_prefix, email or user.email, context or {})


class SecretsKept(DefaultMFAAdapter):
    """Seeds of authenticator apps and recovery codes are stored encrypted: a copy of the database opens no account."""

    def _box(self) -> MultiFernet:
        keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
        return MultiFernet(
            [Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"mfa:{key}".encode()).digest())) for key in keys]
        )

    def encrypt(self, text: str) -> str:
        return self._box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return self._box().decrypt(encrypted_text.encode()).decode()


class PasskeyForm(AddWebAuthnForm):
    """A passkey gets one in by itself; ticked off, it is a second step after the password."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the key")
        self.fields["name"].help_text = _("So that you know it again: office laptop, phone.")
        self.fields["passwordless"].initial = True
        self.fields["passwordless"].label = _("It gets me in by itself, without a password")
        self.fields["passwordless"].help_text = ""
