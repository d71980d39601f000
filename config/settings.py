"""Every setting, read from the environment, safe by default."""

import sys
from pathlib import Path
from urllib.parse import unquote

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(environ.Env()("VAR_DIR", default=str(BASE_DIR / "var")))

env = environ.Env()
TESTING = "pytest" in sys.modules

DEVELOPMENT_KEY = "development-only-never-in-production-0123456789abcdefghijklmnopqrstuvwxyz"
DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)
SECRET_KEY = env("SECRET_KEY", default=DEVELOPMENT_KEY)
if not DEBUG and not DEMO and not TESTING and SECRET_KEY == DEVELOPMENT_KEY:
    raise ImproperlyConfigured("Set SECRET_KEY to a long random text, or DEMO=1 to look around on this machine.")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_FAILURE_VIEW = "suppliers.views.doors.csrf_failed"
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
    "template_partials",
    "django_countries",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "suppliers",
    "tracing",
    "compliance",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.texts.TextMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.access.AccessMiddleware",
    "config.languages.LanguageMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

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
                "config.access.acting_as",
            ],
        },
    }
]

# One moment of truth per transaction: see docs/adr/0003.
VAR_DIR.mkdir(parents=True, exist_ok=True)
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'traceline.sqlite3'}")}
SQLITE = DATABASES["default"]["ENGINE"].endswith("sqlite3")
if SQLITE:
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
            "PRAGMA recursive_triggers=ON; PRAGMA mmap_size=134217728;"
        ),
    }
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
else:
    # A socket's folder is written %2F… in a URL.
    DATABASES["default"]["HOST"] = unquote(DATABASES["default"].get("HOST", ""))
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {"min_size": 0, "max_size": 16, "timeout": 20}
    DATABASES["default"]["CONN_MAX_AGE"] = 0
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "suppliers.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
if TESTING:  # hashing that is slow on purpose is Django's own and tested there
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "suppliers.accounts.ClosedSignup"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = {}  # allauth's own: 3 codes a minute for an address, 20 for a client
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 900  # a company's mail server may take its time
MFA_ADAPTER = "suppliers.accounts.SecretsKept"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {"add_webauthn": "suppliers.accounts.PasskeyForm"}
MFA_TOTP_ISSUER = "Traceline"
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute off
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 1
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "login"
AXES_ENABLED = not TESTING
SILENCED_SYSTEM_CHECKS = []

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es-mx", "Español (México)"), ("fr-ca", "Français (Canada)")]
LANGUAGES_OFFERED = env.list("LANGUAGES_OFFERED", default=[code for code, _ in LANGUAGES])
LOCALE_PATHS = [BASE_DIR / "locale"]
# Django itself leaves numbers and dates alone in every language: only the filters of a page write them for people.
FORMAT_MODULE_PATH = "config.formats"
USE_THOUSAND_SEPARATOR = False
USE_I18N = True
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = Path(env("STATIC_DIR", default=str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or DEMO or TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
WHITENOISE_USE_FINDERS = DEBUG or DEMO or TESTING
WHITENOISE_AUTOREFRESH = DEBUG or TESTING  # else every new test client would read all static files

# smtp://user:password@host:25, smtp+tls://…:587, smtp+ssl://…:465, or filemail:///folder as in the demo.
MAILS_DIR = (VAR_DIR / "mails").resolve()
vars().update(env.email_url("EMAIL_URL", default=f"filemail://{MAILS_DIR}" if DEMO else "consolemail://"))
if "EMAIL_FILE_PATH" in vars():
    EMAIL_FILE_PATH = str(Path("/", vars()["EMAIL_FILE_PATH"]))  # a URL's path loses its first slash on the way
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="traceline@localhost")

# Same names as Django 6.0, so that the later move is a deletion.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
LOCAL = DEBUG or DEMO or TESTING  # plain http on this machine only
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LOCAL
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=not LOCAL)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if SECURE_PROXY_SSL_HEADER else 0
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = not LOCAL
LANGUAGE_COOKIE_NAME, LANGUAGE_COOKIE_HTTPONLY, LANGUAGE_COOKIE_SAMESITE = "language", True, "Lax"
LANGUAGE_COOKIE_AGE = 365 * 86400
SECURE_HSTS_SECONDS = 0 if LOCAL else env.int("SECURE_HSTS_SECONDS", default=31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not LOCAL
DATA_UPLOAD_MAX_NUMBER_FIELDS = 40_000  # a campaign over twenty thousand parts, each with its tick

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["config.access.AccessPermission"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["config.texts.TextParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
    "PAGE_SIZE": 50,
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Traceline",
    "DESCRIPTION": "Traced content of vehicles under every rulebook, from what suppliers of every tier certify.",
    "VERSION": "1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SERVE_INCLUDE_SCHEMA": False,
}

CELERY_BROKER_URL = env("CELERY_BROKER_URL", default="memory://localhost")  # without a host kombu warns and guesses
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Below the visibility timeout; the first roll of a large fleet asks the law everything and takes minutes.
CELERY_TASK_TIME_LIMIT = 1500
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"polling_interval": 0.02}
    if CELERY_BROKER_URL.startswith("memory://")
    else {"visibility_timeout": 1800, "socket_keepalive": True, "health_check_interval": 25}
)

# Limits on codes and logins are counted here: one count for all processes where there is a Redis.
CACHES = {
    # A socket's address is redis+socket:// to Celery and unix:// to Redis itself.
    "default": {
        "BACKEND": "config.caches.RedisOrNothing",
        "LOCATION": CELERY_BROKER_URL.replace("redis+socket://", "unix://"),
    }
    if CELERY_BROKER_URL.startswith("redis")
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

# Where signing keys lie: see docs/keys.md. Missing keys are made in the demo only.
SIGNING_KEYS = Path(env("SIGNING_KEYS", default=str(VAR_DIR / "keys")))
# Where a fleet's facts lie as files that processes map: they can be made again at any time.
FLEET_DIR = Path(env("FLEET_DIR", default=str(VAR_DIR / "fleet")))
# Where workbooks and evidence lie, outside the web root, each under its digest. Back it up with the database.
FILES_DIR = Path(env("FILES_DIR", default=str(VAR_DIR / "files")))
# The socket of a ClamAV daemon that sees every file first, unix:///path or tcp://host:3310; empty: none is asked.
CLAMAV = env("CLAMAV", default="")
# What the papers and workbooks of one company may take of the disk, in bytes; 0 is no limit.
QUOTA = env.int("QUOTA_MB", default=2000) * 1_000_000
# Up to so many sources below it a vehicle is traced whenever something changed; a larger one when somebody asks.
TRACE_AT_ONCE = env.int("TRACE_AT_ONCE", default=3000)
PUBLIC_URL = env("PUBLIC_URL", default="http://127.0.0.1:8000")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="WARNING")},
    "loggers": {"traceline": {"level": env("LOG_LEVEL", default="INFO")}},
}
