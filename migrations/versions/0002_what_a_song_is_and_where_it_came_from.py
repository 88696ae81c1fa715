"""What a song is, and where it came from"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "candidate",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("song_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("artist", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("album", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("explicit", sa.Boolean(), nullable=True),
        sa.Column("mbid", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("cover_url", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["song_id"], ["song.id"], name=op.f("fk_candidate_song_id_song"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate")),
    )
    with op.batch_alter_table("candidate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_candidate_song_id"), ["song_id"], unique=False)

    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "kind",
                sa.Enum("PREPARE", "DESCRIBE", name="jobkind"),
                nullable=False,
                server_default="PREPARE",
            )
        )
        batch_op.drop_index(
            batch_op.f("uq_job_active_track_id"), sqlite_where=sa.text("state IN ('QUEUED', 'RUNNING')")
        )
        batch_op.create_index(
            "uq_job_active",
            ["track_id", "kind"],
            unique=True,
            sqlite_where=sa.text("state IN ('QUEUED', 'RUNNING')"),
        )

    with op.batch_alter_table("lyricline", schema=None) as batch_op:
        batch_op.add_column(sa.Column("voice", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("confidence", sa.Float(), nullable=True))

    with op.batch_alter_table("lyrics", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
        )

    with op.batch_alter_table("song", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("explicit", sa.Boolean(), nullable=True))
        batch_op.add_column(
            sa.Column("mbid", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("cover_track", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("edited", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
        )

    with op.batch_alter_table("track", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("source_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("source_url", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column(
                "kind",
                sa.Enum("ORIGINAL", "LIVE", "KARAOKE", "INSTRUMENTAL", name="trackkind"),
                nullable=False,
                server_default="ORIGINAL",
            )
        )
        batch_op.add_column(
            sa.Column("label", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("ready_made", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(
            sa.Column("video", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("loudness", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("peak", sa.Float(), nullable=True))
        batch_op.add_column(
            sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("bpm", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("lowest", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("highest", sa.Float(), nullable=True))
        batch_op.drop_index("uq_track_sha256", sqlite_where=sa.text("deleted_at IS NULL"))
        batch_op.create_index(
            "uq_track_sha256",
            ["sha256"],
            unique=True,
            sqlite_where=sa.text("deleted_at IS NULL AND sha256 != ''"),
        )
        batch_op.create_index(
            "uq_track_source_id",
            ["source_id"],
            unique=True,
            sqlite_where=sa.text("deleted_at IS NULL AND source_id != ''"),
        )


def downgrade() -> None:
    with op.batch_alter_table("track", schema=None) as batch_op:
        batch_op.drop_index("uq_track_sha256", sqlite_where=sa.text("deleted_at IS NULL AND sha256 != ''"))
        batch_op.create_index(
            "uq_track_sha256", ["sha256"], unique=True, sqlite_where=sa.text("deleted_at IS NULL")
        )
        batch_op.drop_index(
            "uq_track_source_id", sqlite_where=sa.text("deleted_at IS NULL AND source_id != ''")
        )
        batch_op.drop_column("highest")
        batch_op.drop_column("lowest")
        batch_op.drop_column("bpm")
        batch_op.drop_column("key")
        batch_op.drop_column("peak")
        batch_op.drop_column("loudness")
        batch_op.drop_column("video")
        batch_op.drop_column("ready_made")
        batch_op.drop_column("label")
        batch_op.drop_column("kind")
        batch_op.drop_column("source_url")
        batch_op.drop_column("source_id")

    with op.batch_alter_table("song", schema=None) as batch_op:
        batch_op.drop_column("edited")
        batch_op.drop_column("cover_track")
        batch_op.drop_column("mbid")
        batch_op.drop_column("explicit")
        batch_op.drop_column("language")

    with op.batch_alter_table("lyrics", schema=None) as batch_op:
        batch_op.drop_column("language")

    with op.batch_alter_table("lyricline", schema=None) as batch_op:
        batch_op.drop_column("confidence")
        batch_op.drop_column("voice")

    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index("uq_job_active", sqlite_where=sa.text("state IN ('QUEUED', 'RUNNING')"))
        batch_op.create_index(
            batch_op.f("uq_job_active_track_id"),
            ["track_id"],
            unique=1,
            sqlite_where=sa.text("state IN ('QUEUED', 'RUNNING')"),
        )
        batch_op.drop_column("kind")

    with op.batch_alter_table("candidate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_candidate_song_id"))

    op.drop_table("candidate")
