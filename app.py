"""Errand's start. On Lambda `handler` is its handler; `python app.py` runs it on this machine, over Socket Mode."""

from __future__ import annotations

from aws import cold_start  # before Bolt, which it imports without what Lambda has no need of

# isort: split
import os
import sys

if cold_start.ON_LAMBDA:
    from wiring.on_lambda import create_handler

    handler = create_handler(os.environ)
    cold_start.end()

if __name__ == "__main__":
    try:
        from wiring.on_this_machine import main

        sys.exit(main())
    except Exception as error:
        from wiring.misdeclared import explain_misdeclared

        problem = explain_misdeclared(error)
        if problem is None:
            raise
        sys.exit(f"Errand cannot start: {problem}")
