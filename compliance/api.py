"""Certificates as JSON, exactly as issued."""

import json

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from compliance.models import Certificate
from suppliers.api import Paged


class CertificateSerializer(serializers.Serializer):
    """A certificate by its face."""

    id = serializers.UUIDField()
    number = serializers.IntegerField()
    issuer = serializers.CharField(source="organisation.name")
    vehicle = serializers.CharField(source="outcome.trace.vehicle.name")
    rulebook = serializers.CharField(source="outcome.rulebook")
    reading = serializers.CharField(source="outcome.reading")
    issued_at = serializers.DateTimeField(source="at")
    revoked = serializers.SerializerMethodField()

    def get_revoked(self, row) -> bool:
        return hasattr(row, "revocation")


class CertificateList(Paged):
    """Certificates one issued, or may read under a grant."""

    serializer_class = CertificateSerializer

    @extend_schema(operation_id="certificates_list", responses=CertificateSerializer(many=True))
    def get(self, request):
        rows = Certificate.objects.visible_to(request._request.membership)
        return self.page(request, rows.select_related("organisation", "outcome__trace__vehicle", "revocation"))


class CertificateDetail(APIView):
    """The payload and its signature, byte for byte as issued."""

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request, pk):
        row = get_object_or_404(Certificate.objects.visible_to(request._request.membership), pk=pk)
        return Response({**CertificateSerializer(row).data, "payload": json.loads(row.payload), "jws": row.jws})


urlpatterns = [
    path("certificates/", CertificateList.as_view(), name="certificate-list"),
    path("certificates/<uuid:pk>/", CertificateDetail.as_view(), name="certificate-detail"),
]
