"""Which transitions a commission may make: pure, over its definition, its state and what is so."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from qa_server.commissions.definition import Actor, Need, Operation, ServiceDefinition, Transition


@dataclass(frozen=True)
class Way:
    """A transition that somebody may make by right. `missing` are needs not met yet: shown, not offered."""

    transition: Transition
    missing: tuple[Need, ...]

    @property
    def is_open(self) -> bool:
        """Say whether it may be made now."""
        return not self.missing


def ways(
    definition: ServiceDefinition, state: str, actors: Collection[Actor], met: Mapping[Need, bool]
) -> tuple[Way, ...]:
    """Return what these actors may do from a state, in the definition's order.

    Of several transitions with one operation only the first that is open is returned, or the first of them when none
    is. A need that `met` does not know counts as not met.
    """
    found: dict[str, Way] = {}
    for transition in definition.transitions:
        if state not in transition.from_ or not set(transition.by) & set(actors):
            continue
        way = Way(transition, tuple(need for need in transition.needs if not met.get(need, False)))
        name = transition.does.value if transition.does else transition.key
        if name not in found or (way.is_open and not found[name].is_open):
            found[name] = way
    return tuple(found.values())


def way_of(
    definition: ServiceDefinition,
    state: str,
    operation: Operation,
    *,
    actors: Collection[Actor],
    met: Mapping[Need, bool],
) -> Way | None:
    """Return the way that an operation takes from a state, None where these actors have none."""
    for way in ways(definition, state, actors, met):
        if way.transition.does is operation:
            return way
    return None


def way_by_key(
    definition: ServiceDefinition, state: str, key: str, *, actors: Collection[Actor], met: Mapping[Need, bool]
) -> Way | None:
    """Return the way with a transition's key, None where these actors have none."""
    for way in ways(definition, state, actors, met):
        if way.transition.key == key:
            return way
    return None
