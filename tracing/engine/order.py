"""Children first; and if there is a loop, its name."""

from collections.abc import Iterable, Mapping


class SupplyLoop(ValueError):
    """Parts that contain each other. ``parts`` names them in the order of the loop."""

    def __init__(self, parts: list[str]):
        self.parts = parts
        super().__init__("these parts contain each other: " + " → ".join([*parts, parts[0]]))


def children_first(top: str, children: Mapping[str, Iterable[str]]) -> list[str]:
    """Every name below ``top``, each once, after all of its children; depth first, in the order given.

    Works on a stack of its own, so that depth is no limit. Raises SupplyLoop.
    """
    done: list[str] = []
    finished: set[str] = set()
    path: list[str] = [top]
    on_path = {top}
    waiting = [iter(children[top])]
    while waiting:
        child = next(waiting[-1], None)
        if child is None:
            waiting.pop()
            name = path.pop()
            on_path.discard(name)
            finished.add(name)
            done.append(name)
        elif child in on_path:
            raise SupplyLoop(path[path.index(child) :])
        elif child not in finished:
            path.append(child)
            on_path.add(child)
            waiting.append(iter(children[child]))
    return done
