"""Pages of an account."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING

from allauth.account.views import email, login
from allauth.mfa.recovery_codes.views import generate_recovery_codes
from allauth.mfa.totp.views import activate_totp, deactivate_totp
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import FirstRunForm, KeyMapForm, PreferencesForm
from accounts.services import changing, create_first_operator, needs_first_run, set_key_map

if TYPE_CHECKING:
    from accounts.models import User


@require_http_methods(["GET", "POST"])
def first_run(request: HttpRequest) -> HttpResponse:
    """Make the operator's account; the page does not exist once there is any account."""
    if not needs_first_run():
        raise Http404
    form = FirstRunForm(request.POST or None)
    if form.is_valid():
        try:
            create_first_operator(**form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, "The operator account is ready. Sign in with it.")
            return redirect("account_login")
    return render(request, "accounts/first_run.html", {"form": form})


def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the page for signing in; on a new installation, the one for its first run."""
    if needs_first_run():
        return redirect("accounts:first-run")
    response: HttpResponse = login(request)
    return response


@require_http_methods(["GET", "POST"])
@login_required
def preferences(request: HttpRequest) -> HttpResponse:
    """Show and keep how the pages look and answer to this person."""
    user: User = request.user  # type: ignore[assignment]
    form = PreferencesForm(request.POST or None, user=user)
    if form.is_valid():
        with changing(user, "accounts.name_changed", by=user):
            form.save()
        messages.success(request, "Your preferences are saved.")
        return redirect("accounts:preferences")
    return preferences_page(request, form, KeyMapForm(user=user))


@require_POST
@login_required
def preferences_keys(request: HttpRequest) -> HttpResponse:
    """Keep this person's own single keys."""
    user: User = request.user  # type: ignore[assignment]
    key_form = KeyMapForm(request.POST, user=user)
    if key_form.is_valid():
        set_key_map(user=user, **key_form.cleaned_data)
        messages.success(request, "Your keys are saved.")
        return redirect("accounts:preferences")
    return preferences_page(request, PreferencesForm(user=user), key_form)


def preferences_page(
    request: HttpRequest, form: PreferencesForm, key_form: KeyMapForm
) -> HttpResponse:
    """Render both forms, whichever of them was sent."""
    # A new address is confirmed by mail, so without mail it cannot be changed here.
    page = {"form": form, "key_form": key_form, "has_mail": settings.HAS_MAIL}
    return render(request, "accounts/preferences.html", page)


def _written_down(view: Callable[..., HttpResponse], verb: str) -> Callable[..., HttpResponse]:
    """Make one act of what a page of the log-in library changes of the person's own account."""

    @wraps(view)
    def written(request: HttpRequest) -> HttpResponse:
        if request.method != "POST" or not request.user.is_authenticated:
            return view(request)
        with changing(request.user, verb, by=request.user):
            return view(request)

    return written


addresses = _written_down(email, "accounts.address_changed")
second_factor_on = _written_down(activate_totp, "accounts.second_factor_on")
second_factor_off = _written_down(deactivate_totp, "accounts.second_factor_off")
recovery_codes_made = _written_down(generate_recovery_codes, "accounts.recovery_codes_made")
