"""Walk the chain of seals and every act it seals, and say where it breaks."""

import sys

from django.core.management.base import BaseCommand

from compliance import ledger
from suppliers.models import Seal


class Command(BaseCommand):
    help = "Exit 0: the chain is whole; 1: every fault, in order."

    def handle(self, *args, **options):
        found = list(ledger.faults())
        for fault in found:
            self.stderr.write(fault)
        if found:
            sys.exit(1)
        last = Seal.objects.order_by("-number").first()
        self.stdout.write(f"whole: {last.number if last else 0} seals, head {last.hash[:16] if last else '–'}")
