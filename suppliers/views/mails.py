"""What a reader of our mails may say about them, by the link at their foot."""

from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt

from suppliers import links
from suppliers.actions import mails
from suppliers.models import Unsubscription


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
