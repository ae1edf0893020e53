"""``python -m kpi``: the command line."""

from kpi.cli import main

if __name__ == "__main__":
    main()
