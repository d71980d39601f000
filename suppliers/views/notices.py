"""What one was told of answers one relies on, and what one told one's own customers: the record of the duty to tell."""

from django.core.paginator import Paginator
from django.shortcuts import render

from suppliers.actions import notices

A_PAGE = 50


def notice_list(request):
    """Both sides' record, newest first; of the other company only its name, the part and what became of the answer."""
    member, asked = request.membership, request.GET
    told = Paginator(notices.told_to(member), A_PAGE).get_page(asked.get("page"))
    own = Paginator(notices.told_by(member), A_PAGE).get_page(asked.get("own"))
    told.object_list = notices.numbered(told.object_list, member)
    return render(request, "suppliers/notice_list.html", {
        "told": told, "own": own, "told_query": f"own={own.number}", "own_query": f"page={told.number}",
    })  # fmt: skip
