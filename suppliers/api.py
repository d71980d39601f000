"""Declarations and requests as JSON: the same actions as the pages, the same table of who may. Nothing is signed here."""

from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.pagination import PageNumberPagination
from rest_framework.response import Response
from rest_framework.views import APIView

from suppliers import inbox
from suppliers.actions import declarations
from suppliers.actions.declarations import AlreadySigned, ChangedMeanwhile
from suppliers.actions.rights import NotYourRight
from suppliers.facts import stored
from suppliers.facts.reading import Malformed
from suppliers.models import Declaration, Request


class FaceSerializer(serializers.Serializer):
    """What a direct buyer sees of a declaration addressed to it: never the body."""

    id = serializers.UUIDField()
    organisation = serializers.CharField(source="organisation.name")
    part = serializers.CharField(source="part.number")
    description = serializers.CharField(source="part.description")
    begins = serializers.DateField()
    ends = serializers.DateField()
    signed = serializers.BooleanField(source="is_signed")
    withdrawn = serializers.SerializerMethodField()

    def get_withdrawn(self, row) -> bool:
        return hasattr(row, "withdrawal")


class RequestSerializer(serializers.Serializer):
    """A question to a direct supplier."""

    id = serializers.UUIDField()
    asker = serializers.CharField(source="sourcing.buyer.name")
    supplier = serializers.CharField(source="sourcing.seller.name")
    part = serializers.CharField(source="sourcing.seller_part.number")
    begins = serializers.DateField()
    ends = serializers.DateField()
    due = serializers.DateField()
    rulebooks = serializers.ListField(child=serializers.CharField())
    message = serializers.CharField()
    answered = serializers.BooleanField(source="told.is_answered")
    state = serializers.ChoiceField(source="told.state", choices=inbox.STATES)
    known_by = serializers.DateField(source="told.known_by", allow_null=True)
    reason = serializers.CharField(source="told.reason", allow_blank=True)
    why = serializers.CharField(source="told.why", allow_blank=True)
    maker = serializers.CharField(source="told.maker", allow_blank=True)


class FindingSerializer(serializers.Serializer):
    """Something that stops a signature, or that is worth a look."""

    code = serializers.CharField()
    severity = serializers.CharField()
    path = serializers.CharField()
    message = serializers.CharField()
    cite = serializers.CharField()


class Paged(APIView):
    """A list, a page at a time."""

    serializer_class: type[serializers.Serializer]

    def told(self, rows: list) -> list:
        """What goes with the rows of one page, in a fixed number of queries."""
        return rows

    def page(self, request, rows):
        pager = PageNumberPagination()
        found = self.told(pager.paginate_queryset(rows, request, view=self))
        return pager.get_paginated_response(self.serializer_class(found, many=True).data)


def refused(error: Exception) -> Response:
    """An action's refusal as JSON, naming the fields."""
    if isinstance(error, Malformed):
        return Response({"errors": error.errors}, status=400)
    if isinstance(error, ChangedMeanwhile | AlreadySigned):
        return Response({"errors": {"version": [str(error)]}}, status=409)
    return Response({"errors": {"": [str(error)]}}, status=403)


class DeclarationList(Paged):
    """One's own declarations and those addressed to one, by their faces; POST drafts a new one."""

    serializer_class = FaceSerializer

    @extend_schema(operation_id="declarations_list", responses=FaceSerializer(many=True))
    def get(self, request):
        rows = Declaration.objects.visible_to(request._request.membership).select_related(
            "organisation", "part", "withdrawal"
        )
        return self.page(request, rows.order_by("organisation__code", "part__number", "begins", "pk"))

    @extend_schema(request=OpenApiTypes.OBJECT, responses={201: OpenApiTypes.OBJECT, 400: OpenApiTypes.OBJECT})
    def post(self, request):
        try:
            draft = declarations.draft(dict(request.data), by=request._request.membership, machine=True)
        except (Malformed, NotYourRight) as error:
            return refused(error)
        return Response({"id": str(draft.pk), "version": draft.version}, status=201)


class DeclarationDetail(APIView):
    """One's own declaration whole, another's by its face; PUT saves a draft whole, with the version it was read at."""

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request, pk):
        member = request._request.membership
        row = get_object_or_404(Declaration.objects.visible_to(member).select_related("organisation", "part"), pk=pk)
        face = dict(FaceSerializer(row).data)
        if row.organisation_id == member.organisation_id:
            face |= {"version": row.version, "facts": stored.of(row)}
        return Response(face)

    @extend_schema(
        request=OpenApiTypes.OBJECT,
        responses={
            200: OpenApiTypes.OBJECT,
            400: OpenApiTypes.OBJECT,
            409: OpenApiResponse(description="changed meanwhile"),
        },
    )
    def put(self, request, pk):
        member = request._request.membership
        row = get_object_or_404(Declaration.objects.owned_by(member), pk=pk)
        data = dict(request.data)
        try:
            version = int(str(data.pop("version", "")))
        except ValueError:
            return refused(Malformed({"version": ["Give the version you read, so that nobody's change is lost."]}))
        try:
            row = declarations.change(row, data, by=member, version=version, machine=True)
        except (Malformed, AlreadySigned, ChangedMeanwhile, NotYourRight) as error:
            return refused(error)
        return Response({"id": str(row.pk), "version": row.version})


class DeclarationCheck(APIView):
    """Every finding on one's own declaration."""

    @extend_schema(request=None, responses=FindingSerializer(many=True))
    def post(self, request, pk):
        row = get_object_or_404(Declaration.objects.owned_by(request._request.membership), pk=pk)
        return Response(FindingSerializer(declarations.findings(row), many=True).data)


class RequestList(Paged):
    """Requests one asked or was asked."""

    serializer_class = RequestSerializer

    @extend_schema(responses=RequestSerializer(many=True))
    def get(self, request):
        rows = Request.objects.visible_to(request._request.membership)
        return self.page(request, rows.select_related(*inbox.RELATED).order_by("due", "pk"))

    def told(self, rows):
        for one in inbox.told(rows, today=timezone.localdate()):
            one.request.told = one
        return rows


urlpatterns = [
    path("declarations/", DeclarationList.as_view(), name="declaration-list"),
    path("declarations/<uuid:pk>/", DeclarationDetail.as_view(), name="declaration-detail"),
    path("declarations/<uuid:pk>/check/", DeclarationCheck.as_view(), name="declaration-check"),
    path("requests/", RequestList.as_view(), name="request-list"),
]
