"""Those who want to be told something within this process."""

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

import structlog

Stop = Callable[[], None]
Told = TypeVar("Told")

_log = structlog.get_logger(__name__)


class Audience(Generic[Told]):
    """Listeners, called one after the other in the telling thread. Thread-safe."""

    def __init__(self) -> None:
        self._listeners: tuple[Callable[[Told], None], ...] = ()
        self._lock = Lock()

    def join(self, listener: Callable[[Told], None]) -> Stop:
        """Call `listener` from now on, until the returned function is called; calling that twice is harmless."""
        # A wrapper of its own, so that one function may listen twice and stop once.
        entry = _Entry(listener)
        with self._lock:
            self._listeners = (*self._listeners, entry)

        def stop() -> None:
            with self._lock:
                self._listeners = tuple(other for other in self._listeners if other is not entry)

        return stop

    def tell(self, told: Told) -> None:
        """Call every listener. One that fails is logged and does not keep the others from hearing it."""
        for listener in self._listeners:
            try:
                listener(told)
            except Exception:
                _log.exception("listener failed", told=type(told).__name__)


class _Entry(Generic[Told]):
    def __init__(self, listener: Callable[[Told], None]) -> None:
        self._listener = listener

    def __call__(self, told: Told) -> None:
        self._listener(told)
