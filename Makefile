# `make` alone says what there is. Everything happens inside this folder; nothing is installed elsewhere.

PYTHON := .venv/bin/python
BOT := .venv/bin/bot
EVAL ?=

.DEFAULT_GOAL := help
.PHONY: help setup run chat train test check bench bench-nlu bench-engine nlu-report clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.ready  ## install everything that is needed into .venv

.venv/.ready: requirements.lock pyproject.toml scripts/setup
	@scripts/setup

run: setup  ## start the assistant: web chat, and Telegram if a token is set (trains the model first if anything changed)
	@$(BOT) serve

chat: setup  ## talk with the assistant in the terminal
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

bench-engine: setup  ## measure turns, load, start and memory against stock Rasa: make bench-engine ARGS=--quick
	@$(PYTHON) -m benchmarks.engine --markdown docs/performance.md $(ARGS)

nlu-report: setup  ## cross-validate the intents with Rasa: docs/nlu-intents.md
	@scripts/nlu-report

clean:  ## remove the environment, models and caches
	rm -rf .venv .cache .rasa models build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
