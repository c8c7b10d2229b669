"""Bolt's lazy listeners on Lambda, as documented, but for the Web API's address.

https://docs.slack.dev/tools/bolt-python/concepts/lazy-listeners
"""

import logging
import os
import time

from slack_bolt import App
from slack_bolt.adapter.aws_lambda import SlackRequestHandler
from slack_sdk import WebClient

client = WebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])

# process_before_response must be True when running on FaaS
app = App(process_before_response=True, client=client)


@app.middleware
def log_request(logger, body, next):
    logger.debug(body)
    return next()


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
logging.basicConfig(format="%(asctime)s %(message)s", level=logging.DEBUG)


def handler(event, context):
    slack_handler = SlackRequestHandler(app=app)
    return slack_handler.handle(event, context)
