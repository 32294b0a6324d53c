"""A class: its store, its two servers, its commands."""

import os

from himaya_site.project.start import prepare

# Playwright keeps a loop running in the thread of the tests, where Django would then refuse to work.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
prepare()
