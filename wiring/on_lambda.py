"""Errand on Lambda. What an ack may never need is imported by the function that needs it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from jobs import JOBS
from oauth.installations import installations_of_one
from oauth.redaction import guard_log
from runs.job import Jobs
from settings import AwsSettings, Settings
from wiring.bolt_app import create_app
from wiring.installing import create_bots, create_flow, create_installations
from wiring.run_service import create_runs

if TYPE_CHECKING:
    from aws.handler import Handler
    from runs.line import LineStore

A_DAY = 24 * 3600  # seconds


def create_handler(
    environ: Mapping[str, str], *, jobs: Jobs = JOBS, clock: Callable[[], float] = time.time
) -> Handler:
    """Everything a function needs, made once for an execution environment. Raises BadSettings."""
    from aws.claims import Claims
    from aws.clients import AwsClients
    from aws.dynamodb_groups import DynamoDBGroupStore
    from aws.dynamodb_run_store import DynamoDBRunStore
    from aws.failures import Failures
    from aws.handler import Handler, bolt_adapter
    from aws.invocation import Invocation
    from aws.invoke import LambdaLazyRunner, SelfInvoker
    from aws.kept_connections import KeptConnections
    from aws.secrets import open_secrets
    from aws.signed_client import SignedClient

    aws = AwsSettings.from_env(environ)
    kms = SignedClient("kms", aws)
    settings = Settings.on_lambda(environ, open_secrets(aws, kms))
    guard_log(settings.hidden)
    slack = KeptConnections(settings.slack_api_url)
    slack.install()
    slack.connect_ahead()
    clients, invocation, invoker = AwsClients(aws), Invocation(clock=clock), SelfInvoker(aws)
    if settings.is_for_many:
        from aws.storage import LambdaStorage

        storage = LambdaStorage(settings, aws, clients, kms=kms, clock=clock)
        storage.make_ready()
        installations = create_installations(settings, storage, clock=clock)
    else:
        kms.close()
        installations = installations_of_one(create_bots(settings))

    def open_lines() -> LineStore:
        from aws.dynamodb_lines import DynamoDBLineStore

        return DynamoDBLineStore(clients, settings.table_name)

    store = DynamoDBRunStore(
        clients, settings.table_name, kept_for=settings.runs_kept_days * A_DAY, clock=clock
    )
    claims = Claims(clients, settings.table_name, clock=clock)
    runs = create_runs(
        settings,
        bots=installations.bots,
        store=store,
        groups=DynamoDBGroupStore(clients, settings.table_name),
        open_lines=open_lines,
        start=lambda work: work(),  # the invocation lasts for as long as its run is at work
        jobs=jobs,
        aws=clients.for_jobs,
        hand_on=lambda run: invoker.start_run(invocation.function_arn, run),
        hands=invocation.hands,
        clock=clock,
        acks_are_durable=True,  # Lambda keeps an accepted Invoke until it was carried out
    )
    lazy = LambdaLazyRunner(invoker, claims, invocation)
    invoker.connect()
    app = create_app(settings, installations=installations, runs=runs, lazy=lazy)
    return Handler(
        bolt=bolt_adapter(app, lazy),
        lazy=lazy,
        invocation=invocation,
        runs=runs,
        failures=Failures(clients, settings.failure_queue_url, claims, runs),
        open_flow=lambda: create_flow(settings, installations, is_https=True, clock=clock),
        installations=installations,
        slack=slack,
    )
