"""Procrastinate's own tables and functions, as its package ships them"""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # By the driver itself: without parameters it takes the script as it is, per cent signs and all.
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute(SchemaManager.get_schema())


def downgrade() -> None:
    raise NotImplementedError("the first tables are not taken back: drop the database")
