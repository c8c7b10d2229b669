"""`make import STAGE=… ARGS="--from …"`: takes over installations of slack_sdk's own stores, sealed on their way.

It says what it would do; with `--write` it does it. What is here and newer stays; a broken record is named and passed
over; what was written once is not written again, so the same command goes on after a Ctrl-C. History is left behind.
"""

import argparse
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from slack_sdk.oauth.installation_store import Bot

from aws.kms_key import KmsKey
from oauth.cipher import is_sealed
from oauth.encrypted_store import stored_tokens
from oauth.key_file import KeyFile
from oauth.keys import CipherError, ForeignKey, Key, KeyFileUnusable
from ops.console import complain, say, say_rows
from ops.installation_rows import Record
from ops.installation_sources import HOW, Broken, Found, Source, SQLiteSource, source_of
from ops.kept import (
    SECONDS_FOR_KMS,
    Here,
    Kept,
    Keyring,
    aws_settings,
    is_local,
    kept_of,
    kept_parser,
)
from ops.progress import Progress
from ops.stage import Stop, run, target_of

ATTEMPTS = 10
MOST_NAMED = 20

STOPPED = "\nStopped. What was written stays; the same command goes on from here."


class Outcome(StrEnum):
    NEW = "New"
    NEWER = "Newer than what is here"
    HERE = "Here already, or something newer"


Place = tuple[str, str, str | None]  # enterprise, team, user; None is the bot's


def place_of(record: Record) -> Place:
    user = None if isinstance(record, Bot) else record.user_id
    return record.enterprise_id or "", record.team_id or "", user


def age(record: Record) -> tuple[float, float]:
    """What is greater is newer. Rotation leaves `installed_at` as it is and moves the token's end."""
    ends = [record.bot_token_expires_at or 0, getattr(record, "user_token_expires_at", None) or 0]
    return int(record.installed_at), max(ends)  # SQLite keeps whole seconds


@dataclass
class Read:
    """The newest of each, and what was passed over."""

    newest: dict[Place, Found] = field(default_factory=dict)
    broken: int = 0
    of_others: Counter[str] = field(default_factory=Counter)  # by client id
    unnamed: int = 0  # which do not say what client id they are of


def read_source(source: Source, client_id: str, bar: Progress) -> Read:
    read = Read()
    for each in source.read():
        bar.step()
        if each.client_id and each.client_id != client_id:
            read.of_others[each.client_id] += 1
        elif isinstance(each, Broken):
            read.broken += 1
            bar.say(f"  Passed over: {each.where} {each.why}.")
        else:
            read.unnamed += not each.client_id
            key = place_of(each.record)
            if key not in read.newest or age(read.newest[key].record) < age(each.record):
                read.newest[key] = each
    return read


class Failure(NamedTuple):
    where: str
    why: CipherError | Stop


@dataclass(frozen=True)
class Taking:
    """From `source`, opened as `opening` does, into `kept`."""

    kept: Kept
    opening: Kept
    write: bool

    def run(self, found: Sequence[Found]) -> tuple[Counter[Outcome], list[Failure]]:
        counts: Counter[Outcome] = Counter()
        failed = []
        with Progress("Writing" if self.write else "Comparing", len(found)) as bar:
            for each in found:
                try:
                    counts[self._take(each.record)] += 1
                except (CipherError, Stop) as error:
                    failed.append(Failure(each.where, error))
                bar.step(each.where)
        return counts, failed

    def _take(self, record: Record) -> Outcome:
        """Raises CipherError for what cannot be opened, Stop for a place that does not keep still."""
        opened = self.opening.open(record)
        for _ in range(ATTEMPTS):
            here = self.kept.rows.find(opened)
            if here and age(here.record) >= age(opened):
                return Outcome.HERE
            if not self.write or self.kept.rows.put(self.kept.seal(opened), over=here):
                return Outcome.NEWER if here else Outcome.NEW
        raise Stop("it changes faster than it can be written")


def source_key(options: argparse.Namespace, source: Source, kept: Kept) -> Key:
    """What opens records that were sealed by an app like this one: a file, a KMS key, or the key beside a database."""
    if options.source_key and Path(options.source_key).expanduser().is_file():
        return KeyFile(Path(options.source_key).expanduser())
    if options.source_key and not options.stage:
        raise Stop(f"There is no key file {options.source_key}. A KMS key is opened for a stage: STAGE=….")
    if options.source_key:
        return KmsKey(aws_settings(target_of(options)), options.source_key, seconds=SECONDS_FOR_KMS)
    beside = source.path.with_name("key") if isinstance(source, SQLiteSource) else None
    return Keyring(KeyFile(beside), ()) if beside and beside.is_file() else kept.key


def s3_client(options: argparse.Namespace) -> Any:
    """For this machine's installations too, to which no stage belongs."""
    session = boto3.Session(profile_name=options.profile or None)
    return session.client("s3", region_name=session.region_name or os.environ.get("AWS_REGION"))


def say_what_was_read(read: Read, client_id: str) -> None:
    for other, number in read.of_others.items():
        complain(
            f"  Passed over: {number:,} of app {other}. This one is {client_id}, and Slack ties tokens to their app."
        )
    if read.unnamed:
        complain(f"  {read.unnamed:,} do not say which app they are of: they are taken for {client_id}'s.")


def say_outcome(counts: Counter[Outcome], failed: Sequence[Failure], read: Read, *, write: bool) -> None:
    say_rows({**{str(each): f"{counts[each]:,}" for each in Outcome}, "Broken": f"{read.broken:,}"})
    say()
    if failed:
        more = [f"  … and {len(failed) - MOST_NAMED:,} more"] if len(failed) > MOST_NAMED else []
        named = [f"  {each.where}: {each.why}" for each in failed[:MOST_NAMED]]
        is_locked = any(isinstance(each.why, ForeignKey | KeyFileUnusable) for each in failed)
        hint = ["The key that the source is sealed under is named by --source-key KEY."] if is_locked else []
        raise Stop("\n".join(["Not taken over:", *named, *more, *hint]))
    if not write and (counts[Outcome.NEW] or counts[Outcome.NEWER]):
        say("  Nothing was written. To do it: the same with --write\n")


def take_over(options: argparse.Namespace) -> None:
    kept = kept_of(options)
    source = source_of(options.source, lambda: s3_client(options))
    say(f"  From {source.name}\n  Into {kept.rows.name}\n")
    with Progress("Reading", source.count()) as bar:
        read = read_source(source, kept.client_id, bar)
    say_what_was_read(read, kept.client_id)
    found = [read.newest[place] for place in sorted(read.newest, key=str)]
    is_any_sealed = any(is_sealed(each) for one in found for each in stored_tokens(one.record).values())
    opening = kept.under(source_key(options, source, kept)) if is_any_sealed else kept
    counts, failed = Taking(kept, opening, options.write).run(found)
    say_outcome(counts, failed, read, write=options.write)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = kept_parser("ops import", __doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = HOW
    parser.add_argument("--from", dest="source", required=True, metavar="SOURCE", help="see below")
    parser.add_argument("--write", action="store_true", help="do it; else it says what it would do")
    parser.add_argument("--dry-run", dest="write", action="store_false", help="only say what it would do")
    parser.add_argument(
        "--source-key", metavar="KEY", help="key file or KMS key that the source's tokens are sealed under"
    )
    options = parser.parse_args(arguments)
    try:
        if is_local(options) and options.write:
            with Here.find().sole_use():
                take_over(options)
        else:
            take_over(options)
    except (KeyboardInterrupt, BotoCoreError, ClientError):
        complain(STOPPED if options.write else "\nStopped. Nothing was written.")
        raise


if __name__ == "__main__":
    run(main)
