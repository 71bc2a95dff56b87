"""The app of accounts."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Accounts and their preferences."""

    name = "accounts"
    verbose_name = "Accounts"
