"""What songs are found by: derived from them, and filled by `pipeline.search_index` after the migration."""

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


def downgrade() -> None:
    for name in ("search_gram", "search_word", "search_fts", "search_text"):
        op.execute(f"DROP TABLE {name}")
