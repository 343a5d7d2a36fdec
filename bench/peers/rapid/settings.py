"""Settings of a RapidSMS project whose messages wait in PostgreSQL and are sent by Celery workers."""

import os

SECRET_KEY = "a benchmark's"
DEBUG = False
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ["PEER_DATABASE"],
        "USER": "waypost",
        "HOST": os.environ["PEER_SOCKET"],
    }
}
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "rapidsms",
    "rapidsms.router.db",
]
RAPIDSMS_ROUTER = "rapidsms.router.db.DatabaseRouter"
INSTALLED_BACKENDS = {
    "twilio": {
        "ENGINE": "rapid.backend.TwilioBackend",
        "provider": os.environ["PEER_PROVIDER"],
    }
}
CELERY_BROKER_URL = os.environ["PEER_BROKER"]
CELERY_TASK_IGNORE_RESULT = True
# No worker holds more than the batch it is sending.
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
LOGGING = {"version": 1, "disable_existing_loggers": True}
