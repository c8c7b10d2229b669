"""`make reencrypt STAGE=… ARGS="--to KEY"`: every token, of bots, people and history, sealed anew under another key.

The app may go on meanwhile: a row that changed since it was read is read again. What is under the key already is passed
over, so after a Ctrl-C or a failure the same command goes on where it stopped. KEY is a KMS key's id, ARN or alias;
without a stage it is about this machine's own installations, and KEY is a file, made if there is none.
"""

import os
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from aws.kms_key import KmsKey
from oauth.key_file import KeyFile
from oauth.keys import CipherError, KeyUnreachable
from ops.console import complain, say, say_rows
from ops.installation_rows import Row
from ops.installation_sources import Broken
from ops.kept import (
    SECONDS_FOR_KMS,
    Here,
    Kept,
    Keyring,
    aws_settings,
    is_local,
    kept_here,
    kept_on,
    kept_parser,
    key_ids_of,
)
from ops.key import deployed_key_ids
from ops.progress import Progress
from ops.stage import Stop, Target, run, target_of

ATTEMPTS = 10  # a row changes when its token rotates or somebody installs: hardly twice in a second
PAUSES = (0.5, 1.0, 2.0, 4.0)  # seconds, while the key's service has too much to do
MOST_NAMED = 20

STOPPED = "\nStopped. What is sealed anew stays so; the same command goes on from here."


class Outcome(StrEnum):
    RESEALED = "Sealed anew"
    ALREADY = "Under it already"
    GONE = "Deleted meanwhile"


@dataclass
class Tally:
    counts: Counter[Outcome] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)  # whose rows

    def rows(self) -> dict[str, str]:
        return {**{each: f"{self.counts[each]:,}" for each in Outcome}, "Failed": f"{len(self.failed):,}"}


@dataclass(frozen=True)
class Resealing:
    """`key_id` is what texts sealed by `kept` will name."""

    kept: Kept
    key_id: str
    dry_run: bool = False
    sleep: Callable[[float], None] = time.sleep

    def run(self, total: int) -> Tally:
        tally = Tally()
        with Progress("Looking at" if self.dry_run else "Sealing anew", total) as bar:
            for row in self.kept.rows.read():
                self._count(row, tally, bar)
                bar.step(str(row) if isinstance(row, Row) else "")
        return tally

    def _count(self, row: Row | Broken, tally: Tally, bar: Progress) -> None:
        try:
            if isinstance(row, Broken):
                raise Stop(f"it {row.why}")
            tally.counts[self._reseal(row)] += 1
        except (CipherError, Stop) as error:
            name = row.where if isinstance(row, Broken) else str(row)
            tally.failed.append(name)
            if len(tally.failed) <= MOST_NAMED:
                bar.say(f"  {name}: {error}")

    def _reseal(self, row: Row) -> Outcome:
        """Raises CipherError for what cannot be opened, Stop for a row that does not keep still."""
        found: Row | None = row
        for _ in range(ATTEMPTS):
            if found is None:
                return Outcome.GONE
            if set(found.keys.values()) <= {self.key_id}:
                return Outcome.ALREADY
            if self._is_replaced(found):
                return Outcome.RESEALED
            found = self.kept.rows.reread(found)
        raise Stop("it changes faster than it can be sealed")

    def _is_replaced(self, row: Row) -> bool:
        for pause in (*PAUSES, None):
            try:
                opened = self.kept.open(row.record)
                return self.dry_run or self.kept.rows.replace(row, self.kept.seal(opened))
            except KeyUnreachable:
                if pause is None:
                    raise
                self.sleep(pause)
        raise AssertionError


def resealing_on(target: Target, to: str, also: Sequence[str], *, dry_run: bool) -> Resealing:
    """Raises Stop or CipherError unless the key is there and may be used."""
    key = KmsKey(
        aws_settings(target),
        arn_of(target, to),
        read_key_ids=[*key_ids_of(target), *also],
        seconds=SECONDS_FOR_KMS,
    )
    key_id = key.generate_data_key({"group": "check"}).key_id
    if not dry_run:
        check_deployed(target, key_id)
    return Resealing(kept_on(target).under(key), key_id, dry_run)


def check_deployed(target: Target, key_id: str) -> None:
    """Raises Stop while the running app could not open what is sealed under it, or goes on sealing under another."""
    deployed = deployed_key_ids(target)
    if deployed and deployed[0] != key_id:
        raise Stop(
            f"The deployed app seals under {deployed[0]}. First let it seal under the new key and open both:\n"
            f"  KMS_KEY_ID={key_id} KMS_READ_KEY_IDS={deployed[0]} make deploy STAGE={target.stage.name}"
        )


def arn_of(target: Target, key: str) -> str:
    """So that an alias that is moved meanwhile changes nothing."""
    try:
        found = target.client("kms").describe_key(KeyId=key)["KeyMetadata"]
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in ("NotFoundException", "InvalidArnException", "ValidationException"):
            raise Stop(f"There is no KMS key {key} in this account and region.") from None
        raise
    if not found["Enabled"]:
        raise Stop(f"The KMS key {found['Arn']} is not enabled: it is {found['KeyState']}.")
    return str(found["Arn"])


def resealing_here(here: Here, to: Path, also: Sequence[Path], *, dry_run: bool) -> Resealing:
    reading = [KeyFile(path) for path in (here.key_file, *also) if path.exists()]
    if dry_run and not to.exists():
        return Resealing(kept_here().under(Keyring(KeyFile(here.key_file), reading)), "", dry_run=True)
    key = KeyFile(to)
    return Resealing(kept_here().under(Keyring(key, reading)), key.key_id, dry_run)


def check_places(here: Here, to: Path, also: Sequence[Path]) -> None:
    """`to` is moved to the key's own place at the end, in one step. Raises Stop."""
    if to.resolve() == here.key_file.resolve():
        raise Stop(f"{to} is the key in use. Name a new file, such as {here.key_file}.new.")
    if to.is_dir() or not to.parent.is_dir():
        what = "is a folder" if to.is_dir() else "would lie in a folder that is not there"
        raise Stop(f"{to} {what}. Name a new file, such as {here.key_file}.new.")
    if to.parent.stat().st_dev != here.data_dir.stat().st_dev:
        raise Stop(
            f"{to} is on another disk than {here.data_dir}/. Name one there, such as {here.key_file}.new."
        )
    for path in also:
        if not path.is_file():
            raise Stop(f"There is no key file {path}.")


def take_into_use(here: Here, to: Path) -> None:
    """The old one is kept beside: a backup of the database may be sealed under it."""
    rows = {"Key in use": f"{here.key_file}, which was {to}"}
    if here.key_file.exists():
        old = here.key_file.with_name(f"key.{KeyFile(here.key_file).key_id.partition(':')[2]}")
        if not old.exists():
            os.link(here.key_file, old)
        rows["The old one"] = f"{old}: delete it once no backup needs it"
    os.replace(to, here.key_file)
    say_rows(rows)
    say()


def carry_out(resealing: Resealing) -> None:
    """Raises Stop if anything failed."""
    say(f"  {'What it would do with' if resealing.dry_run else 'In'} {resealing.kept.rows.name}\n")
    total = sum(1 for _ in resealing.kept.rows.read())
    try:
        tally = resealing.run(total)
    except (KeyboardInterrupt, BotoCoreError, ClientError):
        complain(STOPPED)
        raise
    say_rows({"Key": resealing.key_id or "a new file", **tally.rows()})
    say()
    if tally.failed:
        more = f" and {len(tally.failed) - MOST_NAMED:,} more" if len(tally.failed) > MOST_NAMED else ""
        raise Stop(
            f"Not all of them: {'; '.join(tally.failed[:MOST_NAMED])}{more}. Mend it, or open with one more key,"
            " --also KEY; then the same command again."
        )


def main(arguments: Sequence[str] | None = None) -> None:
    parser = kept_parser("ops reencrypt", __doc__)
    parser.add_argument("--to", required=True, metavar="KEY", help="the key to seal under")
    parser.add_argument("--also", action="append", default=[], metavar="KEY", help="another key to open with")
    parser.add_argument(
        "--dry-run", action="store_true", help="open everything and count, but change nothing"
    )
    options = parser.parse_args(arguments)
    if not is_local(options):
        target = target_of(options)
        carry_out(resealing_on(target, options.to, options.also, dry_run=options.dry_run))
        if not options.dry_run:
            say("  Nothing is left under another key: from now on, deploy without KMS_READ_KEY_IDS.\n")
        return
    here, to = Here.find(), Path(options.to).expanduser()
    also = [Path(each).expanduser() for each in options.also]
    with here.sole_use():
        check_places(here, to, also)
        carry_out(resealing_here(here, to, also, dry_run=options.dry_run))
        if not options.dry_run:
            take_into_use(here, to)


if __name__ == "__main__":
    run(main)
