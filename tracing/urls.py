"""Pages of what follows."""

from django.urls import path

from tracing.views import asks, campaigns, days, details, determinations, gaps, rulebooks, vehicles

app_name = "tracing"
urlpatterns = [
    path("vehicles/", vehicles.vehicle_list, name="vehicle-list"),
    path("vehicles/progress/", vehicles.vehicle_progress, name="vehicle-progress"),
    path("vehicles/day/", days.vehicle_day, name="vehicle-day"),
    path("vehicles/<uuid:pk>/", details.vehicle_detail, name="vehicle-detail"),
    path("vehicles/<uuid:pk>/compare/", details.vehicle_compare, name="vehicle-compare"),
    path("vehicles/<uuid:pk>/trace/", vehicles.vehicle_trace, name="vehicle-trace"),
    path("vehicles/<uuid:pk>/determinations/", determinations.vehicle_determinations, name="vehicle-determinations"),
    path("vehicles/<uuid:pk>/ask/", asks.vehicle_ask, name="vehicle-ask"),
    path("gaps/", gaps.gap_list, name="gap-list"),
    path("gaps/act/", gaps.gap_act, name="gap-act"),
    path("campaigns/", campaigns.campaign_list, name="campaign-list"),
    path("campaigns/new/", campaigns.campaign_new, name="campaign-new"),
    path("campaigns/<uuid:pk>/", campaigns.campaign_detail, name="campaign-detail"),
    path("campaigns/<uuid:pk>/tries/", campaigns.campaign_tries, name="campaign-tries"),
    path("campaigns/<uuid:pk>/end/", campaigns.campaign_end, name="campaign-end"),
    path("rulebooks/", rulebooks.rulebook_list, name="rulebook-list"),
    path("rulebooks/calendar/", rulebooks.rulebook_calendar, name="rulebook-calendar"),
    path("rulebooks/<slug:name>/compare/", rulebooks.rulebook_compare, name="rulebook-compare"),
    path("rulebooks/<slug:name>/", rulebooks.rulebook_detail, name="rulebook-detail"),
]
