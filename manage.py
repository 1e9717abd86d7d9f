#!/usr/bin/env python
import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contactcenter.settings")
    from django.core.management import execute_from_command_line

    from common import origin

    if len(sys.argv) > 1:
        origin.start(origin.Via.COMMAND, sys.argv[1])  # what history says about whatever the command changes
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
