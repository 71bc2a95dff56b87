"""URLs of the accounts that the log-in library does not bring."""

from django.urls import path

from accounts import views

app_name = "accounts"

urlpatterns = [
    path("setup/", views.first_run, name="first-run"),
    # Shadows the library's page of the same address while there is nobody to sign in.
    path("accounts/login/", views.sign_in, name="sign-in"),
    path("accounts/token/", views.token, name="token"),
    path("accounts/preferences/", views.preferences, name="preferences"),
    path("accounts/preferences/theme/", views.preferences_theme, name="preferences-theme"),
    path("accounts/preferences/keys/", views.preferences_keys, name="preferences-keys"),
    path("accounts/sessions/", views.session_list, name="session-list"),
    path("accounts/sessions/end-others/", views.session_end_others, name="session-end-others"),
    path("accounts/sessions/<uuid:uid>/end/", views.session_end, name="session-end"),
    # Shadow the library's pages of the same addresses: what they change is written down.
    path("accounts/email/", views.addresses, name="addresses"),
    path("accounts/2fa/totp/activate/", views.second_factor_on, name="second-factor-on"),
    path("accounts/2fa/totp/deactivate/", views.second_factor_off, name="second-factor-off"),
    path(
        "accounts/2fa/recovery-codes/generate/",
        views.recovery_codes_made,
        name="recovery-codes-made",
    ),
]
