"""The WSGI application of the ready-made installation."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")

application = get_wsgi_application()

from project import environment, worker  # noqa: E402 -- after the apps are loaded

if environment.flag("EMBEDDED_WORKER"):
    worker.start()
