"""`wenjin simulate`: who gets a question of a library at a moment, with the reasons; and a whole generated week."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import typer
from sqlalchemy.orm import Session

from qa_server.commands.databases import checked_database
from qa_server.commands.plots import week_plot
from qa_server.commands.refusals import UsageRefused
from qa_server.i18n import Language, terminal_language, translate
from qa_server.network.queries import library_by_code
from qa_server.routing import kinds, week
from qa_server.routing.cascade import QuestionKind
from qa_server.routing.journey import Journey, Leg, travel_from
from qa_server.routing.rules import CascadeRule, check_rule, read_rule
from qa_server.routing.week import Figures
from qa_server.routing.week_network import QUESTIONS_PER_LIBRARY, UTILISATION, generate
from qa_server.settings import Settings


@dataclass(frozen=True)
class AskedOf:
    """What is asked, and when: `at` is in the library's own time unless it names a zone, None for now."""

    at: str | None = None
    subject: str | None = None
    language: str = "zh"
    kind: str | None = None
    question: str | None = None


def simulate_question(settings: Settings, code: str, asked: AskedOf, *, is_json: bool) -> None:
    """Print the way a question of a library would take, by hours and rosters. Raises NotFound, UsageRefused."""
    with checked_database(settings) as database, database.read() as session:
        library = library_by_code(session, code)
        journey = travel_from(
            session,
            library.id,
            at=_moment(asked.at, library.time_zone),
            kind=_kind(asked),
            subject=asked.subject,
            language=asked.language,
        )
        if is_json:
            typer.echo(json.dumps(_as_json(journey), ensure_ascii=False, indent=2))
            return
        _tell(session, journey, library.time_zone)


@dataclass(frozen=True)
class WeekOf:
    """What week is generated: libraries, questions of each, share of paid places in use that staffing aims at."""

    libraries: int
    per_library: float = QUESTIONS_PER_LIBRARY
    utilisation: float = UTILISATION
    seed: int = 1


def simulate_week(asked: WeekOf, *, rule_file: Path | None, plot: Path | None, is_json: bool) -> None:
    """Print a generated week under the default cascade and, with a rule file, under that one beside it."""
    seed, per_library = asked.seed, asked.per_library
    network = generate(asked.libraries, seed=seed, per_library=per_library, utilisation=asked.utilisation)
    rules = {"default": CascadeRule()}
    if rule_file is not None:
        changed = read_rule(_read_json(rule_file))
        check_rule(changed, network.neighbourhood(0))
        rules["changed"] = changed
    weeks = {
        name: week.simulate(network, rule, seed=seed, questions_per_library=per_library) for name, rule in rules.items()
    }
    told = {name: week.figures(each, network) for name, each in weeks.items()}
    language = terminal_language()
    if plot is not None:
        series = {translate(name, language): week.waits_by_hour(each) for name, each in weeks.items()}
        plot.write_text(_plot(series, language), encoding="utf-8")
    if is_json:
        typer.echo(json.dumps({name: asdict(each) for name, each in told.items()}, ensure_ascii=False, indent=2))
        return
    _table(told, network.librarians, language)


def _moment(at: str | None, time_zone: str) -> datetime:
    if at is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        raise UsageRefused(reason="Write the moment as 2026-11-29T02:00.") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(time_zone))).astimezone(UTC)


def _kind(asked: AskedOf) -> QuestionKind:
    if asked.kind is None:
        return kinds.estimate(asked.question or "")
    try:
        return QuestionKind(asked.kind)
    except ValueError:
        raise UsageRefused(reason="A question is local or general.") from None


def _read_json(path: Path) -> dict[str, object]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise UsageRefused(reason="The rule cannot be read. Give a file with one JSON object.") from None
    if not isinstance(found, dict):
        raise UsageRefused(reason="The rule cannot be read. Give a file with one JSON object.")
    return found


def _tell(session: Session, journey: Journey, time_zone: str) -> None:
    language = terminal_language()
    place = 0 if language == "zh" else 1
    for leg in journey.legs:
        when = leg.at.astimezone(ZoneInfo(time_zone)).strftime("%m-%d %H:%M:%S")
        for desk_id, reason in leg.skipped:
            name = journey.desk_names.get(desk_id, ("?", "?"))[place]
            typer.echo(f"{when}  - {name}: {translate(_SKIPPED[reason], language)}")
        if leg.desk_id is None:
            sentence = "Nobody is there: the reader is promised an answer." if journey.ends == "tracked" else ""
            typer.echo(f"{when}  {translate(sentence or 'It waits for the first who is free.', language)}")
            continue
        state = translate("somebody is there" if leg.is_staffed else "nobody is there", language)
        typer.echo(f"{when}  {leg.code} {journey.desk_names[leg.desk_id][place]}: {state}")
        _tell_people(journey, leg, language)


def _tell_people(journey: Journey, leg: Leg, language: Language) -> None:
    offered = leg.choice.offered_to if leg.choice else ()
    for each in leg.choice.judged if leg.choice else ():
        who = each.candidate.librarian_id
        name = journey.people_names[who][0 if language == "zh" else 1]
        reasons = ", ".join(
            f"{translate(_REASONS[reason.code], language)} {reason.points:+d}" for reason in each.reasons
        )
        typer.echo(f"{'':18}{'*' if who in offered else ' '} {name}  {each.points}  ({reasons})")


def _as_json(journey: Journey) -> dict[str, object]:
    return {
        "ends": journey.ends,
        "legs": [
            {
                "at": leg.at.isoformat(),
                "desk": leg.code or None,
                "relation": leg.relation or None,
                "is_staffed": leg.is_staffed,
                "passed_over": [{"desk_id": str(desk_id), "reason": reason} for desk_id, reason in leg.skipped],
                "offered_to": [str(each) for each in (leg.choice.offered_to if leg.choice else ())],
                "candidates": [
                    {
                        "librarian": journey.people_names[each.candidate.librarian_id][1],
                        "points": each.points,
                        "reasons": {reason.code: reason.points for reason in each.reasons},
                    }
                    for each in (leg.choice.judged if leg.choice else ())
                ],
            }
            for leg in journey.legs
        ],
    }


def _table(told: dict[str, Figures], librarians: int, language: Language) -> None:
    names = list(told)
    head = "".join(f"{translate(name, language):>14}" for name in names)
    typer.echo(f"{translate('A week with {count} librarians', language, count=librarians):<44}{head}")
    for label, value in _LINES.items():
        cells = "".join(f"{_cell(told[name], value):>14}" for name in names)
        typer.echo(f"{translate(label, language):<44}{cells}")
    for group in ("by_relation", "load_by_level"):
        for key in sorted({key for name in names for key in getattr(told[name], group)}):
            cells = "".join(f"{getattr(told[name], group).get(key, 0.0):>14.1%}" for name in names)
            typer.echo(f"{translate(_GROUPS[group], language, name=key):<44}{cells}")
    for code, load, taken in told[names[-1]].busiest:
        typer.echo(f"{translate('Busiest: {code}', language, code=code):<44}{load:>14.1%}{taken:>8}")


def _cell(each: Figures, value: str) -> str:
    found = getattr(each, value)
    return f"{found:.1%}" if isinstance(found, float) and value in _SHARES else f"{found}"


def _plot(series: dict[str, list[float]], language: Language) -> str:
    days = [translate(day, language) for day in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")]
    title = translate("Wait of nine in ten readers by hour of the week", language)
    return week_plot(series, title=title, axis=translate("seconds", language), days=days)


_SHARES = frozenset({"taken", "abandoned", "tracked"})
_LINES = {
    "Questions": "questions",
    "Median wait in seconds": "median_wait",
    "Wait of nine in ten in seconds": "p90_wait",
    "Taken": "taken",
    "Abandoned": "abandoned",
    "Promised for later": "tracked",
}
_GROUPS = {"by_relation": "Taken by: {name}", "load_by_level": "Load of level: {name}"}
_SKIPPED = {
    "kind_not_taken": "does not take such questions",
    "not_at_this_time": "not at this time",
    "not_staffed": "nobody is there",
    "no_capacity": "everybody is busy",
    "desk_gone": "the desk was closed",
    "no_card": "a library card is missing or out of date",
}
_REASONS = {
    "home_library": "home library",
    "same_alliance": "same alliance",
    "subject": "subject",
    "expert": "expert",
    "language": "language",
    "trainee": "trainee",
    "room": "room left",
    "declines": "declined before",
    "full": "busy",
    "declined_this": "declined this question",
}
