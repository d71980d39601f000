"""Many answers at once."""

from django.http import HttpResponse


def declaration_answer_many(request):
    return HttpResponse("")


def declaration_sign_many(request):
    return HttpResponse("")


def declaration_receipt(request, on):
    return HttpResponse("")
