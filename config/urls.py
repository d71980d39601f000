"""Mounts the three rooms and the API."""

from django.urls import include, path

from suppliers.admin import desk
from suppliers.views.doors import favicon, healthz, home

urlpatterns = [
    path("", home, name="home"),
    path("healthz", healthz, name="healthz"),
    path("favicon.ico", favicon, name="favicon"),
    path("desk/", desk.urls),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("api/v1/", include("config.api")),
    path("", include("suppliers.urls")),
    path("", include("tracing.urls")),
    path("", include("compliance.urls")),
]
