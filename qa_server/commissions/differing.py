"""What differs between two definitions, part by part. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from qa_server.commissions.definition import ServiceDefinition
from qa_server.commissions.definition_reading import as_stored

# Differences told one by one; a definition written anew has more than anybody reads.
MAX_DIFFERENCES = 300
_Item = TypeVar("_Item")


@dataclass(frozen=True)
class Difference:
    """A value that is another, or there on one side alone. `where` are the steps to it, keys of parts by name.

    `old` or `new` is None where there is nothing on that side.
    """

    where: tuple[str, ...]
    old: str | None
    new: str | None


def differences(old: ServiceDefinition, new: ServiceDefinition) -> list[Difference]:
    """Return what differs, in the order of the parts; a part that moved is told by its new place in the list."""
    found = _between((), as_stored(old), as_stored(new))
    return [each for each, _ in zip(found, range(MAX_DIFFERENCES), strict=False)]


def _between(where: tuple[str, ...], old: Any, new: Any) -> Iterator[Difference]:
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in _each_once([*old, *new]):
            yield from _between((*where, key), old.get(key), new.get(key))
    elif _is_keyed(old, new):
        yield from _between_keyed(where, old, new)
    else:
        yield Difference(where, _written(old), _written(new))


def _between_keyed(where: tuple[str, ...], old: Sequence[Any], new: Sequence[Any]) -> Iterator[Difference]:
    before = {each["key"]: each for each in old}
    after = {each["key"]: each for each in new}
    for key in _each_once([*before, *after]):
        if key in before and key in after:
            yield from _between((*where, key), before[key], after[key])
        else:
            yield Difference((*where, key), _written(before.get(key)), _written(after.get(key)))
    stayed = [key for key in before if key in after]
    now = [key for key in after if key in before]
    if stayed != now:
        yield Difference((*where, "order"), ", ".join(stayed), ", ".join(now))


def _is_keyed(old: Any, new: Any) -> bool:
    both = [*(old or ()), *(new or ())] if isinstance(old, list) and isinstance(new, list) else []
    return bool(both) and all(isinstance(each, Mapping) and "key" in each for each in both)


def _written(value: Any) -> str | None:
    """Write a value for people: a labelled part by its label, a list with commas."""
    if value is None or value == [] or value == "":
        return None
    if isinstance(value, Mapping):
        if "label" in value:
            label = cast(Mapping[str, str], value["label"])
            return f"{label['zh']} / {label['en']}"
        return "; ".join(f"{key}: {_written(each)}" for key, each in value.items() if each is not None)
    if isinstance(value, list):
        return ", ".join(str(_written(each)) for each in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _each_once(items: list[_Item]) -> list[_Item]:
    return list(dict.fromkeys(items))
