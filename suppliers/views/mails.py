"""The outbox as its keeper sees it, and what a reader of our mails may say about them by the link at their foot."""

from django.db.models import Count, Min, Q
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from suppliers import links
from suppliers.actions import mails
from suppliers.models import Bounce, Mail, Unsubscription


@csrf_exempt  # a mail program posts here by itself (RFC 8058); the link is the proof, and it does nothing but this
def mail_quiet(request, token):
    """No reminders any more, or reminders again. Looking changes nothing: scanners open every link in a mail."""
    try:
        address = links.read("quiet", token)
    except ValueError:
        return render(request, "suppliers/mail_quiet.html", {"unknown": True}, status=404)
    if request.method == "POST":
        (mails.loud if "loud" in request.POST else mails.quiet)(address)
        return redirect(request.path)
    return render(
        request,
        "suppliers/mail_quiet.html",
        {"address": address, "quiet": Unsubscription.objects.filter(address=address).exists()},
    )


def mail_list(request):
    """How the outbox does: what waits, since when, what the mail server says; neither texts nor who writes to whom."""
    waiting = Mail.objects.filter(sent_at__isnull=True, dropped_at__isnull=True)
    return render(request, "suppliers/mail_list.html", {
        "kinds": [
            row | {"word": Mail.Kind(row["kind"]).label}
            for row in Mail.objects.values("kind").order_by("kind").annotate(
                sent=Count("pk", filter=Q(sent_at__isnull=False)), dropped=Count("pk", filter=Q(dropped_at__isnull=False)),
                waits=Count("pk", filter=Q(sent_at__isnull=True, dropped_at__isnull=True)),
            )
        ],
        "waits": waiting.count(), "oldest": waiting.aggregate(at=Min("written_at"))["at"], "now": timezone.now(),
        "troubles": waiting.exclude(trouble="").values("trouble").annotate(number=Count("pk")).order_by("-number")[:10],
        "bounces": Bounce.objects.order_by("-at")[:100],
    })  # fmt: skip


@require_POST
def bounce_end(request, address):
    """The address takes mail again, its owner says."""
    mails.reached(address)
    return redirect("suppliers:mail-list")
