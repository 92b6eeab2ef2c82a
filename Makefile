# `make` alone says what there is. Everything happens inside this folder; nothing is installed elsewhere.

PYTHON := .venv/bin/python
BOT := .venv/bin/bot
EVAL ?=

.DEFAULT_GOAL := help
.PHONY: help setup run train test check bench bench-nlu nlu-report clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.ready  ## install everything that is needed into .venv

.venv/.ready: requirements.lock pyproject.toml scripts/setup
	@scripts/setup

run: setup  ## start the assistant (trains the model first if anything changed)
	@$(BOT) chat

train: setup  ## train the model, if anything changed
	@$(BOT) train

test: setup train  ## run all tests
	@$(PYTHON) -m pytest

check: setup  ## look over code, catalog and training data without running them
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@$(BOT) catalog check
	@$(BOT) nlu lint
	@scripts/rasa data validate --data nlu stories --domain domain --fail-on-warnings

bench: setup train  ## measure accuracy on labelled messages: make bench EVAL=folder
	@test -n "$(EVAL)" || { echo "Name the folder with labelled messages: make bench EVAL=path"; exit 2; }
	@$(BOT) nlu eval $(EVAL)/messages.*.jsonl

bench-nlu: setup  ## measure intent recognition against stock Rasa and nlp.js: make bench-nlu EVAL=folder
	@test -n "$(EVAL)" || { echo "Name the folder with the public sets: make bench-nlu EVAL=path"; exit 2; }
	@$(PYTHON) -m benchmarks.nlu $(EVAL)

nlu-report: setup  ## cross-validate the intents with Rasa: docs/nlu-intents.md
	@scripts/nlu-report

clean:  ## remove the environment, models and caches
	rm -rf .venv .cache .rasa models build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
