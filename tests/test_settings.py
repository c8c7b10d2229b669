"""A missing or malformed setting stops the app at once, with its name and where to get it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ops.stage import Stage
from settings import BadSettings, Secrets, Settings, SlackInTrouble, refused

GOOD = {"SLACK_BOT_TOKEN": "xoxb-1-abc", "SLACK_APP_TOKEN": "xapp-1-def"}


def test_two_tokens_are_enough() -> None:
    settings = Settings.from_env(GOOD)
    assert settings.bot_token == "xoxb-1-abc"
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.data_dir == Path(".errand")


def test_all_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(BadSettings) as caught:
        Settings.from_env({})
    assert "SLACK_BOT_TOKEN is not set" in str(caught.value)
    assert "SLACK_APP_TOKEN is not set" in str(caught.value)
    assert "Basic Information" in str(caught.value)


def test_empty_and_blank_are_unset() -> None:
    with pytest.raises(BadSettings, match="SLACK_APP_TOKEN is not set"):
        Settings.from_env(GOOD | {"SLACK_APP_TOKEN": "  "})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SLACK_BOT_TOKEN", "xapp-1-swapped"),
        ("SLACK_APP_TOKEN", "xoxb-1-swapped"),
        ("SLACK_BOT_TOKEN", "xoxb-1 abc"),
        ("SLACK_BOT_TOKEN", "xoxb-passé"),
    ],
)
def test_a_malformed_token_is_named_but_never_shown(name: str, value: str) -> None:
    with pytest.raises(BadSettings, match=f"{name} should begin with") as caught:
        Settings.from_env(GOOD | {name: value})
    assert value not in str(caught.value)


@pytest.mark.parametrize("name", ["SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"])
def test_client_credentials_beside_a_bot_token_are_refused_and_it_says_which_to_drop(name: str) -> None:
    with pytest.raises(BadSettings, match=f"drop {name}"):
        Settings.from_env(GOOD | {name: "123.456"})


MANY = {"SLACK_APP_TOKEN": "xapp-1-def", "SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "c"}


def test_client_credentials_stand_in_for_a_bot_token() -> None:
    assert Settings.from_env(MANY).is_for_many
    assert not Settings.from_env(GOOD).is_for_many


@pytest.mark.parametrize("name", MANY)
def test_each_of_them_is_missed_by_name(name: str) -> None:
    with pytest.raises(BadSettings, match=f"{name} is not set. Get it at") as caught:
        Settings.from_env(MANY | {name: ""})
    assert "SLACK_BOT_TOKEN" not in str(caught.value)


def test_who_lacks_a_bot_token_hears_of_the_other_way() -> None:
    with pytest.raises(BadSettings, match="For many workspaces, set SLACK_CLIENT_ID and SLACK_CLIENT_SECRET"):
        Settings.from_env({})


@pytest.mark.parametrize("port", ["-1", "65536", "http", "３０００", "3000.0"])
def test_a_port_is_a_port(port: str) -> None:
    assert Settings.from_env(MANY).oauth_port == 3000
    assert Settings.from_env(MANY | {"OAUTH_PORT": "4000"}).oauth_port == 4000
    with pytest.raises(BadSettings, match="OAUTH_PORT should be a port"):
        Settings.from_env(MANY | {"OAUTH_PORT": port})


@pytest.mark.parametrize(
    "uri",
    [
        "http://app.example/slack/oauth_redirect",
        "https://app.example/",
        "app.example/slack/oauth_redirect",
        "https://app.example/slack/oauth_redirect?x=1",
        "https://app.example/slack/oauth_redirect#x",
        "https://somebody:password@app.example/slack/oauth_redirect",
    ],
)
def test_slack_leads_back_to_our_own_page_by_https(uri: str) -> None:
    good = "https://app.example/dev/slack/oauth_redirect"
    assert Settings.from_env(MANY | {"SLACK_REDIRECT_URI": good}).redirect_uri == good
    with pytest.raises(BadSettings, match="SLACK_REDIRECT_URI should be"):
        Settings.from_env(MANY | {"SLACK_REDIRECT_URI": uri})


def test_lists_are_read_with_commas_between() -> None:
    settings = Settings.from_env(MANY | {"ALLOWED_TEAM_IDS": "T1, E2,", "KMS_READ_KEY_IDS": "a,b"})
    assert settings.allowed_team_ids == {"T1", "E2"}
    assert settings.kms_read_key_ids == ("a", "b")
    assert Settings.from_env(MANY | {"ALLOWED_TEAM_IDS": " "}).allowed_team_ids == frozenset()


@pytest.mark.parametrize("value", [",", "acme", "T1;T2", "T1 T2", "T1,é"])
def test_an_allow_list_that_names_nobody_is_refused(value: str) -> None:
    with pytest.raises(BadSettings, match="ALLOWED_TEAM_IDS should be ids"):
        Settings.from_env(MANY | {"ALLOWED_TEAM_IDS": value})


@pytest.mark.parametrize("code", ["invalid_auth", "token_revoked", "not_allowed_token_type"])
def test_a_token_that_slack_refuses_is_a_bad_setting(code: str) -> None:
    error = refused("SLACK_BOT_TOKEN", code)
    assert isinstance(error, BadSettings)
    assert str(error).startswith(f"SLACK_BOT_TOKEN: Slack refuses it ({code}). Get it at")


@pytest.mark.parametrize("code", ["internal_error", "ratelimited", "service_unavailable", "fatal_error"])
def test_a_slack_in_trouble_says_nothing_against_the_token(code: str) -> None:
    error = refused("SLACK_BOT_TOKEN", code)
    assert isinstance(error, SlackInTrouble)
    assert f"Slack is in trouble: it answered {code}" in str(error)
    assert "refuses" not in str(error)


@pytest.mark.parametrize(
    "url", ["http://example.com/api/", "slack.com/api", "ftp://slack.com", "http://[::1"]
)
def test_an_api_url_that_would_leak_tokens_is_refused(url: str) -> None:
    with pytest.raises(BadSettings, match="SLACK_API_URL"):
        Settings.from_env(GOOD | {"SLACK_API_URL": url})


def test_plain_http_is_for_this_machine_and_a_slash_is_added() -> None:
    settings = Settings.from_env(GOOD | {"SLACK_API_URL": "http://127.0.0.1:8080/api"})
    assert settings.slack_api_url == "http://127.0.0.1:8080/api/"


def test_no_secret_shows_when_settings_are_printed() -> None:
    shown = repr(Settings.from_env(GOOD | {"SLACK_SIGNING_SECRET": "s3cret"}))
    assert "abc" not in shown
    assert "def" not in shown
    assert "s3cret" not in shown


@pytest.mark.parametrize(
    ("stage", "suffix"), [("dev", "-dev"), ("production", ""), ("offline", ""), ("", "")]
)
def test_commands_end_as_those_of_the_stages_manifest(stage: str, suffix: str) -> None:
    assert Settings(stage=stage).command_suffix == suffix
    if stage:
        assert Stage(stage).suffix == suffix


def test_runs_are_kept_for_90_days_unless_it_says_otherwise() -> None:
    assert Settings.from_env(GOOD).runs_kept_days == 90
    assert Settings.from_env(GOOD | {"RUNS_KEPT_DAYS": "7"}).runs_kept_days == 7


@pytest.mark.parametrize("days", ["0", "-1", "1.5", "week", "4000", "\u0663"])
def test_how_long_runs_are_kept_is_a_number_of_days(days: str) -> None:
    with pytest.raises(BadSettings, match="RUNS_KEPT_DAYS should be a number of days"):
        Settings.from_env(GOOD | {"RUNS_KEPT_DAYS": days})


LISTS = {
    "INVOKE_FUNCTIONS": "reports, Clean up = arn:aws:lambda:eu-west-3:111111111111:function:clean-up:live",
    "REPORT_LOG_GROUPS": "/aws/lambda/reports,The shop=/ecs/shop.v2#a",
}


def test_what_jobs_may_reach_is_theirs_to_read() -> None:
    settings = Settings.from_env(GOOD | LISTS)
    assert {name: settings.secrets[name] for name in LISTS} == LISTS


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("INVOKE_FUNCTIONS", "reports,*"),
        ("INVOKE_FUNCTIONS", "arn:aws:lambda:*:111111111111:function:x"),
        ("INVOKE_FUNCTIONS", "arn:aws:sqs:eu-west-3:111111111111:x"),
        ("INVOKE_FUNCTIONS", "=reports"),
        ("REPORT_LOG_GROUPS", "/aws/lambda/*"),
        ("REPORT_LOG_GROUPS", "arn:aws:logs:eu-west-3:111111111111:log-group:x"),
    ],
)
def test_what_jobs_may_reach_is_named_exactly(name: str, value: str) -> None:
    with pytest.raises(BadSettings, match=f"{name} should be names"):
        Settings.from_env(GOOD | {name: value})


def test_a_name_that_no_menu_can_hold_is_refused_at_start() -> None:
    with pytest.raises(BadSettings, match="more than 150 characters"):
        Settings.from_env(GOOD | {"REPORT_LOG_GROUPS": "/" + "x" * 150})


ON_LAMBDA = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s", "TABLE_NAME": "t"}


def test_deployed_only_what_the_role_was_given_counts() -> None:
    settings = Settings.on_lambda({"INVOKE_FUNCTIONS": "reports"}, ON_LAMBDA | LISTS)
    assert settings.secrets["INVOKE_FUNCTIONS"] == "reports"
    assert "REPORT_LOG_GROUPS" not in settings.secrets


@pytest.mark.parametrize(
    "listed",
    ["errand-dev", "Us=errand-dev:live", "arn:aws:lambda:eu-west-3:111111111111:function:errand-dev"],
)
def test_a_function_that_would_invoke_itself_does_not_start(listed: str) -> None:
    environ = {"AWS_LAMBDA_FUNCTION_NAME": "errand-dev", "INVOKE_FUNCTIONS": f"reports,{listed}"}
    with pytest.raises(BadSettings, match="errand-dev, which is this very function"):
        Settings.on_lambda(environ, ON_LAMBDA)
    assert Settings.on_lambda(environ | {"AWS_LAMBDA_FUNCTION_NAME": "errand-test"}, ON_LAMBDA)


@pytest.mark.parametrize("name", ["AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_REGION"])
def test_an_aws_account_is_used_only_if_one_is_named(name: str) -> None:
    assert not Settings.from_env(GOOD).has_aws
    assert Settings.from_env(GOOD | {name: "x"}).has_aws


@pytest.mark.parametrize("number", ["0", "-1", "1001", "ten", "１０", "2.5"])
def test_how_many_jobs_run_at_once_is_a_number(number: str) -> None:
    assert Settings.from_env(GOOD).max_running_jobs == 10
    assert Settings.from_env(GOOD | {"MAX_RUNNING_JOBS": "3"}).max_running_jobs == 3
    with pytest.raises(BadSettings, match="MAX_RUNNING_JOBS should be a number of jobs"):
        Settings.from_env(GOOD | {"MAX_RUNNING_JOBS": number})


@pytest.mark.parametrize(
    "read",
    [lambda it: it["A"], lambda it: it.get("A"), lambda it: list(it.values()), lambda it: list(it.items())],
)
def test_what_is_hidden_are_the_apps_own_secrets_and_those_that_a_job_has_asked_for(
    read: Callable[[Secrets], object],
) -> None:
    secrets = Secrets({"A": "a secret", "B": "another"})
    made = Settings(bot_token="xoxb-1", client_secret="c", secrets=secrets)
    assert list(made.hidden()) == ["xoxb-1", "c"]
    read(secrets)
    assert "a secret" in set(made.hidden())
    assert secrets.get("C", "default") == "default"
