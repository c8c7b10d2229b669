"""`make secrets STAGE=…`: seals what .env.<stage> says under the stage's key, into a file that is safe to commit.

Without such a file it reads standard input, in the same format. Never an argument: those are seen by every process
on the machine and kept in the shell's history.
"""

import base64
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from ops.console import say, say_rows
from ops.env_file import read_env_file, read_env_text
from ops.key import key_arn
from ops.stage import Stop, Target, run, stage_parser, target_of
from settings import ALLOW_LISTS, PREFIXES, SLACK_API_URL, BadSettings, Settings

# Lambda's environment may be 4 KB in all, and the table, queue and key take a part.
MOST_CIPHERTEXT = 3_400

CLIENT_ID = "SLACK_CLIENT_ID"
# For Socket Mode, local storage and jobs on this machine; Lambda has no use for them.
HERE_ONLY = ("SLACK_APP_TOKEN", "DATA_DIR", "AWS_PROFILE", "AWS_REGION")
NO_SECRETS = (*HERE_ONLY, *ALLOW_LISTS)  # the lists are deployed in plain, and the role is made from them
DEPLOYED = {"TABLE_NAME": "-", "KMS_KEY_ID": "-"}  # what serverless.yml adds, as far as settings ask for it
BOT_IDS = ("SLACK_BOT_ID", "SLACK_BOT_USER_ID", "SLACK_TEAM_ID", "SLACK_ENTERPRISE_ID")

ABOUT = (
    "What this stage needs to know and nobody else may, sealed under {alias}. Safe to commit."
    " Made by `make secrets STAGE={stage}`."
)

NOTHING = """\
There is no {file}, and nothing came on standard input. Either
  cp .env.sample {file}     and fill in SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET, or
  … | make secrets STAGE={stage}     with lines such as SLACK_BOT_TOKEN=xoxb-…"""


def read_secrets(file: Path, stage: str, *, from_stdin: bool = False) -> dict[str, str]:
    """Names and values as written. Raises Stop if there are none, and BadEnvFile."""
    if file.exists() and not from_stdin:
        secrets = read_env_file(file)
    elif not sys.stdin.isatty():
        secrets = read_env_text(sys.stdin.read(), "Standard input")
    else:
        secrets = {}
    if not secrets:
        raise Stop(NOTHING.format(file=file, stage=stage))
    return {name: value for name, value in secrets.items() if name not in NO_SECRETS}


def read_text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeError) as error:
        raise Stop(f"{file} cannot be read: {type(error).__name__}.") from None


def check(secrets: Mapping[str, str]) -> None:
    """Raises Stop with all that is wrong at once, never with a value."""
    problems = list(find_problems(secrets))
    if problems:
        raise Stop("\n".join(problems))
    try:
        Settings.on_lambda(DEPLOYED, secrets)  # as a cold start will, which has nobody to tell
    except BadSettings as error:
        raise Stop(str(error)) from None


def find_problems(secrets: Mapping[str, str]) -> Iterator[str]:
    if "SLACK_SIGNING_SECRET" not in secrets:
        yield (
            "SLACK_SIGNING_SECRET is missing: api.slack.com/apps → your app → Basic Information → App Credentials."
        )
    is_one, is_many = "SLACK_BOT_TOKEN" in secrets, "SLACK_CLIENT_ID" in secrets
    if is_one and (is_many or "SLACK_CLIENT_SECRET" in secrets):
        yield "SLACK_BOT_TOKEN is for one workspace, SLACK_CLIENT_ID and SLACK_CLIENT_SECRET for many: drop either."
    if is_many != ("SLACK_CLIENT_SECRET" in secrets):
        yield "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET go together: one of them is missing."
    if not is_one and not is_many:
        yield "SLACK_BOT_TOKEN is missing: api.slack.com/apps → your app → OAuth & Permissions → Bot User OAuth Token."
    for name, prefix in PREFIXES.items():
        if name in secrets and not secrets[name].startswith(prefix):
            yield f"{name} should begin with {prefix}."


def with_bot_ids(secrets: Mapping[str, str]) -> dict[str, str]:
    """Asks Slack whose token it is, once, so that no request has to. Many workspaces have no one bot."""
    if "SLACK_BOT_TOKEN" not in secrets:
        return dict(secrets)
    client = WebClient(base_url=secrets.get("SLACK_API_URL", SLACK_API_URL).rstrip("/") + "/")
    try:
        answer = client.auth_test(token=secrets["SLACK_BOT_TOKEN"])
    except SlackApiError as error:
        raise Stop(f"Slack refuses SLACK_BOT_TOKEN: {error.response['error']}.") from None
    except OSError as error:
        raise Stop(f"Slack cannot be reached: {error}.") from None
    if not answer.get("bot_id"):
        raise Stop("SLACK_BOT_TOKEN is not a bot's.")
    ids = (answer["bot_id"], answer["user_id"], answer["team_id"], answer.get("enterprise_id"))
    return {**secrets, **{name: value for name, value in zip(BOT_IDS, ids, strict=True) if value}}


def seal(target: Target, secrets: Mapping[str, str]) -> str:
    plaintext = json.dumps(secrets, separators=(",", ":"), sort_keys=True).encode()
    if len(plaintext) > MOST_CIPHERTEXT * 3 // 4 - 200:  # what KMS adds
        raise Stop(
            f"That is {len(plaintext):,} bytes, too much for a Lambda function's environment (4 KB in all)."
        )
    sealed = target.client("kms").encrypt(KeyId=key_arn(target), Plaintext=plaintext)["CiphertextBlob"]
    return base64.b64encode(sealed).decode()


def unseal(target: Target) -> dict[str, str]:
    """For who may decrypt: `make invoke` signs with what the function checks."""
    sealed = base64.b64decode(read_file(target)["ciphertext"])
    opened = target.client("kms").decrypt(KeyId=key_arn(target), CiphertextBlob=sealed)["Plaintext"]
    return dict(json.loads(opened))


def read_file(target: Target) -> dict[str, Any]:
    if not target.secrets_file.exists():
        stage = target.stage.name
        raise Stop(f"There is no {target.secrets_file} yet. Make it: make secrets STAGE={stage}")
    contents = parsed(read_text(target.secrets_file))
    if not (isinstance(contents.get("names"), list) and contents.get("ciphertext")):
        raise Stop(
            f"{target.secrets_file} is damaged. Take it from the repository, or: make secrets STAGE={target.stage.name}"
        )
    return contents


def parsed(text: str) -> dict[str, Any]:
    """Empty if it is no JSON object."""
    try:
        contents = json.loads(text)
    except ValueError:
        return {}
    return contents if isinstance(contents, dict) else {}


def is_for_many(target: Target) -> bool:
    """Workspaces: it was given client credentials in place of a bot token."""
    return target.secrets_file.exists() and CLIENT_ID in read_file(target)["names"]


def client_id_of(target: Target) -> str:
    """Of the stage's app. It is no secret, so it stands in the file; who has an older file must be able to open it."""
    if not is_for_many(target):
        stage = target.stage.name
        raise Stop(
            f"Stage {stage} is for one workspace, by its bot token: nothing is installed into others. For many, put"
            f" SLACK_CLIENT_ID and SLACK_CLIENT_SECRET in the token's place: make secrets STAGE={stage}"
        )
    return str(read_file(target).get("client_id") or unseal(target)[CLIENT_ID])


def write_file(target: Target, secrets: Mapping[str, str], ciphertext: str) -> None:
    """With the names, so that a reviewer sees what is in it, and the client id, which every install link shows."""
    stage = target.stage
    contents = {
        "about": ABOUT.format(alias=stage.key_alias, stage=stage.name),
        "names": sorted(secrets),
        **({"client_id": secrets[CLIENT_ID]} if CLIENT_ID in secrets else {}),
        "ciphertext": ciphertext,
    }
    target.secrets_file.parent.mkdir(parents=True, exist_ok=True)
    target.secrets_file.write_text(f"{json.dumps(contents, indent=2)}\n", "utf-8")


def make_secrets(target: Target, secrets: Mapping[str, str]) -> dict[str, str]:
    """What went in, with the bot's ids."""
    check(secrets)
    whole = with_bot_ids(secrets)
    write_file(target, whole, seal(target, whole))
    return whole


def main(arguments: Sequence[str] | None = None) -> None:
    parser = stage_parser("ops.secrets", __doc__)
    parser.add_argument("--stdin", action="store_true", help="read standard input though there is a file")
    options = parser.parse_args(arguments)
    target = target_of(options)
    stage = target.stage.name
    key_arn(target)  # before anyone pastes secrets for nothing
    sealed = make_secrets(target, read_secrets(target.env_file, stage, from_stdin=options.stdin))
    rows = {"Sealed": ", ".join(sorted(sealed)), "Into": f"{target.secrets_file}, safe to commit"}
    if "SLACK_TEAM_ID" in sealed:
        rows["For"] = f"workspace {sealed['SLACK_TEAM_ID']}, bot {sealed['SLACK_BOT_USER_ID']}"
    if CLIENT_ID in sealed:
        rows["For"] = f"any workspace that installs app {sealed[CLIENT_ID]}"
    say_rows(rows)
    say(f"\n  Next: make deploy STAGE={stage}\n")


if __name__ == "__main__":
    run(main)
