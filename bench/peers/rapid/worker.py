"""The Celery application: `celery --app rapid.worker worker`."""

import os

import django
from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rapid.settings")
django.setup()
app = Celery("rapid")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["rapidsms.router.db"])
