"""How is this instance set up? Read once from the environment; an incomplete one is refused.

ISOVIGIL_ENVIRONMENT  demo (the default) or production
ISOVIGIL_HOME         the folder of the embedded database, the keys and the drafts of exports
ISOVIGIL_DATABASE     sqlite:///FILE or postgresql://USER:PASSWORD@HOST:PORT/NAME
ISOVIGIL_KEYS         the folder of the keys; keep it off the database's disk
ISOVIGIL_HOSTS        the names this instance answers to, with commas between
ISOVIGIL_PROXIES      the addresses of the proxies in front (127.0.0.1,::1 in production; none in a demo)
ISOVIGIL_MAIL         smtp://USER:PASSWORD@HOST:PORT (or smtps://); without it no letter is sent
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

ENVIRONMENTS: Final = ("demo", "production")
PACKAGE: Final = Path(__file__).resolve().parent


def _environment() -> str:
    named = os.environ.get("ISOVIGIL_ENVIRONMENT", "demo")
    if named not in ENVIRONMENTS:
        raise ImproperlyConfigured(
            f"ISOVIGIL_ENVIRONMENT is {named!r}. Set it to one of: {', '.join(ENVIRONMENTS)}."
        )
    return named


ISOVIGIL_ENVIRONMENT: Final = _environment()
IS_PRODUCTION: Final = ISOVIGIL_ENVIRONMENT == "production"
ISOVIGIL_HOME: Final = Path(os.environ.get("ISOVIGIL_HOME", "isovigil-data")).absolute()
ISOVIGIL_KEYS: Final = Path(os.environ.get("ISOVIGIL_KEYS", str(ISOVIGIL_HOME / "keys"))).absolute()


def _what_is_missing() -> list[str]:
    missing = []
    for name, why in {
        "ISOVIGIL_HOME": "the folder of this instance's data",
        "ISOVIGIL_DATABASE": "where the record is kept",
        "ISOVIGIL_HOSTS": "the names this instance answers to",
    }.items():
        if not os.environ.get(name):
            missing.append(f"{name} is not set: {why}.")
    if not (ISOVIGIL_KEYS / "secret_key").is_file():
        missing.append("There are no keys in ISOVIGIL_KEYS. `isovigil init` makes them.")
    return missing


if IS_PRODUCTION and (_missing := _what_is_missing()):
    raise ImproperlyConfigured("Isovigil does not start in production:\n- " + "\n- ".join(_missing))


def _secret_key() -> str:
    """The kept secret; where an instance was never initialised, one for this process alone."""
    kept = ISOVIGIL_KEYS / "secret_key"
    return kept.read_text("ascii").strip() if kept.is_file() else secrets.token_urlsafe(48)


_OF_THE_CONNECTION: Final = frozenset(
    {"sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "connect_timeout", "target_session_attrs"}
)


def _asked_of_the_connection(query: str) -> dict[str, str]:
    """What stands behind the `?`; dropped in silence, `sslmode=verify-full` would verify nothing."""
    try:
        asked = dict(parse_qsl(query, strict_parsing=True)) if query else {}
    except ValueError:
        asked = {f"“{query}”": ""}
    if unknown := set(asked) - _OF_THE_CONNECTION:
        raise ImproperlyConfigured(
            f"ISOVIGIL_DATABASE asks for {', '.join(sorted(unknown))} behind its `?`. "
            f"Name only: {', '.join(sorted(_OF_THE_CONNECTION))}, as sslmode=verify-full."
        )
    return asked


def _listed(text: str) -> list[str]:
    """The names in a list with commas between; spaces and an empty place name nothing."""
    return [name.strip() for name in text.split(",") if name.strip()]


def _database(address: str) -> dict[str, Any]:
    """Django's description of a database given by its address. Raises ImproperlyConfigured."""
    parts = urlsplit(address)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path),
            "OPTIONS": {
                # A transaction that will write takes its place at once, so that none fails half-way.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # Versions before 3.51.3 can damage a file in WAL mode; the rollback journal is safe in all.
                # What is overwritten is wiped: a destroyed key must not stay behind in a free page.
                "init_command": "PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=EXTRA; "
                "PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON;",
            },
        }
    if parts.scheme == "postgresql":
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path.lstrip("/"),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {
                **_asked_of_the_connection(parts.query),
                "options": "-c synchronous_commit=on -c statement_timeout=30000",
            },
        }
    raise ImproperlyConfigured(
        f"ISOVIGIL_DATABASE begins with {parts.scheme!r}. "
        "Write sqlite:///FILE or postgresql://USER:PASSWORD@HOST:PORT/NAME."
    )


SECRET_KEY = _secret_key()
DEBUG = False
ALLOWED_HOSTS = _listed(os.environ.get("ISOVIGIL_HOSTS", "localhost,127.0.0.1,[::1]"))
TRUSTED_PROXIES = frozenset(
    _listed(os.environ.get("ISOVIGIL_PROXIES", "127.0.0.1,::1" if IS_PRODUCTION else ""))
)
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if IS_PRODUCTION]

DATABASES = {
    "default": _database(
        os.environ.get("ISOVIGIL_DATABASE", f"sqlite:///{(ISOVIGIL_HOME / 'record.sqlite3').as_posix()}")
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "isovigil.storage",
    "isovigil.web",
]
AUTH_USER_MODEL = "storage.Person"

MIDDLEWARE = [
    "isovigil.web.headers.SafeHeaders",
    "isovigil.web.request_log.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "isovigil.web.accounts.sessions.SessionLimits",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "isovigil.web.refused.RefusalPages",
    "isovigil.web.errors.ErrorPages",
]
ROOT_URLCONF = "isovigil.web.urls"
WSGI_APPLICATION = "isovigil.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "isovigil.web.shell.shell",
            ],
        },
    }
]

AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "isovigil.web.accounts.passwords.NoWordsOfThisPlace"},
    {"NAME": "isovigil.web.accounts.passwords.NoRow"},
]

# --- ways in (allauth) -------------------------------------------------------------------------
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "isovigil.web.accounts.adapter.WaysIn"
ACCOUNT_FORMS = {
    "login": "isovigil.web.accounts.forms.SignIn",
    "reset_password": "isovigil.web.accounts.forms.ForgottenPassword",
    "reset_password_from_key": "isovigil.web.accounts.forms.NewPassword",
    "change_password": "isovigil.web.accounts.forms.AnotherPassword",
    "reauthenticate": "isovigil.web.accounts.forms.PasswordOnceMore",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]  # nobody signs up; allauth wants the list to be consistent
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation reached the address; nothing else puts one on record
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # an unknown address gets no letter, and the page says the same
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_REDIRECT_URL = "front"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # other sessions end by the changed hash; this one goes on
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_RATE_LIMITS = {"invitation": "10/m/ip"}  # allauth keeps its own limits for all else
MFA_ADAPTER = "isovigil.web.accounts.adapter.Factors"
MFA_FORMS = {
    "authenticate": "isovigil.web.accounts.forms.SecondStep",
    "reauthenticate": "isovigil.web.accounts.forms.CodeOnceMore",
    "activate_totp": "isovigil.web.accounts.forms.FirstCode",
    "add_webauthn": "isovigil.web.accounts.forms.AddPasskey",
    "edit_webauthn": "isovigil.web.accounts.forms.NameOfPasskey",
}
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_PRODUCTION  # a demo runs on plain http on the loopback
MFA_TOTP_ISSUER = "Isovigil"
MFA_TOTP_PERIOD = 30
USERSESSIONS_TRACK_ACTIVITY = False
CACHES = {
    # It counts attempts and remembers used codes: all processes of an instance have to count together.
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": ISOVIGIL_HOME / "attempts",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
    if IS_PRODUCTION
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

# --- letters: for forgotten passwords alone ----------------------------------------------------
_mail = urlsplit(os.environ.get("ISOVIGIL_MAIL", ""))
if _mail.geturl() and (_mail.scheme not in {"smtp", "smtps"} or not _mail.hostname):
    raise ImproperlyConfigured(
        f"ISOVIGIL_MAIL begins with {_mail.scheme!r}. Write smtp://USER:PASSWORD@HOST:PORT, or smtps://."
    )
SENDS_LETTERS = bool(_mail.hostname) or not IS_PRODUCTION
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST, EMAIL_PORT = _mail.hostname or "", _mail.port or (465 if _mail.scheme == "smtps" else 587)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
EMAIL_USE_SSL = _mail.scheme == "smtps"
EMAIL_USE_TLS = _mail.scheme == "smtp"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = f"no-reply@{next(iter(ALLOWED_HOSTS), 'localhost')}"
if not _mail.hostname:  # a demo's letters are files to look at
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = ISOVIGIL_HOME / "letters"

# --- sessions and headers ----------------------------------------------------------------------
SESSION_COOKIE_NAME = "__Host-isovigil" if IS_PRODUCTION else "isovigil"
CSRF_COOKIE_NAME = "__Host-isovigil-form" if IS_PRODUCTION else "isovigil-form"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_PRODUCTION
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
# "no-referrer" would make browsers send forms with `Origin: null`, which the check of origins must refuse.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "isovigil.web.errors.form_expired"
SECURE_SSL_REDIRECT = False  # the proxy in front ends TLS and redirects
SECURE_HSTS_SECONDS = 63_072_000 if IS_PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_PRODUCTION else None

# --- words and files ---------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
FORMAT_MODULE_PATH = "isovigil.web.formats"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = IS_PRODUCTION
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "web" / "static"]
WHITENOISE_USE_FINDERS = True  # the pages' files come with the package; nothing is collected
WHITENOISE_USE_FINDERS = True  # served from the package: no step of collecting before the first page

# --- what is written down ----------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"kind_and_place": {"()": "isovigil.web.request_log.KindAndPlace"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "kind_and_place"},
        "nowhere": {"class": "logging.NullHandler"},  # without any, Python itself would print them
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    # Its words quote addresses; web/request_log.py says the same by route.
    "loggers": {"django.request": {"handlers": ["nowhere"], "propagate": False}},
}
