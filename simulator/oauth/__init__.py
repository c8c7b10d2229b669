"""Installing the app by OAuth: the consent page, codes, tokens (https://docs.slack.dev/authentication/installing-with-oauth)."""
