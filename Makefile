# Every target makes its own environment; nothing has to be installed by hand.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PY := .venv/bin/python

help: ## what can be done here
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 18

setup: .venv/.dev ## .venv with everything the other targets use

run: .venv/.runtime ## start the line: web, worker, embedded PostgreSQL, demonstration data
	@exec .venv/bin/waypost run

test: .venv/.dev ## all tests, browser stories included
	@ops/install-chromium
	@$(PY) -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

check: .venv/.dev ## format, lint, types, layers, dependencies, dead code
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/lint-imports
	@.venv/bin/deptry .
	@.venv/bin/vulture
	@.venv/bin/waypost locales check
	@.venv/bin/waypost triage check
	@.venv/bin/pyright

format: .venv/.dev ## let ruff format and mend what it can
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

bench: .venv/.dev ## figures against limits and peers, as a table
	@$(PY) -m bench

N ?= 1000000
bench-campaign: .venv/.dev ## a campaign to N people, from their file to its closed balance sheet
	@$(PY) -m bench.campaign $(N)

KILL ?= 20000
test-kill: .venv/.dev ## kill -9 of workers and database in a campaign of KILL messages
	@KILL_MESSAGES=$(KILL) $(PY) -m pytest tests/campaigns/test_kill.py

SECONDS ?= 60
fuzz: .venv/.dev ## let a fuzzer write to the parsers for SECONDS
	@PYTHONPATH=. $(PY) tests/fuzz/parsers.py -max_total_time=$(SECONDS) -max_len=2500 -rss_limit_mb=2048

lock: .venv/.dev ## renew requirements/*.txt from pyproject.toml (hashes, no addresses)
	@ops/lock

.venv/bin/python:
	@ops/make-venv

.venv/.runtime: .venv/bin/python requirements/runtime.txt
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/runtime.txt
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev: .venv/.runtime requirements/dev.txt
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

.PHONY: help setup run test check format bench bench-campaign test-kill fuzz lock
