"""Shows the figures of the chat as tables."""

from collections.abc import Iterator
from typing import Any

from bench.figures import table
from bench.open_chats import MISSED_MESSAGES

# Messages each speaker has under way where pipelining is measured.
DEEP = 10

Figures = dict[str, Any]

_MEASURED = ("bare", "service")
_LIMIT_HEAD = ("", "answers/s", "p99 ms", "CPU ms each", "cores server", "generator", "others")
_TALK_HEAD = ("chats", *_LIMIT_HEAD[:2], "delivered p50 ms", "p95", "p99", "unanswered", *_LIMIT_HEAD[3:])
_IDLE_HEAD = ("readers", "", "KB each", "connects/s", "CPU ms each", "s for all", "s to return", "cores for pings")


def shown(measured: Figures) -> str:
    """Return the figures as tables."""
    return "\n".join(_parts(measured))


def _parts(measured: Figures) -> Iterator[str]:
    talks: list[Figures] = measured["talk"]
    yield "Limits, nothing stored"
    yield table(_LIMIT_HEAD, [_limit_row(name, run) for name, run in measured["limits"].items()])
    yield "\nClosed loop: every chat has one message under way"
    yield table(_TALK_HEAD, [_talk_row(talk, name, "closed") for talk in talks for name in _MEASURED])
    yield f"\nThe same with {DEEP} messages under way"
    yield table(_TALK_HEAD, [_talk_row(talks[0], name, "deep") for name in _MEASURED])
    yield "\nOpen loop at half of what the service took"
    yield table(_TALK_HEAD, [_talk_row(talk, name, "half") for talk in talks for name in _MEASURED])
    yield "\nService / bare group commit, by rate and by CPU of a message"
    yield table(
        ("chats", "rate", "CPU"), [(f"{each['open_chats']:,}", each["ratio"], each["cpu_ratio"]) for each in talks]
    )
    yield "\nIdle readers, each following a conversation; beside it a bare socket of the same server"
    yield table(_IDLE_HEAD, [_idle_row(each) for each in measured["idle"]])
    yield f"\nCatch-up of {MISSED_MESSAGES:,} missed messages, from connecting"
    yield table(("p50 ms", "p99 ms", "messages/s, many at once"), [_catch_up_row(measured["catch_up"])])


def _limit_row(name: str, run: Figures) -> tuple[object, ...]:
    return (name, run["per_second"], run["acknowledged"]["p99"], *_cost(run))


def _talk_row(talk: Figures, name: str, kind: str) -> tuple[object, ...]:
    run = talk[name][kind]
    delays = run["delivered"]
    chats = f"{talk['open_chats']:,}"
    return (chats, name, run["per_second"], delays["p50"], delays["p95"], delays["p99"], run["unanswered"], *_cost(run))


def _cost(run: Figures) -> tuple[object, ...]:
    return (run["server_cpu_ms_each"], run["cores_server"], run["cores_generator"], run["cores_others"])


def _idle_row(idle: Figures) -> tuple[object, ...]:
    return (
        f"{idle['sockets']:,}",
        idle["server"],
        idle["kilobytes_per_socket"],
        idle["connects_per_second"],
        idle["connect_cpu_ms_each"],
        idle["seconds_for_all"],
        idle["reconnect_seconds"],
        idle["cores_while_idle"],
    )


def _catch_up_row(catch_up: Figures) -> tuple[object, ...]:
    return (f"{catch_up['alone']['p50']}", catch_up["alone"]["p99"], catch_up["messages_per_second"])
