"""`/api/<method>`: reading the request, the token, limits, scopes, then the method itself."""

import asyncio
import base64
import logging
import time
from typing import Any
from urllib.parse import unquote_plus

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.multipart import BodyPartReader

from simulator.core import Simulator
from simulator.errors import ApiError
from simulator.faults import Fault
from simulator.oauth.tokens import find_token, is_same
from simulator.scopes import check_scope
from simulator.state import Json, Token
from simulator.strict_json import parse_json
from simulator.web_api.call import Call
from simulator.web_api.methods import METHODS, RETIRED, Method

logger = logging.getLogger(__name__)
FIELD_LIMIT = 1_000_000


async def answer_call(sim: Simulator, request: web.Request) -> web.StreamResponse:
    """Answers one call as Slack does, writes it to the log, and fails where a test ordered it."""
    started, name = time.perf_counter(), request.match_info["method"]
    fault = sim.faults.take(name)
    await _linger(sim, fault)
    args: Json = {}
    status, headers, body = 200, dict[str, str](), Json(ok=True)
    try:
        args, token = await _read(request)
        if fault is None or fault.lets_work:
            status, headers, body = _run(sim, name, args, token)
    except ApiError as error:
        status, headers, body = _refusal(error)
    if fault is not None:
        status, headers, body = _spoil(fault, status, headers, body)
    ms = round((time.perf_counter() - started) * 1000)
    sim.calls.add(method=name, args=args, status=status, answer=body, ms=ms)
    if fault is not None and fault.drop and request.transport is not None:
        request.transport.abort()
    return web.json_response(body, status=status, headers=headers)


def _run(sim: Simulator, name: str, args: Json, token: str) -> tuple[int, dict[str, str], Json]:
    headers: dict[str, str] = {}
    try:
        method = METHODS.get(name)
        if method is None and name.startswith(RETIRED):
            raise ApiError("method_deprecated")
        if method is None:
            raise ApiError("unknown_method", req_method=name)
        headers["x-accepted-oauth-scopes"] = ",".join(method.scopes)
        call = Call(sim, name, args, _authorize(sim, method, token))
        if call.token:
            headers["x-oauth-scopes"] = ",".join(call.scopes)
        _limit(sim, name, method)
        if call.token:
            check_scope(call.scopes, method.scopes)
        return 200, headers, _warned({"ok": True, **method.handler(call)}, call.warnings)
    except ApiError as error:
        status, more, body = _refusal(error)
        return status, headers | more, body
    except Exception:
        # A fault of this program; the app must still get an answer it can read, and no stack trace.
        logger.exception("%s failed", name)
        return 500, headers, {"ok": False, "error": "internal_error"}


def _warned(answer: Json, warnings: list[str]) -> Json:
    if not warnings:
        return answer
    metadata = {**answer.get("response_metadata", {}), "warnings": warnings}
    return answer | {"warning": ",".join(warnings), "response_metadata": metadata}


def _refusal(error: ApiError) -> tuple[int, dict[str, str], Json]:
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after is not None else {}
    return error.status, headers, error.body()


def _authorize(sim: Simulator, method: Method, text: str) -> Token | None:
    """The bot's or a person's token; None where the app itself calls, or anybody may."""
    if method.caller == "nobody":
        return None
    if not text:
        raise ApiError("not_authed")
    is_app = is_same(sim.workspace.credentials.app_token, text)
    if is_app and method.caller == "app":
        return None
    token = None if is_app else find_token(sim, text)
    if token is None or method.caller == "app":
        raise ApiError("not_allowed_token_type")
    if method.caller == "bot" and token.user != sim.workspace.bot_user_id:
        raise ApiError("not_allowed_token_type")
    return token


def _limit(sim: Simulator, name: str, method: Method) -> None:
    wait = sim.limits.take(name, method.rate, sim.clock.now()) if method.rate else None
    if wait is not None:
        raise ApiError("ratelimited", status=429, retry_after=wait)


async def _linger(sim: Simulator, fault: Fault | None) -> None:
    wait = sim.latency_ms + (fault.delay_ms if fault else 0)
    if wait:
        await asyncio.sleep(wait / 1000)


def _spoil(
    fault: Fault, status: int, headers: dict[str, str], body: Json
) -> tuple[int, dict[str, str], Json]:
    """The answer a test ordered. A fault that only delays leaves the answer as it is."""
    if fault.retry_after is not None:
        return 429, {"Retry-After": str(fault.retry_after)}, {"ok": False, "error": "ratelimited"}
    if fault.error is not None:
        return fault.status or 200, {}, {"ok": False, "error": fault.error}
    if fault.status is not None:
        return fault.status, {}, {"ok": False, "error": "internal_error"}
    return status, headers, body


async def _read(request: web.Request) -> tuple[Json, str]:
    """The arguments of the query, and of a form or a JSON body; the token apart from them."""
    args: Json = dict(request.query)
    if request.method == "POST" and request.can_read_body:
        args |= await _body(request)
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    in_args = args.pop("token", None)
    if scheme.lower() == "basic":
        return args | _client(token), ""
    if scheme.lower() == "bearer" and token:
        return args, token.strip()
    return args, in_args if isinstance(in_args, str) else ""


def _client(encoded: str) -> Json:
    """The app's id and secret, where it is the app that calls and not its bot (RFC 6749, 2.3.1)."""
    try:
        client_id, _, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except ValueError:
        return {}
    return {"client_id": unquote_plus(client_id), "client_secret": unquote_plus(secret)}


async def _body(request: web.Request) -> Json:
    if request.content_type == "application/json":
        return _json_object(await request.read())
    if request.content_type == "multipart/form-data":
        return await _multipart(request)
    if request.content_type in ("application/x-www-form-urlencoded", "application/octet-stream"):
        try:
            return {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
        except (ValueError, LookupError):
            raise ApiError("invalid_form_data") from None
    raise ApiError("invalid_post_type")


async def _multipart(request: web.Request) -> Json:
    args: Json = {}
    try:
        async for part in await request.multipart():
            if isinstance(part, BodyPartReader) and part.name and part.filename is None:
                args[part.name] = (await part.read()).decode("utf-8", "replace")[:FIELD_LIMIT]
    except (ValueError, HttpProcessingError):
        raise ApiError("invalid_form_data") from None
    return args


def _json_object(raw: bytes) -> Json:
    try:
        value: Any = parse_json(raw)
    except ValueError:
        raise ApiError("invalid_json") from None
    if not isinstance(value, dict):
        raise ApiError("json_not_object")
    return value
