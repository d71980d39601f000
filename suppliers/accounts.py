"""How people get in: by invitation only; nobody signs up by himself."""

from allauth.account.adapter import DefaultAccountAdapter


class ClosedSignup(DefaultAccountAdapter):
    """Accounts are made by invitation."""

    def is_open_for_signup(self, request) -> bool:
        return False
