"""Pages of what parties say."""

from django.urls import path

from suppliers.views import doors

app_name = "suppliers"
urlpatterns = [
    path("act-for/", doors.membership_switch, name="membership-switch"),
]
