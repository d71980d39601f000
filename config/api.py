"""Joins the rooms' JSON under one address: /api/v1/."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from compliance import api as compliance_api
from suppliers import api as suppliers_api
from tracing import api as tracing_api

app_name = "api"
urlpatterns = [
    path("", include(suppliers_api.urlpatterns)),
    path("", include(tracing_api.urlpatterns)),
    path("", include(compliance_api.urlpatterns)),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api:schema"), name="docs"),
]
