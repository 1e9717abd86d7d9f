"""One settings module for every process; the environment is the only fork.

`PROCESS` names what this process is: `web` (default), `finance`, `worker`, `finance-worker`, `beat`,
`sweep`, `finance-sweep`. Only the finance processes know the finance database role; see docs/security.md.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import django_stubs_ext
import environ
from django.utils.translation import gettext_lazy as _

from contactcenter.env import load

django_stubs_ext.monkeypatch()  # ModelForm[...] and the like at run time

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / ".data"))).resolve()
load(DATA_DIR)

PROCESS = env.str("PROCESS", default="web")
IS_FINANCE = PROCESS in {"finance", "finance-worker", "finance-sweep"}
DEBUG = env.bool("DEBUG", default=False)
HTTPS = env.bool("HTTPS", default=False)
SECRET_KEY = env.str("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
# Separated by blanks, as the reverse proxy wants them, or by commas.
OFFICE_NETWORKS = env.str("OFFICE_NETWORKS", default="127.0.0.0/8 ::1/128").replace(",", " ").split()

INSTALLED_APPS = [
    "contactcenter",
    "supervision",
    "firstline",
    "techsupport",
    "billing",
    "dispatch",
    "tickets",
    "incidents",
    "calls",
    "messaging",
    "guidance",
    "knowledge",
    "contacts",
    "customers",
    "network",
    "staff",
    "common",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "template_partials",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "common.http.StrictInputMiddleware",
    "common.http.MachineDoorMiddleware",
    "common.origin.OriginMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "customers.shield.OutsourcerShield",
    "common.http.SignedOutMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "common.http.NoStoreMiddleware",
    "common.errors.DomainErrorMiddleware",
]


def with_finance_doors(middleware: list[str]) -> list[str]:
    """What the finance process puts around its pages: the office first, once there is a session to end."""
    place = middleware.index("django.middleware.locale.LocaleMiddleware")
    return [
        *middleware[:place],
        "billing.middleware.OfficeOnlyMiddleware",
        *middleware[place:],
        "billing.middleware.IdleMiddleware",
        "billing.middleware.SecondFactorMiddleware",
        "billing.middleware.ReadingMiddleware",
    ]


if IS_FINANCE:
    MIDDLEWARE = with_finance_doors(MIDDLEWARE)

ROOT_URLCONF = "contactcenter.urls_finance" if IS_FINANCE else "contactcenter.urls"
WSGI_APPLICATION = "contactcenter.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["common.templatetags.ui", "template_partials.templatetags.partials"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "contactcenter.navigation.navigation",
            ],
        },
    }
]

# ------------------------------------------------------------------------------------- database
# Persistent connections are safe because pages run on a fixed pool of threads (see asgi.py).
DATABASES = {"default": env.db_url("FINANCE_DATABASE_URL" if IS_FINANCE else "DATABASE_URL")}
DATABASES["default"].update(
    HOST=unquote(DATABASES["default"]["HOST"]),  # a socket's folder comes percent-encoded
    CONN_MAX_AGE=60,
    CONN_HEALTH_CHECKS=True,
    OPTIONS={
        "connect_timeout": 3,
        "options": f"-c statement_timeout={10_000 if PROCESS in {'web', 'finance'} else 60_000} "
        "-c lock_timeout=5000 -c idle_in_transaction_session_timeout=20000 "
        # A row with its six neighbours is planned for 5 ms in every order there is, and for 1.7 ms in groups of four.
        "-c join_collapse_limit=4 -c from_collapse_limit=4",
    },
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ------------------------------------------------------------------------------------- redis, celery
REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 120,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 2,
    "socket_connect_timeout": 1,
    "socket_keepalive": True,
    "retry_on_timeout": False,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.2,
    "global_keyprefix": "cc:",
}
CELERY_TASK_PUBLISH_RETRY_POLICY = {
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ROUTES = {"billing.tasks.*": {"queue": "finance"}}  # its worker alone has the finance role
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 50  # must stay under half of visibility_timeout, or a slow task runs twice
CELERY_TASK_SOFT_TIME_LIMIT = 40
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 300_000
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# ------------------------------------------------------------------------------------- who is who
AUTH_USER_MODEL = "staff.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "staff.accounts.AccountAdapter"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login": "300/m/ip", "login_failed": "10/15m/key,50/15m/ip"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Contact centre"
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # staff have no e-mail here: an administrator knows them

# Two ports of one host share cookies: the finance desk has names and a session table of its own.
SESSION_ENGINE = "billing.sessions" if IS_FINANCE else "django.contrib.sessions.backends.db"
_PREFIX = ("__Host-" if HTTPS else "") + ("finance_" if IS_FINANCE else "cc_")
SESSION_COOKIE_NAME = _PREFIX + "session"
CSRF_COOKIE_NAME = _PREFIX + "csrf"
LANGUAGE_COOKIE_NAME = "cc_language"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
CSRF_FAILURE_VIEW = "common.views.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = False  # the proxy redirects; behind it the app speaks plain HTTP on a private socket
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000

# ------------------------------------------------------------------------------------- language, time
LANGUAGE_CODE = "ru"
LANGUAGES = [("ru", _("Russian")), ("en", _("English"))]
# Where phones in the office find the finance desk; empty: by the name the accountant's browser used.
FINANCE_BASE_URL = env.str("FINANCE_BASE_URL", default="")
FRONT_DESKS = env.int("FRONT_DESKS", default=2)  # appointments that one quarter of an hour holds
# Who is addressed on printed applications.
PROVIDER_NAME = env.str("PROVIDER_NAME", default="ООО «Пушкин-Телеком»")
TIME_ZONE = env.str("LOCAL_TIME_ZONE", default="Europe/Moscow")
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
PHONE_REGION = "RU"
PHONE_AREA_CODE = env.str("PHONE_AREA_CODE", default="812")

# ------------------------------------------------------------------------------------- files
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(DATA_DIR / "staticfiles")))
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not STATIC_ROOT.exists() or DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATIC_ROOT.exists() and not DEBUG
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# ------------------------------------------------------------------------------------- messages, webhooks
DEMO = env.bool("DEMO", default=True)
FILES_DIR = Path(env.str("FILES_DIR", default=str(DATA_DIR / "files")))
# Where the billing system leaves its files and takes ours: docs/integrations/billing-files.md. Empty: none is joined.
BILLING_EXCHANGE_DIR = env.str("BILLING_EXCHANGE_DIR", default="")
# Which gateway serves which channel: "phone=fake,vk=fake". In the demo the fake one serves all; without it a channel
# that nobody serves refuses its messages aloud instead of swallowing them.
MESSAGE_GATEWAYS = env.dict(
    "MESSAGE_GATEWAYS",
    default=dict.fromkeys(("phone", "web_form", "chat", "vk", "max", "email"), "fake") if DEMO else {},
)
WEBHOOK_HTTP = env.bool("WEBHOOK_HTTP", default=False)  # without it only https:// is allowed
# Networks of your own that webhooks may reach although they are private: "10.0.5.0/24 192.168.7.10/32".
WEBHOOK_PRIVATE_NETWORKS = env.str("WEBHOOK_PRIVATE_NETWORKS", default="").replace(",", " ").split()

# ------------------------------------------------------------------------------------- REST
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "staff.authentication.ApiKeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["staff.authentication.HasDeclaredPermission"],
    "DEFAULT_PAGINATION_CLASS": "common.rest.CursorPagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["common.rest.CardlessParser"],
    "EXCEPTION_HANDLER": "common.errors.api_exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Contact centre",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "common.openapi.describe_refusals",
    ],
    "SERVE_PERMISSIONS": ["staff.authentication.HasDeclaredPermission"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# ------------------------------------------------------------------------------------- logs
# Personal data stays out of logs: messages name ids only.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.server": {"level": "WARNING"},
        "celery": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
    },
}

os.environ.setdefault("PGAPPNAME", f"contactcenter-{PROCESS}")
