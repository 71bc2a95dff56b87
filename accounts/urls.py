"""URLs of the accounts that the log-in library does not bring."""

from django.urls import path

from accounts import views

app_name = "accounts"

urlpatterns = [
    path("setup/", views.first_run, name="first-run"),
    # Shadows the library's page of the same address while there is nobody to sign in.
    path("accounts/login/", views.sign_in, name="sign-in"),
    # Shadows the library's page, which writes when it is only looked at.
    path("accounts/email/", views.AddressesView.as_view(), name="addresses"),
    path("accounts/token/", views.token, name="token"),
    path("accounts/preferences/", views.preferences, name="preferences"),
    path("accounts/preferences/keys/", views.preferences_keys, name="preferences-keys"),
]
