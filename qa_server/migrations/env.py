"""Alembic's entry: runs the revisions on the engine that `storage.migrate` gives."""

from alembic import context
from sqlalchemy import Engine

import knowledge.duplicate_models
import knowledge.imports.models
import knowledge.ledger.models
import knowledge.life_models
import knowledge.link_models
import knowledge.models
import knowledge.proposal_models
import knowledge.public.models
import knowledge.trial_models
import knowledge.use_models
import qa_server.attachments.models
import qa_server.colleagues.practice_models
import qa_server.colleagues.review_models
import qa_server.colleagues.talk_models
import qa_server.commissions.delivery_models
import qa_server.commissions.models
import qa_server.commissions.money_models
import qa_server.commissions.service_models
import qa_server.commissions.work_models
import qa_server.conversations.closing_models
import qa_server.conversations.draft_models
import qa_server.conversations.form_models
import qa_server.conversations.models
import qa_server.conversations.search_models
import qa_server.harvesting.models
import qa_server.mail.models
import qa_server.network.card_models
import qa_server.network.display_models
import qa_server.network.hours_models
import qa_server.network.models
import qa_server.network.roster_models
import qa_server.network.setting_models
import qa_server.people.audit_models
import qa_server.people.models
import qa_server.people.reader_models
import qa_server.people.view_models
import qa_server.people.working_models
import qa_server.replies.models
import qa_server.routing.models
from storage.base import Base

TABLE_MODULES = (
    qa_server.commissions.models,
    qa_server.commissions.delivery_models,
    qa_server.commissions.money_models,
    qa_server.commissions.service_models,
    qa_server.commissions.work_models,
    qa_server.people.working_models,
    qa_server.people.view_models,
    qa_server.people.audit_models,
    qa_server.network.display_models,
    qa_server.conversations.search_models,
    knowledge.duplicate_models,
    knowledge.ledger.models,
    knowledge.imports.models,
    knowledge.life_models,
    knowledge.link_models,
    knowledge.models,
    knowledge.proposal_models,
    knowledge.public.models,
    knowledge.trial_models,
    knowledge.use_models,
    qa_server.attachments.models,
    qa_server.conversations.draft_models,
    qa_server.conversations.closing_models,
    qa_server.colleagues.practice_models,
    qa_server.colleagues.review_models,
    qa_server.colleagues.talk_models,
    qa_server.conversations.form_models,
    qa_server.conversations.models,
    qa_server.harvesting.models,
    qa_server.mail.models,
    qa_server.network.card_models,
    qa_server.network.hours_models,
    qa_server.network.roster_models,
    qa_server.network.setting_models,
    qa_server.network.models,
    qa_server.people.models,
    qa_server.people.reader_models,
    qa_server.replies.models,
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
