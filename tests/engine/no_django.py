"""A pytest plugin: importing Django fails, so that what runs under it is shown to do without."""

import sys
from importlib.abc import MetaPathFinder


class Shut(MetaPathFinder):
    """Refuses Django and everything that is built on it."""

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"django", "rest_framework", "celery", "pytest_django"}:
            raise ImportError(f"{name} must not be imported by the law")
        return


sys.meta_path.insert(0, Shut())
