"""Pages of what follows."""

app_name = "tracing"
urlpatterns: list = []
