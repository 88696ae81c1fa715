"""What songs are found by, and folders that describe themselves

The tables of the index are filled by `pipeline.finding.search_index` after the migration.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE search_text (
        id INTEGER PRIMARY KEY,
        song_id VARCHAR NOT NULL UNIQUE REFERENCES song (id) ON DELETE CASCADE,
        title VARCHAR NOT NULL, artist VARCHAR NOT NULL, album VARCHAR NOT NULL, line VARCHAR NOT NULL
    )""",
    "CREATE INDEX search_text_same ON search_text (title, artist)",
    """
    CREATE VIRTUAL TABLE search_fts USING fts5(
        title, artist, album, line, content='search_text', content_rowid='id',
        tokenize='unicode61 remove_diacritics 2', prefix='1 2 3'
    )""",
    """
    CREATE TRIGGER search_text_insert AFTER INSERT ON search_text BEGIN
        INSERT INTO search_fts (rowid, title, artist, album, line)
        VALUES (new.id, new.title, new.artist, new.album, new.line);
    END""",
    """
    CREATE TRIGGER search_text_delete AFTER DELETE ON search_text BEGIN
        INSERT INTO search_fts (search_fts, rowid, title, artist, album, line)
        VALUES ('delete', old.id, old.title, old.artist, old.album, old.line);
    END""",
    """
    CREATE TRIGGER search_text_update AFTER UPDATE ON search_text BEGIN
        INSERT INTO search_fts (search_fts, rowid, title, artist, album, line)
        VALUES ('delete', old.id, old.title, old.artist, old.album, old.line);
        INSERT INTO search_fts (rowid, title, artist, album, line)
        VALUES (new.id, new.title, new.artist, new.album, new.line);
    END""",
    "CREATE TABLE search_word (id INTEGER PRIMARY KEY, word VARCHAR NOT NULL UNIQUE)",
    """
    CREATE TABLE search_gram (
        gram VARCHAR NOT NULL, word_id INTEGER NOT NULL, PRIMARY KEY (gram, word_id)
    ) WITHOUT ROWID""",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
    op.create_table(
        "stalefolder",
        sa.Column("track_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["track_id"], ["track.id"], name=op.f("fk_stalefolder_track_id_track"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("track_id", name=op.f("pk_stalefolder")),
    )
    op.execute("INSERT INTO stalefolder (track_id, version) SELECT id, 1 FROM track")
    with op.batch_alter_table("track", schema=None) as batch_op:
        batch_op.add_column(sa.Column("disk", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    with op.batch_alter_table("track", schema=None) as batch_op:
        batch_op.drop_column("disk")
    op.drop_table("stalefolder")
    for name in ("search_gram", "search_word", "search_fts", "search_text"):
        op.execute(f"DROP TABLE {name}")
