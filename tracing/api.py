"""Vehicles, traces and gaps as JSON: what disclosure gives, and nothing else."""

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from suppliers.api import Paged
from tracing import boards, disclosure
from tracing.models import Outcome, Vehicle

GAP = ("rank", "item", "hs", "seller", "kind", "direct", "points", "can_settle", "settles", "price", "value")


class VehicleSerializer(serializers.Serializer):
    """A vehicle of one's own."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    model_year = serializers.IntegerField()
    part = serializers.CharField(source="part.number")
    body = serializers.CharField()
    assembled_at = serializers.CharField()
    tracing = serializers.SerializerMethodField()

    def get_tracing(self, row) -> bool:
        return row.due_mark is not None


class VehicleList(Paged):
    """One's own vehicles."""

    serializer_class = VehicleSerializer

    @extend_schema(operation_id="vehicles_list", responses=VehicleSerializer(many=True))
    def get(self, request):
        return self.page(request, Vehicle.objects.visible_to(request._request.membership).select_related("part"))


class VehicleDetail(APIView):
    """One vehicle with what the laws say of it: verdicts and whole points, of its newest trace or of the fleet's roll since.

    What a roll says carries ``rolled_at``; its gaps are those of the trace, or null.
    """

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request, pk):
        vehicle = get_object_or_404(
            Vehicle.objects.visible_to(request._request.membership).select_related("part"), pk=pk
        )
        line = boards.board([vehicle])[0]
        trace, found = line["trace"], sorted(line["faces"], key=lambda face: (face["rulebook"], face["reading"]))
        about = {"on": trace.on, "at": trace.at, "error": line["error"]} if trace else None
        return Response({**VehicleSerializer(vehicle).data, "trace": about, "outcomes": found})


class GapList(APIView):
    """The gaps of one outcome as its automaker may see them, in bands of points."""

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request, pk):
        mine = Vehicle.objects.visible_to(request._request.membership)
        outcome = get_object_or_404(Outcome.objects.select_related("trace__vehicle"), pk=pk, trace__vehicle__in=mine)
        return Response([{key: row[key] for key in GAP} for row in disclosure.gap_faces(outcome)])


urlpatterns = [
    path("vehicles/", VehicleList.as_view(), name="vehicle-list"),
    path("vehicles/<uuid:pk>/", VehicleDetail.as_view(), name="vehicle-detail"),
    path("outcomes/<uuid:pk>/gaps/", GapList.as_view(), name="gap-list"),
]
