"""The frame of every page, and the headers that go with it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import NewType
from urllib.parse import quote

Html = NewType("Html", str)

STYLE = Path(__file__).with_name("style.css").read_text("utf-8")
TILE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
    '<rect width="32" height="32" rx="8" fill="#1f3a5f"/>'
    '<path d="M10.5 25V8M10.5 8.3l13 4.2-13 4.2" fill="none" stroke="#ffd58a" stroke-width="2.2"'
    ' stroke-linecap="round" stroke-linejoin="round"/></svg>'
)

# The whole page is in these bytes, so that nothing else need be allowed: no script, no frame, no form, no request.
POLICY = "; ".join(
    [
        "default-src 'none'",
        f"style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": POLICY,
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",  # the address has the state in it, and for a moment the code
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "x-robots-tag": "noindex",
}
ONLY_BY_HTTPS = {"strict-transport-security": "max-age=31536000"}


def headers(*, is_https: bool) -> dict[str, Sequence[str]]:
    """As BoltResponse holds them."""
    return {name: [value] for name, value in (HEADERS | (ONLY_BY_HTTPS if is_https else {})).items()}


def text(value: str) -> Html:
    return Html(escape(value))


def page(title: str, body: str) -> str:
    """`body` is HTML. `title` is text."""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<title>{text(title)}</title>
<link rel="icon" href="data:image/svg+xml,{quote(TILE)}">
<style>{STYLE}</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""
