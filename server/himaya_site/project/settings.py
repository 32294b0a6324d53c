"""Django's settings of the site. What differs from folder to folder comes from `project.start`.

Django's accounts, forms and sessions are not in it yet: cards, devices and staff are those of today's tables.
"""

from __future__ import annotations

import os
import secrets

DEBUG = False
SECRET_KEY = secrets.token_hex(32)  # nothing is signed with it: sessions are rows
ALLOWED_HOSTS = ["*"]  # `project.middleware` answers other hosts, with today's status
ROOT_URLCONF = "himaya_site.project.urls"
INSTALLED_APPS = ["himaya_site.classes", "himaya_site.people", "himaya_site.answers", "himaya_site.grades"]
MIDDLEWARE = ["himaya_site.project.middleware.Guard", "django.middleware.gzip.GZipMiddleware"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.devnull}}
USE_TZ = True
TIME_ZONE = None  # that of this machine, which people read; Django would set another one for the whole process
USE_I18N = False  # our sentences are in our own catalogue
APPEND_SLASH = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
_SHARED_CACHE = os.environ.get("HIMAYA_CACHE")
CACHES = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": _SHARED_CACHE}
        if _SHARED_CACHE
        else {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "LOCATION": "himaya",
            "OPTIONS": {"MAX_ENTRIES": 20_000},
        }
    )
}
"""Where paces stand. Several processes on one PostgreSQL share a Redis, else each counts for itself."""
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    # They write addresses, and a mistyped one may hold a secret; `project.middleware` writes what we need.
    "loggers": {name: {"level": "CRITICAL", "propagate": False} for name in ("django", "waitress")},
}
