"""A RapidSMS project, as its documentation has it: the database router, Celery workers, one backend."""
