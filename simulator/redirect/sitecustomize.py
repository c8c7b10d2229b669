"""Makes an app that is started with `--run` talk to the offline workspace, though its code names no base URL.

Python imports this by itself where the folder is on PYTHONPATH. Only slack_sdk's clients are touched, and the page on
which an installation ends, and there only addresses that are Slack's own.
"""

import functools
import importlib.abc
import importlib.machinery
import importlib.util
import os
import re
import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

SLACK = "https://slack.com"
ADDRESSES = ("base_url", "authorization_url")
TO_THE_APP = re.compile(r"slack://app\?team=(\w+)&amp;id=(\w+)")
TO_SLACK = re.compile(r"slack://open|https://app\.slack\.com/client/\w+")


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


def _lead_back(cls: Any, origin: str) -> None:
    """The page that opens Slack once the app is installed opens the browser client."""
    render = cls.render_success_page

    @functools.wraps(render)
    def render_success_page(self: Any, *args: Any, **kwargs: Any) -> str:
        page = TO_THE_APP.sub(rf"{origin}/app_redirect?app=\2&amp;team=\1", render(self, *args, **kwargs))
        return TO_SLACK.sub(f"{origin}/", page)

    cls.render_success_page = render_success_page


CLASSES: dict[str, tuple[str, Callable[[Any, str], None]]] = {
    "slack_sdk.web.base_client": ("BaseClient", _redirect),
    "slack_sdk.web.async_base_client": ("AsyncBaseClient", _redirect),
    "slack_sdk.web.legacy_base_client": ("LegacyBaseClient", _redirect),
    "slack_sdk.oauth.authorize_url_generator": ("AuthorizeUrlGenerator", _redirect),
    "slack_sdk.oauth.redirect_uri_page_renderer": ("RedirectUriPageRenderer", _lead_back),
}


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
                class_name, change = CLASSES[name]
                change(getattr(module, class_name), self.origin)

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
