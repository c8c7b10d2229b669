"""Everything that can be set, read from the environment once, at start. Nothing else reads the environment."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

SLACK_API_URL = "https://slack.com/api/"
OAUTH_PORT = 3000
RUNS_KEPT_DAYS = 90
MAX_RUNNING_JOBS = 10
MOST_RUNNING_JOBS = 1000  # as many as an account of AWS may have by default, all functions together
LOOPBACK = {"127.0.0.1", "localhost", "::1"}

WHERE = {
    "SLACK_BOT_TOKEN": "api.slack.com/apps → your app → OAuth & Permissions → Bot User OAuth Token (xoxb-…)",
    "SLACK_APP_TOKEN": "api.slack.com/apps → your app → Basic Information → App-Level Tokens, with the scope"
    " connections:write (xapp-…)",
    "SLACK_CLIENT_ID": "api.slack.com/apps → your app → Basic Information → App Credentials",
    "SLACK_CLIENT_SECRET": "api.slack.com/apps → your app → Basic Information → App Credentials",
}
WITHOUT_SUFFIX = {"", "production", "offline"}  # stages; the last is the one of `make run-lambda`
ENDPOINT = "AWS_ENDPOINT_URL"
PREFIXES = {"SLACK_BOT_TOKEN": "xoxb-", "SLACK_APP_TOKEN": "xapp-"}
CLIENT_CREDENTIALS = ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET")

# What jobs may reach on AWS: names or ARNs, each with `label=` before it if people should see another name.
# ops/allow_lists.js reads the same, for the role. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html and
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
ALLOW_LISTS = {
    "INVOKE_FUNCTIONS": (
        r"(arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:)?[A-Za-z0-9_-]{1,64}(:[A-Za-z0-9_-]{1,128})?",
        "names or ARNs of Lambda functions",
    ),
    "REPORT_LOG_GROUPS": (r"[A-Za-z0-9_/.#-]{1,512}", "names of CloudWatch log groups"),
}

LONGEST_LISTED = 150  # characters of a menu's value

# Any of these says which AWS account an app on one's own machine may use.
NAMES_AWS = (
    "AWS_PROFILE",
    "AWS_ACCESS_KEY_ID",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
)

# What Slack answers when it means the token. Anything else it says at start is its own trouble, and passes.
TOKEN_REFUSED = {
    "invalid_auth",
    "not_authed",
    "account_inactive",
    "token_revoked",
    "token_expired",
    "not_allowed_token_type",
}


class BadSettings(Exception):
    """A setting is missing or malformed. The message names each one and says where to get it, never its value."""


class SlackInTrouble(Exception):
    """Slack did not answer as it should at start. Nothing is said about our settings."""


def refused(name: str, code: str) -> BadSettings | SlackInTrouble:
    """What to raise for Slack's answer to the first call with a token."""
    if code in TOKEN_REFUSED:
        return BadSettings(f"{name}: Slack refuses it ({code}). Get it at {WHERE[name]}.")
    return SlackInTrouble(
        f"Slack is in trouble: it answered {code} when asked about {name}. Try again in a while; status.slack.com"
        " says how it is."
    )


class Secrets(dict[str, str]):
    """What `make secrets` sealed, or on one's own machine the environment: names of the team's own are among it.

    It never shows its values by itself. Raises KeyError, with where to set it, for a name that is not set.
    `told` are the values that somebody has asked for: not all of an environment is secret.
    """

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        super().__init__(values or {})
        self.told: set[str] = set()

    def __getitem__(self, name: str) -> str:
        value = super().__getitem__(name)
        self.told.add(value)
        return value

    def get(self, name: str, default: Any = None) -> Any:
        return self[name] if name in self else default  # noqa: SIM401

    def values(self) -> Any:
        self.told.update(super().values())
        return super().values()

    def items(self) -> Any:
        self.told.update(super().values())
        return super().items()

    def __missing__(self, name: str) -> str:
        raise KeyError(f"{name} is not set: put it into .env, or into .env.<stage> and make secrets")

    def __repr__(self) -> str:
        return f"Secrets({', '.join(sorted(self))})"

    __str__ = __repr__


@dataclass(frozen=True)
class Settings:
    """`data_dir` holds what the app keeps on one's own machine; `slack_api_url` ends in a slash.

    With a bot token it is an app of one workspace, with client credentials one of many.
    """

    bot_token: str = field(default="", repr=False)
    app_token: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    bot_id: str = ""  # these three stand beside the token, so that nobody has to ask Slack
    bot_user_id: str = ""
    team_id: str = ""
    slack_api_url: str = SLACK_API_URL
    data_dir: Path = Path(".errand")
    table_name: str = ""
    failure_queue_url: str = ""
    stage: str = ""  # of the deployment
    kms_key_id: str = ""  # tokens are sealed under it
    kms_read_key_ids: tuple[str, ...] = ()  # keys besides, that what was sealed earlier may be under
    redirect_uri: str = ""  # of several where Slack may lead a browser back to
    oauth_port: int = OAUTH_PORT  # of the OAuth pages on one's own machine
    allowed_team_ids: frozenset[str] = frozenset()  # of teams or enterprises; none: any
    runs_kept_days: int = RUNS_KEPT_DAYS  # after they have ended
    max_running_jobs: int = MAX_RUNNING_JOBS  # at once, in one workspace; the others wait in line
    secrets: Mapping[str, str] = field(default_factory=Secrets, repr=False)
    has_aws: bool = False  # whether jobs on one's own machine may use it

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Settings:
        """Of an app on one's own machine. Raises BadSettings with all that is wrong at once. Empty is unset."""
        given = _given(environ)
        _raise_all([*_missing(given, (*_needed_for_slack(given), "SLACK_APP_TOKEN")), *_malformed(given)])
        return cls._of(given, Secrets(given))

    @classmethod
    def on_lambda(cls, environ: Mapping[str, str], secrets: Mapping[str, str]) -> Settings:
        """Raises BadSettings. What is plain in the environment wins over what is sealed."""
        sealed = Secrets(_given(secrets))
        given = {**sealed, **_given(environ)}
        needed = _needed_for_slack(given)
        names = (*needed, "SLACK_SIGNING_SECRET", "TABLE_NAME")
        if needed == CLIENT_CREDENTIALS:
            names = (*names, "KMS_KEY_ID")
        own = given.get("AWS_LAMBDA_FUNCTION_NAME", "")
        _raise_all([*_missing(given, names), *_malformed(given), *_would_invoke_itself(given, own)])
        # An allow-list counts as deployed: the role has what stood in the environment then.
        plain = {name: given[name] for name in ALLOW_LISTS if name in _given(environ)}
        for_jobs = {name: value for name, value in sealed.items() if name not in ALLOW_LISTS} | plain
        return cls._of(given, Secrets(for_jobs))

    @classmethod
    def _of(cls, given: Mapping[str, str], secrets: Secrets) -> Settings:
        return cls(
            bot_token=given.get("SLACK_BOT_TOKEN", ""),
            app_token=given.get("SLACK_APP_TOKEN", ""),
            signing_secret=given.get("SLACK_SIGNING_SECRET", ""),
            client_id=given.get("SLACK_CLIENT_ID", ""),
            client_secret=given.get("SLACK_CLIENT_SECRET", ""),
            bot_id=given.get("SLACK_BOT_ID", ""),
            bot_user_id=given.get("SLACK_BOT_USER_ID", ""),
            team_id=given.get("SLACK_TEAM_ID", ""),
            slack_api_url=given.get("SLACK_API_URL", SLACK_API_URL).rstrip("/") + "/",
            data_dir=Path(given.get("DATA_DIR", ".errand")),
            table_name=given.get("TABLE_NAME", ""),
            failure_queue_url=given.get("FAILURE_QUEUE_URL", ""),
            stage=given.get("STAGE", ""),
            kms_key_id=given.get("KMS_KEY_ID", ""),
            kms_read_key_ids=tuple(_listed(given, "KMS_READ_KEY_IDS")),
            redirect_uri=given.get("SLACK_REDIRECT_URI", ""),
            oauth_port=int(given.get("OAUTH_PORT", OAUTH_PORT)),
            allowed_team_ids=frozenset(_listed(given, "ALLOWED_TEAM_IDS")),
            runs_kept_days=int(given.get("RUNS_KEPT_DAYS", RUNS_KEPT_DAYS)),
            max_running_jobs=int(given.get("MAX_RUNNING_JOBS", MAX_RUNNING_JOBS)),
            secrets=secrets,
            has_aws=any(name in given for name in NAMES_AWS),
        )

    @property
    def is_for_many(self) -> bool:
        """Workspaces, that is: each with an installation of its own."""
        return bool(self.client_id)

    def hidden(self) -> Iterator[str]:
        """What no log may show."""
        yield from filter(None, (self.bot_token, self.app_token, self.signing_secret, self.client_secret))
        yield from tuple(getattr(self.secrets, "told", ()))

    @property
    def command_suffix(self) -> str:
        """What the stage's manifest has behind each slash command, so that one workspace can have two stages."""
        return "" if self.stage in WITHOUT_SUFFIX else f"-{self.stage}"


@dataclass(frozen=True)
class AwsSettings:
    """What Lambda tells a function of where it runs and as whom. Emulators and tests set the endpoints too."""

    region: str
    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str = field(default="", repr=False)
    endpoints: Mapping[str, str] = field(default_factory=dict)  # by service, "" for all others
    ca_bundle: str | None = None
    secrets_ciphertext: str = field(default="", repr=False)

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> AwsSettings:
        """Raises BadSettings."""
        given = _given(environ)
        _raise_all(_missing(given, ("AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")))
        return cls(
            region=given["AWS_REGION"],
            access_key_id=given["AWS_ACCESS_KEY_ID"],
            secret_access_key=given["AWS_SECRET_ACCESS_KEY"],
            session_token=given.get("AWS_SESSION_TOKEN", ""),
            endpoints={
                name.removeprefix(ENDPOINT).removeprefix("_").lower(): url
                for name, url in given.items()
                if name.startswith(ENDPOINT)
            },
            ca_bundle=given.get("AWS_CA_BUNDLE"),
            secrets_ciphertext=given.get("SLACK_SECRETS_CIPHERTEXT", ""),
        )

    def endpoint(self, service: str) -> str:
        return self.own_endpoint(service) or f"https://{service}.{self.region}.{_domain(self.region)}"

    def own_endpoint(self, service: str) -> str | None:
        """One that was set, in place of AWS's."""
        return self.endpoints.get(service) or self.endpoints.get("")


def _domain(region: str) -> str:
    return "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"


def _given(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: value.strip() for name, value in environ.items() if value.strip()}


def _raise_all(problems: Iterable[str]) -> None:
    if text := "\n".join(problems):
        raise BadSettings(text)


def _listed(given: Mapping[str, str], name: str) -> list[str]:
    return [each.strip() for each in given.get(name, "").split(",") if each.strip()]


def _needed_for_slack(given: Mapping[str, str]) -> tuple[str, ...]:
    is_for_many = any(name in given for name in CLIENT_CREDENTIALS)
    return CLIENT_CREDENTIALS if is_for_many and "SLACK_BOT_TOKEN" not in given else ("SLACK_BOT_TOKEN",)


def _missing(given: Mapping[str, str], names: Iterable[str]) -> Iterator[str]:
    for name in names:
        if name not in given:
            yield f"{name} is not set.{_where(name)}{_or_instead(name)}"


def _malformed(given: Mapping[str, str]) -> Iterator[str]:
    for name, prefix in PREFIXES.items():
        value = given.get(name, prefix)
        if not value.startswith(prefix) or not value.isascii() or " " in value:
            yield f"{name} should begin with {prefix} and have no spaces.{_where(name)}"
    for name in CLIENT_CREDENTIALS:
        if name in given and "SLACK_BOT_TOKEN" in given:
            yield f"{name} is for many workspaces, SLACK_BOT_TOKEN for one: drop {name} to run in one workspace."
    teams = _listed(given, "ALLOWED_TEAM_IDS")
    if "ALLOWED_TEAM_IDS" in given and not (teams and all(map(_is_team_or_enterprise, teams))):
        yield "ALLOWED_TEAM_IDS should be ids of teams (T…) or enterprises (E…) with commas between them."
    for name, (pattern, what) in ALLOW_LISTS.items():
        for each in _listed(given, name):
            if len(each.rpartition("=")[2].strip()) > LONGEST_LISTED:
                yield f"{name}: {each!r} has more than {LONGEST_LISTED} characters, which is too long for a menu."
            elif not re.fullmatch(rf"([^=]+=\s*)?{pattern}", each):
                yield f"{name} should be {what} with commas between them, as name or label=name: {each!r} is neither."
    port = given.get("OAUTH_PORT", str(OAUTH_PORT))
    if not (port.isascii() and port.isdigit() and int(port) < 65_536):
        yield "OAUTH_PORT should be a port of this machine, a whole number up to 65535."
    days = given.get("RUNS_KEPT_DAYS", str(RUNS_KEPT_DAYS))
    if not (days.isascii() and days.isdigit() and 1 <= int(days) <= 3650):
        yield "RUNS_KEPT_DAYS should be a number of days, from 1 to 3650."
    most = given.get("MAX_RUNNING_JOBS", str(MAX_RUNNING_JOBS))
    if not (most.isascii() and most.isdigit() and 1 <= int(most) <= MOST_RUNNING_JOBS):
        yield f"MAX_RUNNING_JOBS should be a number of jobs, a whole number from 1 to {MOST_RUNNING_JOBS}."
    if "SLACK_REDIRECT_URI" in given and not _is_redirect_uri(given["SLACK_REDIRECT_URI"]):
        yield "SLACK_REDIRECT_URI should be https://…/slack/oauth_redirect (http:// only on this machine)."
    if "SLACK_API_URL" in given and not _is_api_url(given["SLACK_API_URL"]):
        yield f"SLACK_API_URL should be https://…, as {SLACK_API_URL} is (http:// only on this machine)."


def _would_invoke_itself(given: Mapping[str, str], own: str) -> Iterator[str]:
    """A payload of somebody's own would be taken for one of ours."""
    if own and own in map(_function_name, _listed(given, "INVOKE_FUNCTIONS")):
        yield f"INVOKE_FUNCTIONS names {own}, which is this very function: take it out."


def _function_name(listed: str) -> str:
    parts = listed.rpartition("=")[2].strip().split(":")
    return parts[6] if len(parts) > 6 else parts[0]


def _where(name: str) -> str:
    return f" Get it at {WHERE[name]}." if name in WHERE else ""


def _or_instead(name: str) -> str:
    if name != "SLACK_BOT_TOKEN":
        return ""
    return " For many workspaces, set SLACK_CLIENT_ID and SLACK_CLIENT_SECRET in its place."


def _is_team_or_enterprise(text: str) -> bool:
    return text[0] in "TE" and text.isascii() and text.isalnum()


def _is_redirect_uri(text: str) -> bool:
    if not _is_api_url(text):
        return False
    url = urlsplit(text)
    has_more = "@" in url.netloc or url.query or url.fragment
    return not has_more and url.path.endswith("/slack/oauth_redirect")


def _is_api_url(text: str) -> bool:
    try:
        url = urlsplit(text)
    except ValueError:
        return False
    is_local = url.scheme == "http" and url.hostname in LOOPBACK
    return bool(url.hostname) and (url.scheme == "https" or is_local)
