"""`python -m simulator`: starts the offline workspace and says where it is."""

import argparse
import asyncio
import logging
import sys
from pathlib import Path
from urllib.parse import urlsplit

from simulator.errors import BadManifest, BadStateFile
from simulator.running import Options, serve


def main() -> int:
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        asyncio.run(serve(_options(), _announce))
    except (BadManifest, BadStateFile, OSError) as error:
        print(f"simulator: {error}", file=sys.stderr)
        return 1
    return 0


def _options() -> Options:
    given = vars(_parser().parse_args())
    given["redirect_urls"] = tuple(given["redirect_urls"] or ())
    given["install_url"] = given["install_url"] or ""
    return Options(**given)


def _announce(line: str) -> None:
    print(line, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m simulator", description="The offline workspace: a Slack look-alike on loopback."
    )
    parser.add_argument("--port", type=_port, required=True, help="0 takes any free one")
    parser.add_argument(
        "--manifest", type=Path, default=Path("manifest.json"), help="the app's manifest (JSON)"
    )
    parser.add_argument("--request-url", type=_url, help="reach the app by HTTP here, not by Socket Mode")
    parser.add_argument(
        "--latency", dest="latency_ms", type=_latency, default=0, help="milliseconds a Web API call takes"
    )
    parser.add_argument("--state", type=Path, help="keep the workspace in this file")
    parser.add_argument(
        "--not-installed", action="store_true", help="the app is yet to be installed, by OAuth"
    )
    parser.add_argument(
        "--redirect-url",
        dest="redirect_urls",
        type=_url,
        action="append",
        help="where OAuth may lead back to, besides the manifest's; can be given more than once",
    )
    parser.add_argument(
        "--run",
        metavar="COMMAND",
        help="start the app too, in the manifest's folder, with its tokens in the environment",
    )
    parser.add_argument("--install-url", type=_url, help="the app's install page, for a link to it")
    return parser


def _port(text: str) -> int:
    return _between(text, 0, 65_535)


def _latency(text: str) -> int:
    return _between(text, 0, 60_000)


def _between(text: str, least: int, most: int) -> int:
    if not text.isdigit() or not least <= int(text) <= most:
        raise argparse.ArgumentTypeError(f"a whole number from {least} to {most}, not {text!r}")
    return int(text)


def _url(text: str) -> str:
    if urlsplit(text).scheme not in ("http", "https") or not urlsplit(text).netloc:
        raise argparse.ArgumentTypeError(f"an http:// or https:// address, not {text!r}")
    return text


if __name__ == "__main__":
    sys.exit(main())
