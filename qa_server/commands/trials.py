"""`wenjin test-questions`: ask every article's test questions now, keep how they did, and say which fail."""

import json

import typer

from knowledge import queries, trials
from knowledge.models import Article
from knowledge.trial_models import TrialCause, TrialRun
from qa_server.app import make_workplace
from qa_server.commands.databases import require_newest_schema
from qa_server.desk.articles import trials as article_trials
from qa_server.desk.workplace import Workplace
from qa_server.i18n import terminal_language, translate
from qa_server.settings import Settings


def run(settings: Settings, *, is_json: bool) -> bool:
    """Ask all of them with the present encoder; say whether every one passed. Safe while the service runs."""
    require_newest_schema(settings)
    place = make_workplace(settings)
    place.search.start()
    try:
        place.search.catch_up()
        found = article_trials.try_all(place, TrialCause.HAND)
        failed = _failed(place, found)
    finally:
        place.search.stop()
        place.messages.stop()
        place.database.dispose()
    _tell(found, failed, is_json=is_json)
    return not failed


def _failed(place: Workplace, found: TrialRun | None) -> list[dict[str, object]]:
    if found is None:
        return []
    with place.database.read() as session:
        owners = {article.library_id for _, article in trials.askable(session, limit=100_000)}
        return [
            {
                "words": each.trial.words,
                "top": each.trial.top,
                "article": _key(session.get_one(Article, each.trial.article_id)),
                "instead": _key(queries.find_article(session, each.result.best_article_id))
                if each.result.best_article_id
                else None,
            }
            for each in trials.failing(session, owners)
        ]


def _tell(found: TrialRun | None, failed: list[dict[str, object]], *, is_json: bool) -> None:
    asked = found.asked if found else 0
    if is_json:
        summary = {"asked": asked, "failed": len(failed), "mode": found.mode if found else None, "failing": failed}
        typer.echo(json.dumps(summary, ensure_ascii=False))
        return
    language = terminal_language()
    typer.echo(
        translate("{asked} test questions were asked; {failed} fail.", language, asked=asked, failed=len(failed))
    )
    for each in failed:
        typer.echo(translate("  {words}: wanted {article}, first is {instead}", language, **each))


def _key(article: Article) -> str:
    return article.key
