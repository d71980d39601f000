"""Pages of what follows."""

from django.urls import path

from tracing.views import gaps, rulebooks, vehicles

app_name = "tracing"
urlpatterns = [
    path("vehicles/", vehicles.vehicle_list, name="vehicle-list"),
    path("vehicles/progress/", vehicles.vehicle_progress, name="vehicle-progress"),
    path("vehicles/<uuid:pk>/", vehicles.vehicle_detail, name="vehicle-detail"),
    path("vehicles/<uuid:pk>/compare/", vehicles.vehicle_compare, name="vehicle-compare"),
    path("vehicles/<uuid:pk>/trace/", vehicles.vehicle_trace, name="vehicle-trace"),
    path("vehicles/<uuid:pk>/ask/", gaps.vehicle_ask, name="vehicle-ask"),
    path("gaps/", gaps.gap_list, name="gap-list"),
    path("rulebooks/", rulebooks.rulebook_list, name="rulebook-list"),
    path("rulebooks/calendar/", rulebooks.rulebook_calendar, name="rulebook-calendar"),
    path("rulebooks/<slug:name>/compare/", rulebooks.rulebook_compare, name="rulebook-compare"),
    path("rulebooks/<slug:name>/", rulebooks.rulebook_detail, name="rulebook-detail"),
]
