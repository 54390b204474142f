"""Run Alembic migrations on a Database. The caller names the folder of the scripts."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from storage.database import Database


def upgrade(database: Database, scripts: Path) -> None:
    """Bring the schema to the newest revision, each revision in a transaction of its own. Safe to repeat."""
    config = _config(scripts)
    config.attributes["engine"] = database.engine
    command.upgrade(config, "head")


def current_revision(database: Database) -> str | None:
    """Return the revision the schema stands at, or None for an empty database."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest_revision(scripts: Path) -> str | None:
    """Return the newest revision the scripts know."""
    return ScriptDirectory.from_config(_config(scripts)).get_current_head()


def _config(scripts: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    return config
