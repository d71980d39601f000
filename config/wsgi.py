"""The WSGI entry; with the memory broker it also carries the embedded worker."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

from config.celery import start_embedded_worker  # noqa: E402
from tracing import rulebooks  # noqa: E402

start_embedded_worker()

# The laws are read before the first page asks for them. What is loaded now stays: the collector of garbage need not walk it again,
# nor begin whenever a page makes seven hundred objects.
for name in rulebooks.ids():
    rulebooks.rulebook(name)
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 100)
