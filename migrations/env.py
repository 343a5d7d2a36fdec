"""Alembic's entry: runs the migrations on the connection it is handed."""

from alembic import context
from sqlalchemy import Connection

import campaigns.models
from hotline.models import Base

assert campaigns.models.Campaign.metadata is Base.metadata

connection: Connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata)
with context.begin_transaction():
    context.run_migrations()
