"""An address gave a mail back: write to it no more until somebody corrects it."""

from django.core.management.base import BaseCommand

from suppliers.actions import mails


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("address")
        parser.add_argument("detail", help="what the other server said")

    def handle(self, *, address, detail, **_):
        mails.bounced(address, detail)
        self.stdout.write(f"{address} is written to no more until it is corrected.")
