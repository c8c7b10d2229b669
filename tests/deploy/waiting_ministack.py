"""ministack with room for a few environments at once: what finds none waits for one. Run by its own Python.

By itself it starts an environment for every invocation that finds all others at work. AWS does so too, but has more
than a few cores: here two dozen that start together take longer than the app gives KMS to open its secrets. AWS tries
such an init again; ministack kills all environments of the function, and with them whatever these are at.

Nothing else is changed. Waiting invocations cannot wait for each other: the app never waits for one that it sends.
"""

import sys
import threading
from typing import Any

from ministack.app import main
from ministack.core import lambda_runtime
from ministack.services import lambda_svc

TRIES = 5  # of an init

room = threading.Semaphore(int(sys.argv.pop()))
starting = threading.Lock()
carry_out = lambda_svc._execute_function_warm
start = lambda_runtime.Worker._spawn


def carry_out_when_there_is_room(*arguments: Any) -> Any:
    with room:
        return carry_out(*arguments)


def start_alone(worker: Any) -> None:
    with starting:
        for _ in range(TRIES - 1):
            try:
                return start(worker)
            except RuntimeError:
                lambda_runtime._signal(worker._proc)
        return start(worker)


lambda_svc._execute_function_warm = carry_out_when_there_is_room
lambda_runtime.Worker._spawn = start_alone
main()
