#!/usr/bin/env python
"""Django's command line, with one kindness: it says how to install what is missing."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if not {"SECRET_KEY", "DEBUG", "DEMO"} & os.environ.keys():
        os.environ["DEMO"] = "1"  # nothing configured: this machine only; a server started so refuses
    try:
        from django.core.management import execute_from_command_line
    except ImportError as missing:
        sys.exit(
            f"Traceline is not installed here ({missing}).\n"
            "  make demo    installs everything into .venv, builds the demo world and serves it\n"
            "  make test    installs everything into .venv and runs the tests"
        )
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
