"""The host says yes to lines and songs"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

NEW = ("approved", "message_allowed")


def upgrade() -> None:
    with op.batch_alter_table("turn", schema=None) as batch_op:
        batch_op.add_column(sa.Column("approved", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("message_allowed", sa.Boolean(), nullable=True))
    # What the room could read until now it may read on.
    op.execute("UPDATE turn SET message_allowed = 1 WHERE message != ''")
    op.execute(
        "UPDATE turn SET approved = 1 WHERE EXISTS (SELECT 1 FROM deed WHERE deed.night_id = turn.night_id"
        " AND deed.action IN ('asked', 'approved') AND (deed.by = 'host' OR deed.by LIKE 'cohost:%')"
        " AND deed.undone_at IS NULL AND instr(deed.before, turn.id))"
    )


def downgrade() -> None:
    # Every line was shown.
    op.execute("UPDATE turn SET message = '' WHERE message_allowed IS NOT 1")
    _forget_in_deeds()
    with op.batch_alter_table("turn", schema=None) as batch_op:
        for name in NEW:
            batch_op.drop_column(name)


def _forget_in_deeds() -> None:
    """What an undo brings back is kept as the columns were."""
    box = op.get_bind()
    for deed_id, before in box.execute(
        sa.text("SELECT id, before FROM deed WHERE before LIKE '%\"message_allowed%'")
    ).all():
        rows = json.loads(before)
        for values in rows.get("turn", {}).values():
            if "message" in values and values.get("message_allowed") is not True:
                values["message"] = ""
            for name in NEW:
                values.pop(name, None)
        mended = {"id": deed_id, "before": json.dumps(rows, ensure_ascii=False)}
        box.execute(sa.text("UPDATE deed SET before = :before WHERE id = :id"), mended)
