"""Songs that are, or are not, the same"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "apart",
        sa.Column("song_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("other_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["other_id"], ["song.id"], name=op.f("fk_apart_other_id_song"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["song_id"], ["song.id"], name=op.f("fk_apart_song_id_song"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("song_id", "other_id", name=op.f("pk_apart")),
    )
    op.create_table(
        "merged",
        sa.Column("song_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kept_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("moved", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["kept_id"], ["song.id"], name=op.f("fk_merged_kept_id_song"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("song_id", name=op.f("pk_merged")),
    )
    with op.batch_alter_table("merged", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_merged_kept_id"), ["kept_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("merged", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_merged_kept_id"))

    op.drop_table("merged")
    op.drop_table("apart")
