"""List the signing keys, or make a new one and retire the one in use."""

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from compliance import keys


class Command(BaseCommand):
    help = "List the public keys. With --new: make a signing key; the one before is retired and stays known."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--new", action="store_true", help="Make a signing key and retire the one in use.")

    def handle(self, *args, **options):
        if options["new"]:
            keys.renew(settings.SIGNING_KEYS, at=timezone.now().date())
        for one in keys.public(settings.SIGNING_KEYS)["keys"]:
            until = f"retired {one['retired']}" if "retired" in one else "in use"
            self.stdout.write(f"{one['kid']}  from {one['from']}  {until}")
