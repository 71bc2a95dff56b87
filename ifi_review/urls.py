"""The root of all URLs."""

from django.urls import include, path

from ifi_review import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("", include("reviews.urls")),
    path("reviews/<slug:slug>/", include("records.urls")),
    path("reviews/<slug:slug>/", include("screening.urls")),
    path("reviews/<slug:slug>/", include("extraction.urls")),
    path("reviews/<slug:slug>/", include("reporting.urls")),
]

handler403 = "ifi_review.views.forbidden"
handler500 = "ifi_review.views.server_error"
