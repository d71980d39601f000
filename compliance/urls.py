"""Pages of what people decide."""

app_name = "compliance"
urlpatterns: list = []
