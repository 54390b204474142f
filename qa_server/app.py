"""Composes the application from its parts. Nothing here decides anything; `main` and `cli` call it, and tests do."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI

from embeddings.faiss_index import Codes
from embeddings.loading import SHIPPED, SHIPPED_FOLDER, load_encoder
from knowledge.calibrated import CALIBRATION_FILE
from knowledge.search import KnowledgeSearch
from knowledge.vector_engines import FaissEngine, IndexHome, PgvectorEngine
from qa_server.api import (
    article_images,
    article_imports,
    article_life,
    articles,
    attachments,
    cards,
    cascades,
    colleagues,
    commission_reports,
    commissions,
    desks,
    documentation,
    drafting,
    duplicates,
    errors,
    health,
    learning,
    ledger,
    libraries,
    middleware,
    network,
    oai,
    onboarding,
    paper_lists,
    passing,
    payments,
    polling,
    reader_extras,
    readers,
    records,
    replies,
    report_forms,
    rosters,
    searching,
    service_types,
    staff,
    staff_commissions,
    supplying,
    transcripts,
    widget_settings,
    working_day,
)
from qa_server.api.cors import PublicCors
from qa_server.background import (
    keep_answers_true,
    keep_files_in_step,
    keep_harvesting,
    keep_imports_going,
    keep_ledger,
    keep_mail_going,
    keep_time,
    keep_use_counted,
    keep_watch,
    keep_words,
)
from qa_server.chat.hub import Hub
from qa_server.chat.mending import DatabaseMending
from qa_server.chat.protocol import Drain
from qa_server.desk import being_here
from qa_server.desk.articles import measuring
from qa_server.desk.commissions.services import offering_services
from qa_server.desk.message_writer import MessageWriter
from qa_server.desk.standing import standing
from qa_server.desk.telling_by_mail import check_mail
from qa_server.desk.workplace import Workplace, utc_now
from qa_server.live.audience import Stop
from qa_server.live.bus import Bus
from qa_server.live.keeping_up import keep_up
from qa_server.live.opening import open_live
from qa_server.live.presence import Sighting
from qa_server.live.rates import Rates
from qa_server.settings import Settings
from storage.database import Database

MIGRATIONS = Path(__file__).parent / "migrations"
# Clients come back spread over this many seconds after a stop.
RECONNECT_WITHIN_SECONDS = 3.0
# A stop waits at most so many turns of so many seconds until everybody has been told.
_DRAIN_TURNS = 100
_DRAIN_TURN_SECONDS = 0.05
# In the order in which the interface is described.
_ROUTERS = (
    health.router,
    documentation.router,
    libraries.router,
    readers.router,
    staff.router,
    articles.router,
    attachments.router,
    transcripts.router,
    polling.router,
    learning.router,
    drafting.router,
    article_imports.router,
    article_life.router,
    article_images.router,
    ledger.router,
    duplicates.router,
    network.router,
    desks.router,
    rosters.router,
    cards.router,
    onboarding.router,
    rosters.public,
    widget_settings.router,
    reader_extras.router,
    passing.router,
    colleagues.router,
    cascades.router,
    oai.router,
    searching.router,
    records.router,
    records.public,
    working_day.router,
    replies.router,
    commissions.router,
    paper_lists.router,
    staff_commissions.router,
    payments.router,
    service_types.router,
    commission_reports.router,
    supplying.router,
    report_forms.router,
)


def create_app(settings: Settings, *, clock: Callable[[], datetime] = utc_now) -> FastAPI:
    """Return the application on a migrated database; it starts and stops its parts with its lifespan."""
    check_mail(settings)
    app = FastAPI(
        title="Wenjin 问津",
        version="1",
        description="Joint virtual reference for networks of academic libraries.",
        docs_url=None,
        openapi_url="/api/openapi.json",
        redoc_url=None,
        lifespan=_lifespan,
    )
    app.state.settings = settings
    place = make_workplace(settings, clock=clock)
    app.state.place = place
    app.state.hub = Hub(place.bus, DatabaseMending(place))
    app.state.drain = partial(_drain, app.state.hub)
    app.state.readiness = {
        "database": health.check_database(place.database),
        "migrations": health.check_migrations(place.database, MIGRATIONS),
        "search": partial(_check_search, place.search),
        "bus": partial(_check_bus, place.bus),
    }
    errors.install(app)
    middleware.install(app, settings)
    app.add_middleware(PublicCors)
    for router in _ROUTERS:
        app.include_router(router)
    return app


def make_workplace(settings: Settings, *, clock: Callable[[], datetime] = utc_now) -> Workplace:
    """Return the parts that use cases work with; nothing is started yet. `clock` gives aware UTC times."""
    database = Database(settings.database_url, pool_size=settings.worker_threads)
    bus, presence = open_live(settings)
    return Workplace(
        database=database,
        search=_search(database, settings, clock),
        bus=bus,
        messages=MessageWriter(database, bus, clock),
        presence=presence,
        rates=Rates(settings),
        settings=settings,
        clock=clock,
    )


def _search(database: Database, settings: Settings, clock: Callable[[], datetime]) -> KnowledgeSearch:
    home = _index_home(settings)
    if settings.encoder == "none":
        return KnowledgeSearch(database, clock=clock, home=home)
    folder = SHIPPED_FOLDER if settings.encoder == SHIPPED else Path(settings.encoder)
    return KnowledgeSearch(
        database,
        load_encoder=partial(load_encoder, settings.encoder, **settings.encoder_options),
        calibration_file=Path(settings.calibration_file or folder / CALIBRATION_FILE),
        clock=clock,
        home=home,
    )


def _index_home(settings: Settings) -> IndexHome:
    folder = Path(settings.index_folder) if settings.index_folder else None
    if settings.vector_engine == "pgvector":
        url = settings.vector_url.get_secret_value() or settings.database_url
        return IndexHome(folder, PgvectorEngine(url))
    return IndexHome(folder, FaissEngine(Codes(settings.vector_codes)))


@contextlib.asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    place: Workplace = app.state.place
    current_default_thread_limiter().total_tokens = place.settings.worker_threads
    await asyncio.to_thread(place.search.start)
    await asyncio.to_thread(offering_services.keep_shipped, place)
    app.state.hub.start()
    stop_watching = _pass_on_sightings(place, app.state.hub)
    place.bus.start()
    place.presence.start()
    work = [
        asyncio.create_task(keep_watch(place)),
        asyncio.create_task(keep_time(place)),
        asyncio.create_task(keep_files_in_step(place)),
        asyncio.create_task(keep_mail_going(place)),
        asyncio.create_task(keep_imports_going(place)),
        asyncio.create_task(keep_use_counted(place)),
        asyncio.create_task(keep_harvesting(place)),
        asyncio.create_task(keep_answers_true(place)),
        asyncio.create_task(keep_words(place)),
        asyncio.create_task(keep_ledger(place)),
        asyncio.create_task(keep_up(place.bus, app.state.hub, partial(standing, place))),
    ]
    try:
        yield
    finally:
        for each in work:
            each.cancel()
        await asyncio.gather(*work, return_exceptions=True)
        app.state.hub.stop()
        await asyncio.to_thread(place.messages.stop)
        stop_watching()
        await asyncio.to_thread(place.presence.stop)
        await asyncio.to_thread(place.bus.stop)
        await asyncio.to_thread(place.search.stop)
        await asyncio.to_thread(measuring.write_down_at_the_end, place)
        place.database.dispose()


async def _drain(hub: Hub) -> None:
    for connection in list(hub.connections):
        connection.offer(Drain(reconnect_within_seconds=RECONNECT_WITHIN_SECONDS))
    # Until each writer has taken the frame; a peer that is too slow for that comes back without having heard it.
    for _ in range(_DRAIN_TURNS):
        if all(connection.is_drained for connection in hub.connections):
            break
        await asyncio.sleep(_DRAIN_TURN_SECONDS)
    # What was taken is written in another turn of the loop.
    await asyncio.sleep(_DRAIN_TURN_SECONDS)


def _pass_on_sightings(place: Workplace, hub: Hub) -> Stop:
    """Tell the conversations here who came to or left another process without a word, as when that process died."""
    loop = asyncio.get_running_loop()

    def pass_on(sightings: Sequence[Sighting]) -> None:
        for announcement in being_here.told_of(place, sightings):
            loop.call_soon_threadsafe(hub.deliver, announcement)

    return place.presence.watch(pass_on)


def _check_bus(bus: Bus) -> dict[str, object]:
    # Without it messages still arrive, a second later, by way of the database.
    return {"status": "ok" if bus.is_connected else "degraded"}


def _check_search(search: KnowledgeSearch) -> dict[str, object]:
    status = search.status()
    return {
        "status": "ok" if status.mode == "hybrid" or status.reason is None else "degraded",
        "mode": status.mode,
        "encoder": status.encoder,
        "articles": status.articles,
        "waiting": status.waiting,
        "change_number": status.change_number,
    }
