"""Django settings, read from top to bottom.

Every value that comes from the environment goes through ``ifi_review.env``, which fails loudly.
``docs/install.md`` lists the variables.
"""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from ifi_review import __version__
from ifi_review.env import (
    database_url,
    email_url,
    env_bool,
    env_int,
    env_list,
    env_path,
    env_secret,
)

BASE_DIR = Path(__file__).resolve().parent.parent
STATE_DIR = BASE_DIR / ".state"
PRODUCT_VERSION = __version__

# --- which of the three: development, demonstration or production ---------------------------

# pytest sets this variable before anything else, and subprocesses of a test inherit it.
UNDER_TEST = "PYTEST_VERSION" in os.environ
DEBUG = env_bool("DEBUG") and not UNDER_TEST
DEMO = env_bool("DEMO") and not UNDER_TEST
PRODUCTION = not (DEBUG or DEMO or UNDER_TEST)

SECRET_KEY = env_secret("SECRET_KEY", made_in=None if PRODUCTION else STATE_DIR / "secret_key")
SECRET_KEY_FALLBACKS = env_list("SECRET_KEY_FALLBACKS", default=[])

LOOPBACK_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", default=[] if PRODUCTION else LOOPBACK_HOSTS)
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured(
        "ALLOWED_HOSTS is not set; name the hosts that people type, separated by commas."
    )

# --- apps ---------------------------------------------------------------------------------------

# Django's admin site is left out on purpose: it would go round the services and their audit.
INSTALLED_APPS = [
    # First, since one of its commands takes the place of Django's: of two the first app's is run.
    "ifi_review",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "ifi_review.jobs",
    "accounts",
    "reviews",
    "records",
    "screening",
    "extraction",
    "reporting",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "ifi_review.middleware.security_headers",
    "ifi_review.middleware.limit_request_body",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.activate_time_zone",
    "ifi_review.middleware.PlainRefusals",
]

ROOT_URLCONF = "ifi_review.urls"
WSGI_APPLICATION = "ifi_review.wsgi.application"
ASGI_APPLICATION = "ifi_review.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "reviews.context.membership",
            ],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "plain"

# --- database -----------------------------------------------------------------------------------

DATABASES = {
    "default": database_url("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}")
}
DATABASES["default"]["CONN_MAX_AGE"] = env_int("CONN_MAX_AGE", default=60)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE: every transaction starts as a writer, since two that began as readers cannot
    # both become one, and SQLite then answers "database is locked" at once.
    # FULL: an acknowledged vote survives a power cut. Tests do without the wait for the disk.
    # Recursive triggers: INSERT OR REPLACE removes rows, which the guards see only then.
    SYNCHRONOUS = "OFF" if UNDER_TEST else "FULL"
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            f"PRAGMA journal_mode=WAL;PRAGMA synchronous={SYNCHRONOUS};"
            "PRAGMA recursive_triggers=ON;"
        ),
    }
    # On disk, since WAL and the time-out do not apply to a database in memory; one for each
    # run, so that two runs in one checkout do not meet.
    DATABASES["default"]["TEST"] = {"NAME": STATE_DIR / f"test-{os.getpid()}.sqlite3"}
    STATE_DIR.mkdir(exist_ok=True)
else:
    # Set behind pgbouncer in transaction mode: a cursor there outlives its connection.
    DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = env_bool("PGBOUNCER")

# Rate limits count across processes, so the cache is a table; a migration of jobs makes it.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache"
        if UNDER_TEST
        else "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "jobs_cacheentry",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}

TASKS = {
    "default": {
        "BACKEND": "django_tasks.backends.immediate.ImmediateBackend"
        if UNDER_TEST
        else "django_tasks_db.DatabaseBackend",
    }
}

# --- people -------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "accounts.validators.LongestPasswordValidator"},
    {"NAME": "accounts.validators.ProductWordsValidator"},
]
if UNDER_TEST:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"

OPEN_SIGNUP = env_bool("OPEN_SIGNUP")
# Mail that nobody sends is dropped: printing it would put reset links into the log.
vars().update(
    email_url("EMAIL_URL", default="consolemail://" if DEBUG else "dummymail://"),
)
HAS_MAIL = bool(os.environ.get("EMAIL_URL"))
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL") or "ifi-review@localhost"

ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_FORMS = {
    "signup": "accounts.entrance.SignupForm",
    "reset_password": "accounts.entrance.ResetPasswordForm",
}
# Strangers prove their address where there is mail; an invited person was vouched for.
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if HAS_MAIL and OPEN_SIGNUP else "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = HAS_MAIL
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if PRODUCTION else "http"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "IFI Review"
# Addresses are vouched for by who invites, and an installation without mail can verify none.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "accounts.entrance.AuthenticateForm",
    "reauthenticate": "accounts.entrance.ReauthenticateForm",
}

# --- sessions, cookies, headers -----------------------------------------------------------------

# A working day: the time counts from signing in, so that a request need not write the session.
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
if PRODUCTION:
    # The prefix makes browsers refuse a cookie that another host or plain HTTP has planted.
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    LANGUAGE_COOKIE_SECURE = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = 2 * 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env_bool("HSTS_SUBDOMAINS")
    # Entering a list that browsers ship is for the owner of the domain to decide.
    SILENCED_SYSTEM_CHECKS = ["security.W021"]
    # A reverse proxy that ends TLS must be named by its number, or its headers are not believed.
    PROXIES = env_int("TRUSTED_PROXIES", default=0, most=5)
    if PROXIES:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
        ALLAUTH_TRUSTED_PROXY_COUNT = PROXIES
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "ifi_review.views.csrf_failure"

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "frame-ancestors 'none'",
        "form-action 'self'",
        "base-uri 'none'",
        "object-src 'none'",
    )
)

# --- files --------------------------------------------------------------------------------------

STATIC_URL = "static/"
# Production collects the files; elsewhere they are served from where they lie.
STATIC_ROOT = env_path("STATIC_ROOT", default=BASE_DIR / "staticfiles") if PRODUCTION else None
STATICFILES_DIRS = [BASE_DIR / "static"] if (BASE_DIR / "static").is_dir() else []
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "ifi_review.finders.PackageFinder",
]
# Of each npm package only what a page loads is served; no page needs one now.
PACKAGE_FILES: list[str] = []
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage",
    },
}

# No MEDIA_URL: uploads leave through views that ask who is asking.
MEDIA_ROOT = env_path(
    "MEDIA_ROOT", default=STATE_DIR / "test-media" if UNDER_TEST else BASE_DIR / "media"
)
FILE_UPLOAD_PERMISSIONS = 0o640
MAX_UPLOAD_MB = env_int("MAX_UPLOAD_MB", default=100, least=1, most=10_000)
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000

# --- language, time, log ------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"
DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y, H:i"
TIME_FORMAT = "H:i"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "ifi_review": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
    },
}
