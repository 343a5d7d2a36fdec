"""Campaigns: who agreed (`importing`, `signup`), the plan (`planning`), the way out (`sending`)."""
