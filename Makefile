# Everything the builder types. A bare `make` lists it. Each target sets up what it needs by itself.
# STAGE=dev chooses a stage on AWS, PROFILE=… the AWS profile to reach it with.
# PYTHON=/path/to/python3.13 chooses the interpreter; ARGS=… is handed to the program behind the target.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help run run-lambda dev test check format screenshots package key secrets deploy info logs audit invoke installations reencrypt import remove bench clean

# Each of them is a command of `python -m ops` with the target's name.
define on_stage
@sh ops/setup.sh requirements-local.txt
@exec .venv/bin/python -m ops $@ --stage "$(STAGE)" --profile "$(PROFILE)" $(ARGS)
endef

help:  ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

run:  ## Try it: the app beside the offline workspace in your browser, no account anywhere
	@sh ops/setup.sh requirements-local.txt
	@exec .venv/bin/python -m ops.offline $(ARGS)

run-lambda:  ## The same as one Lambda function, packaged and deployed to an AWS emulated on this machine
	@sh ops/setup.sh requirements-local.txt
	@exec .venv/bin/python -m ops.run_lambda $(ARGS)

dev:  ## Run the app on your real workspace, with the tokens in .env
	@sh ops/setup.sh requirements-local.txt
	@exec .venv/bin/python -m ops.dev $(ARGS)

test: check  ## Prove it: check, then every test, those in a browser too
	@.venv/bin/python -m ops.browser --install
	@.venv/bin/python -m tests.prepare
	@# Four at a time on any machine: most tests wait for a process of their own, not for a processor.
	@.venv/bin/python -m pytest -n 4 --dist loadfile $(ARGS)

check:  ## Lint, formatting and types
	@sh ops/setup.sh requirements-dev.txt
	@.venv/bin/python -m ruff check .
	@.venv/bin/python -m ruff format --check .
	@.venv/bin/python -m mypy

format:  ## Format the code and fix what the linter can
	@sh ops/setup.sh requirements-dev.txt
	@.venv/bin/python -m ruff check --fix --exit-zero --quiet .
	@.venv/bin/python -m ruff format .

screenshots:  ## Take the README's screenshots anew
	@sh ops/setup.sh requirements-dev.txt
	@.venv/bin/python -m ops.browser --install
	@.venv/bin/python -m ops.screenshots $(ARGS)

package:  ## Make the zip for Lambda, under .serverless/; ARCH=x86_64 for Intel, else arm64
	@sh ops/setup.sh requirements-local.txt
	@.venv/bin/python -m ops.package $(if $(ARCH),--arch "$(ARCH)") $(ARGS)

key:  ## Make a stage's KMS key, once: make key STAGE=dev PROFILE=…
	$(on_stage)

secrets:  ## Seal what .env.STAGE says under the stage's key, into a file that is safe to commit
	$(on_stage)

deploy:  ## Package and deploy a stage, and print its URLs and its manifest
	$(on_stage)

info:  ## Where a stage is, and how it does
	$(on_stage)

logs:  ## Follow what a stage logs
	$(on_stage)

audit:  ## Who did what when, as CSV or JSON; without STAGE, on this machine: ARGS="--since 30d --job NAME"
	$(on_stage)

invoke:  ## Send a stage a signed command, and see how fast it answers
	$(on_stage)

installations:  ## Where a stage's app is installed; without STAGE, this machine's: ARGS="show T123", "delete T123"
	$(on_stage)

reencrypt:  ## Seal every token under another key: ARGS="--to KEY"
	$(on_stage)

import:  ## Take over installations of slack_sdk's own stores: ARGS="--from s3://… | sqlite:///… | file:…"
	$(on_stage)

remove:  ## Take a stage down; its table and key stay, unless ARGS="--table --key"
	$(on_stage)

bench:  ## Measure cold starts and acks beside Bolt's own ways, into bench/README.md
	@sh ops/setup.sh requirements-dev.txt
	@.venv/bin/python -m ops.package --here
	@exec .venv/bin/python -m bench $(ARGS)

clean:  ## Remove what make installed and cached; .errand/, your data, stays
	@rm -rf .venv .make .serverless node_modules .mypy_cache .pytest_cache .ruff_cache .hypothesis test-results
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
