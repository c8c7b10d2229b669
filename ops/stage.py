"""A stage, what belongs to it on AWS, and how the commands that work on one are started."""

import argparse
import os
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    NoCredentialsError,
    PartialCredentialsError,
)

from oauth.keys import CipherError
from ops.console import complain
from ops.env_file import BadEnvFile, read_env_file
from ops.osls import CannotPackage
from ops.python_3_13 import NoPython313
from settings import ALLOW_LISTS, WITHOUT_SUFFIX

SECRETS = Path("infra/secrets")
NAME = re.compile(r"[a-z][a-z0-9-]{0,19}")

NO_CREDENTIALS = """\
There are no AWS credentials here. Log in, then say which profile to use:
  aws configure sso      once
  aws sso login --profile NAME
  make … PROFILE=NAME"""

EXPIRED = ("ExpiredToken", "ExpiredTokenException", "RequestExpired")

NO_REGION = """\
No AWS region is chosen. Put one into the profile, or set it for this command:
  AWS_REGION=eu-central-1 make …"""


UNREACHABLE = """\
Look at the network and its proxy, at the region, and at AWS_ENDPOINT_URL if that is set; then the same command."""


class Stop(Exception):
    """The command cannot go on. The message is for whoever typed it."""


@dataclass(frozen=True)
class Stage:
    """Its names on AWS, as serverless.yml and infra/key.yml spell them."""

    name: str

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            wanted = "up to 20 lower-case letters, digits and hyphens, beginning with a letter"
            raise Stop(f"Say which stage, such as STAGE=dev or STAGE=production: {wanted}.")

    @property
    def stack(self) -> str:
        return f"errand-{self.name}"

    @property
    def function(self) -> str:
        return f"errand-{self.name}"

    @property
    def table(self) -> str:
        return f"errand-{self.name}"

    @property
    def log_group(self) -> str:
        return f"/aws/lambda/{self.function}"

    @property
    def key_stack(self) -> str:
        return f"errand-{self.name}-key"

    @property
    def key_alias(self) -> str:
        return f"alias/errand-{self.name}"

    @property
    def suffix(self) -> str:
        """What its slash commands end in, for a workspace may have several stages installed."""
        return "" if self.name in WITHOUT_SUFFIX else f"-{self.name}"


@dataclass(frozen=True)
class Target:
    """A stage in the account and region that the options and the environment choose."""

    stage: Stage
    profile: str | None = None
    secrets_folder: Path = SECRETS

    @property
    def secrets_file(self) -> Path:
        return self.secrets_folder / f"{self.stage.name}.json"

    @property
    def env_file(self) -> Path:
        return Path(f".env.{self.stage.name}")

    @property
    def region(self) -> str:
        region = self.session.region_name or os.environ.get(
            "AWS_REGION"
        )  # boto3 itself reads AWS_DEFAULT_REGION
        if not region:
            raise Stop(NO_REGION)
        return region

    @property
    def endpoint(self) -> str | None:
        """An emulator's, which boto3 and osls are pointed at in the same way."""
        return os.environ.get("AWS_ENDPOINT_URL") or None

    @cached_property
    def session(self) -> boto3.Session:
        return boto3.Session(profile_name=self.profile)

    def client(self, service: str) -> Any:
        try:
            _ = urlsplit(self.endpoint or "").port  # boto3 would look at it at the first call
            return self.session.client(service, region_name=self.region)
        except ValueError as error:
            raise Stop(
                f"AWS cannot be addressed: {error}. See that {self.region!r} is a region, such as eu-central-1,"
                " and that AWS_ENDPOINT_URL, if it is set, is an emulator's, such as http://127.0.0.1:4566."
            ) from error

    def osls_options(self) -> list[str]:
        profile = ["--aws-profile", self.profile] if self.profile else []
        return ["--stage", self.stage.name, "--region", self.region, *profile]

    def osls_environment(self) -> dict[str, str]:
        return {**os.environ, **self._allow_lists(), "SECRETS_FOLDER": str(self.secrets_folder)}

    def _allow_lists(self) -> dict[str, str]:
        """As .env.<stage> has them, so that no later deployment forgets them. What is set in the shell wins."""
        given = read_env_file(self.env_file)
        return {name: os.environ.get(name) or given.get(name) or "" for name in ALLOW_LISTS}

    def outputs(self, stack: str) -> dict[str, str] | None:
        """Of a stack; None where there is none."""
        try:
            (found,) = self.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise
        return {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])}


def stage_parser(module: str, description: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description=description)
    parser.add_argument("--stage", default="", help="such as dev or production")
    parser.add_argument("--profile", default="", help="of ~/.aws/config (default: AWS's own choice)")
    return parser


def target_of(options: argparse.Namespace) -> Target:
    return Target(Stage(options.stage), options.profile or None)


def carry_out(command: Callable[[Sequence[str] | None], None], arguments: Sequence[str] | None = None) -> int:
    """The exit code. What can be expected to go wrong is told in a line or two, without a stack trace."""
    try:
        command(arguments)
    except KeyboardInterrupt:
        return 130
    except (Stop, BadEnvFile, CannotPackage, NoPython313, CipherError) as error:
        complain(str(error))
    except (NoCredentialsError, PartialCredentialsError):
        complain(NO_CREDENTIALS)
    except ConnectionError as error:
        complain(f"AWS: {error}")
        complain(UNREACHABLE)
    except (BotoCoreError, ClientError) as error:
        complain(f"AWS: {error}")
        if isinstance(error, ClientError) and error.response["Error"]["Code"] in EXPIRED:
            complain("Log in again (aws sso login --profile NAME), then the same command.")
    else:
        return 0
    return 1


def run(command: Callable[[Sequence[str] | None], None]) -> None:
    sys.exit(carry_out(command))
