"""Checking a document of ours, for anyone; and the public keys to check it with elsewhere."""

from django.conf import settings
from django.http import JsonResponse
from django.shortcuts import render

from compliance import keys, verification
from compliance.forms import FileForm
from compliance.models import Certificate, Revocation
from tracing.engine import dossier


def verify(request):
    """Choose a file; the answer says what was checked. Nothing is kept."""
    form = FileForm(request.POST or None, request.FILES or None)
    found = revoked = None
    if request.method == "POST" and form.is_valid():
        found = verification.verify(form.cleaned_data["file"].read(), keys.public(settings.SIGNING_KEYS))
        revoked = _revocation(found)
    context = {"form": form, "answer": found, "says": found.payload if found else None, "revoked": revoked}
    return render(request, "compliance/verify.html", context)


def _revocation(found: verification.Verdict) -> Revocation | None:
    if not found.ok or found.payload is None or found.kind in ("revocation", "takeout"):
        return None
    issued = Certificate.objects.filter(digest=dossier.digest(found.payload)).defer("pdf").first()
    return getattr(issued, "revocation", None) if issued else None


def jwks(request):
    """The public keys, retired ones included, at the address where verifiers look for them."""
    return JsonResponse(keys.public(settings.SIGNING_KEYS), headers={"Access-Control-Allow-Origin": "*"})
