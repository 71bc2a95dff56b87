"""The root of all URLs."""

from django.urls import include, path

from ifi_review import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
]

handler500 = "ifi_review.views.server_error"
