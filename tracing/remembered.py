"""Values that were made once and are remembered by all that they were made from."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from threading import Lock
from typing import Any

SIZE = 8000


class Remembered:
    """The last so many values by their keys. A key names all that its value is made from, so that none is ever stale."""

    def __init__(self, size: int = SIZE):
        self.size, self._held, self._lock = size, OrderedDict[Hashable, Any](), Lock()

    def of(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """The value of that key, made now if it is not remembered. Whoever gets it changes nothing in it."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
        made = make()
        with self._lock:
            self._held[key] = made
            while len(self._held) > self.size:
                self._held.popitem(last=False)
        return made

    def lacks(self, keys: Iterable[Hashable]) -> set[Any]:
        """Those keys that are not remembered."""
        with self._lock:
            return {key for key in keys if key not in self._held}
