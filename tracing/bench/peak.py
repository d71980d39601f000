"""One way from the database to the figures in a process of its own, for the memory it needs: python -m tracing.bench.peak WAY."""

import json
import os
import resource
import sys
from pathlib import Path


def ours() -> None:
    from tracing.bench import own, reads

    given = own.arrays() or reads.rowwise()
    fleet = own.build(given)
    own.roll(fleet, own.placed(fleet, given.own))


def good_django() -> None:
    from tracing.bench import ways

    ways.good_django()


def start() -> None:
    """Nothing but Django, numpy and the loops: what the others stand on."""
    from tracing.bench import own, ways  # noqa: F401


WAYS = {"ours": ours, "good Django": good_django, "start": start}


def main(name: str) -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    WAYS[name]()
    sys.stdout.write(json.dumps({"bytes": most()}) + "\n")


def most() -> int:
    """Bytes of the largest memory this process held. Linux keeps the parent's in ``getrusage`` across exec, so not from there."""
    status = Path("/proc/self/status")
    if status.exists():
        return next(int(line.split()[1]) * 1024 for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    main(sys.argv[1])
