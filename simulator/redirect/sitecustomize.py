"""Makes an app that is started with `--run` talk to the offline workspace, though its code names no base URL.

Python imports this by itself where the folder is on PYTHONPATH. Only slack_sdk's clients are touched, and only
an address that is Slack's own.
"""

import functools
import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

SLACK = "https://slack.com"
CLASSES = {
    "slack_sdk.web.base_client": "BaseClient",
    "slack_sdk.web.async_base_client": "AsyncBaseClient",
    "slack_sdk.web.legacy_base_client": "LegacyBaseClient",
    "slack_sdk.oauth.authorize_url_generator": "AuthorizeUrlGenerator",
}
ADDRESSES = ("base_url", "authorization_url")


def _redirect(cls: Any, origin: str) -> None:
    begin = cls.__init__

    @functools.wraps(begin)
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        begin(self, *args, **kwargs)
        for name in ADDRESSES:
            address = getattr(self, name, None)
            if isinstance(address, str) and address.startswith(SLACK + "/"):
                setattr(self, name, origin + address[len(SLACK) :])

    cls.__init__ = __init__


class _Finder(importlib.abc.MetaPathFinder):
    """Lets the modules load as ever, and changes the one class in each right after."""

    def __init__(self, origin: str) -> None:
        self.origin = origin

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name not in CLASSES:
            return None
        sys.meta_path.remove(self)
        try:
            spec = importlib.util.find_spec(name)
        finally:
            sys.meta_path.insert(0, self)
        if spec is not None and spec.loader is not None:
            load = spec.loader.exec_module

            def exec_module(module: ModuleType) -> None:
                load(module)
                _redirect(getattr(module, CLASSES[name]), self.origin)

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def _yield_to_another() -> None:
    """Runs whatever sitecustomize Python would have found without this one."""
    here = os.path.dirname(os.path.abspath(__file__))
    elsewhere = [each for each in sys.path if os.path.abspath(each or ".") != here]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", elsewhere)
    if spec is not None and spec.loader is not None:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))


if os.environ.get("OFFLINE_WORKSPACE_URL"):
    sys.meta_path.insert(0, _Finder(os.environ["OFFLINE_WORKSPACE_URL"]))
_yield_to_another()
