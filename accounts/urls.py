"""URLs of the accounts that the log-in library does not bring."""

from django.urls import path

from accounts import views

app_name = "accounts"

urlpatterns = [
    path("setup/", views.first_run, name="first-run"),
    path("accounts/preferences/", views.preferences, name="preferences"),
    path("accounts/preferences/keys/", views.preferences_keys, name="preferences-keys"),
]
