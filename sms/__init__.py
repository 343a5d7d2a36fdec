"""Text messages and calls through Twilio: the only package that imports `twilio`."""
