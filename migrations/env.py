"""How Alembic reaches the database: with a connection that `pipeline.migrate` opened, or by the settings."""

from alembic import context
from sqlalchemy import Connection
from sqlmodel import SQLModel

from karaoke_ui.show import tables as of_the_night
from pipeline import tables as of_the_library
from pipeline.db import Database
from pipeline.finding.search_index import is_of_the_model
from pipeline.settings import load

# Importing the two modules registers their tables.
TABLES = (of_the_night, of_the_library)


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=True,
        compare_type=True,
        include_name=is_of_the_model,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    database = Database(load().database)
    with database.engine.connect() as opened:
        run(opened)
    database.close()
