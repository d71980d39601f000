"""What one was told of answers one relies on, and what one told one's own customers: the record of the duty to tell."""

from django.core.paginator import Paginator
from django.shortcuts import render

from suppliers.actions import notices
from suppliers.models import Notice


def notice_list(request):
    """Both sides' record, newest first; of the other company only its name, the part and what became of the answer."""
    told = Paginator(notices.told_to(request.membership), 50).get_page(request.GET.get("page"))
    own = Notice.objects.filter(declaration__organisation__in=request.membership.keeps)
    own = own.select_related("to", "declaration__part").prefetch_related("mails").order_by("-at")[:50]
    return render(request, "suppliers/notice_list.html", {"told": told, "own": own})
