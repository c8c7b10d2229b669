"""bolt_oauth.py, tuned: the log at INFO, the handler built once."""

import logging
import os
import time

from slack_bolt import App
from slack_bolt.adapter.aws_lambda import SlackRequestHandler
from slack_bolt.adapter.aws_lambda.lambda_s3_oauth_flow import LambdaS3OAuthFlow
from slack_sdk import WebClient

client = WebClient(base_url=os.environ["SLACK_API_URL"])

# process_before_response must be True when running on FaaS
app = App(process_before_response=True, client=client, oauth_flow=LambdaS3OAuthFlow(client=client))


def ack_start(body, ack):
    if body.get("text") is None:
        ack(":x: Usage: /start (description here)")
    else:
        ack(f"Accepted! (task: {body['text']})")


def run_start(respond, body):
    time.sleep(5)
    respond(f"Completed! (task: {body['text']})")


app.command("/start")(ack=ack_start, lazy=[run_start])

SlackRequestHandler.clear_all_log_handlers()
logging.basicConfig(format="%(asctime)s %(message)s", level=logging.INFO)

slack_handler = SlackRequestHandler(app=app)


def handler(event, context):
    return slack_handler.handle(event, context)
