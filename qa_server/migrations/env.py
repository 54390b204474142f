"""Alembic's entry: runs the revisions on the engine that `storage.migrate` gives."""

from alembic import context
from sqlalchemy import Engine

import knowledge.models
import knowledge.proposal_models
import qa_server.attachments.models
import qa_server.conversations.form_models
import qa_server.conversations.models
import qa_server.mail.models
import qa_server.network.card_models
import qa_server.network.hours_models
import qa_server.network.models
import qa_server.network.roster_models
import qa_server.network.setting_models
import qa_server.people.models
import qa_server.people.reader_models
import qa_server.routing.models
from storage.base import Base

TABLE_MODULES = (
    knowledge.models,
    knowledge.proposal_models,
    qa_server.attachments.models,
    qa_server.conversations.form_models,
    qa_server.conversations.models,
    qa_server.mail.models,
    qa_server.network.card_models,
    qa_server.network.hours_models,
    qa_server.network.roster_models,
    qa_server.network.setting_models,
    qa_server.network.models,
    qa_server.people.models,
    qa_server.people.reader_models,
    qa_server.routing.models,
)


def run() -> None:
    """Upgrade online; batches alter tables on SQLite."""
    engine: Engine = context.config.attributes["engine"]
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            transaction_per_migration=True,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
