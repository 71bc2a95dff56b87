"""Pages of an account."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.account.views import EmailView, login
from allauth.mfa.recovery_codes.views import generate_recovery_codes
from allauth.mfa.totp.views import activate_totp, deactivate_totp
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.generic import FormView

from accounts.forms import FirstRunForm, KeyMapForm, PreferencesForm
from accounts.http import SignedInRequest
from accounts.services import (
    changing,
    create_first_operator,
    end_other_sessions,
    end_session,
    needs_first_run,
    set_key_map,
    set_theme,
)
from accounts.sessions import open_sessions

READING = {"GET", "HEAD", "OPTIONS"}


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


@require_safe
def token(request: HttpRequest) -> JsonResponse:
    """Tell a page that stayed open who is signed in now, and the token that their forms need."""
    if not request.user.is_authenticated:
        return JsonResponse({"account": "", "token": ""})
    return JsonResponse({"account": str(request.user.uid), "token": get_token(request)})


@require_http_methods(["GET", "POST"])
@login_required
def preferences(request: SignedInRequest) -> HttpResponse:
    """Show and keep how the pages look and answer to this person."""
    form = PreferencesForm(request.POST or None, user=request.user)
    if form.is_valid():
        with changing(request.user, "accounts.name_changed", by=request.user):
            form.save()
        messages.success(request, "Your preferences are saved.")
        return redirect("accounts:preferences")
    return preferences_page(request, form, KeyMapForm(user=request.user))


@require_POST
@login_required
def preferences_theme(request: SignedInRequest) -> HttpResponse:
    """Keep the theme, chosen on any page, and show that page again; a script stays on it."""
    try:
        set_theme(user=request.user, theme=request.POST.get("theme", ""))
    except ValidationError as refusal:
        raise BadRequest(refusal.messages[0]) from refusal
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204)
    there, secure = request.POST.get("next", ""), request.is_secure()
    ours = url_has_allowed_host_and_scheme(there, {request.get_host()}, require_https=secure)
    return redirect(there if ours else settings.LOGIN_REDIRECT_URL)


@require_POST
@login_required
def preferences_keys(request: SignedInRequest) -> HttpResponse:
    """Keep this person's own single keys."""
    key_form = KeyMapForm(request.POST, user=request.user)
    if key_form.is_valid():
        set_key_map(user=request.user, **key_form.cleaned_data)
        messages.success(request, "Your keys are saved.")
        return redirect("accounts:preferences")
    return preferences_page(request, PreferencesForm(user=request.user), key_form)


def preferences_page(
    request: HttpRequest, form: PreferencesForm, key_form: KeyMapForm
) -> HttpResponse:
    """Render both forms, whichever of them was sent."""
    # A new address is confirmed by mail, so without mail it cannot be changed here.
    page = {"form": form, "key_form": key_form, "has_mail": settings.HAS_MAIL}
    return render(request, "accounts/preferences.html", page)


@require_safe
@login_required
def session_list(request: SignedInRequest) -> HttpResponse:
    """Show in which browsers this person is signed in."""
    sessions = open_sessions(request.user, this=request.session.session_key)
    return render(request, "accounts/session_list.html", {"sessions": sessions})


@require_POST
@login_required
def session_end(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """Sign this person out in one other browser."""
    try:
        end_session(user=request.user, uid=str(uid), this=request.session.session_key)
    except ValidationError as refusal:
        raise Http404(str(refusal)) from refusal
    messages.success(request, "That session is ended.")
    return redirect("accounts:session-list")


@require_POST
@login_required
def session_end_others(request: SignedInRequest) -> HttpResponse:
    """Sign this person out in all other browsers."""
    ended = end_other_sessions(user=request.user, this=request.session.session_key)
    many = "1 other session is" if ended == 1 else f"{ended} other sessions are"
    messages.success(request, f"{many} ended.")
    return redirect("accounts:session-list")


@method_decorator(login_required, name="dispatch")
class AddressesView(EmailView):
    """Addresses are looked at without a trace, and one that is only claimed opens nothing."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer; the library would write a row for the main address whenever it is looked at."""
        if request.method == "POST":
            answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
            return answer
        return FormView.dispatch(self, request, *args, **kwargs)

    def _action_primary(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse to log in with, and send mail to, an address that nobody proved."""
        address = self._get_email_address(request)
        if address is not None and not address.verified:
            messages.error(request, "Only a confirmed address can be the main one.")
            return redirect("account_email")
        done: HttpResponse = super()._action_primary(request, *args, **kwargs)
        return done

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the main address too where it has no row of its own yet."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        user, shown = self.request.user, context["emailaddresses"]
        if user.email and user.email not in {address.email for address in shown}:
            main = not any(address.primary for address in shown)
            shown.insert(0, EmailAddress(user=user, email=user.email, primary=main))
        return {**context, "has_mail": settings.HAS_MAIL}

    def get_ajax_data(self) -> list[dict[str, Any]]:
        """Return the addresses for a script, without the keys of their rows."""
        shown = EmailAddress.objects.filter(user=self.request.user).order_by("email")
        return [{"email": a.email, "verified": a.verified, "primary": a.primary} for a in shown]


def _written_down(view: Callable[..., HttpResponse], verb: str) -> Callable[..., HttpResponse]:
    """Make one act of what a page of the log-in library changes of the person's own account."""

    @wraps(view)
    def written(request: HttpRequest) -> HttpResponse:
        # A page of the library that takes a form takes it by PUT as well.
        if request.method in READING or not request.user.is_authenticated:
            return view(request)
        with changing(request.user, verb, by=request.user):
            return view(request)

    return written


addresses = _written_down(AddressesView.as_view(), "accounts.address_changed")
second_factor_on = _written_down(activate_totp, "accounts.second_factor_on")
second_factor_off = _written_down(deactivate_totp, "accounts.second_factor_off")
recovery_codes_made = _written_down(generate_recovery_codes, "accounts.recovery_codes_made")
