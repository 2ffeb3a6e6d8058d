# The few commands of the village. `make` alone lists them.

PYTHON ?= python3
ARGS ?=
export PORT ?= 8000

.DEFAULT_GOAL := help
.PHONY: help run test check cluster e2e bench-fanout bench-connect bench-journal bench-carpool bench-notify nightly fuzz fmt words lock clean

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z0-9%-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/.ready .env ## Serve the demo village on http://127.0.0.1:8000 (PORT= to change)
	@.venv/bin/python manage.py serve

test: .venv/.dev ## Run all tests, on SQLite and on PostgreSQL with Redis (ARGS= for pytest)
	@.venv/bin/python -m tools.suite $(ARGS)

check: .venv/.dev ## Check style, types, who imports whom, migrations and the API's snapshots
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy .
	.venv/bin/lint-imports
	DJANGO_SETTINGS_MODULE=tests.settings .venv/bin/python manage.py makemigrations --check --dry-run
	DJANGO_SETTINGS_MODULE=tests.settings .venv/bin/python manage.py snapshots --check

cluster: .venv/.dev ## Serve the demo village scaled out: PostgreSQL, Redis, two web processes, worker, beat
	@.venv/bin/python -m tools.cluster

e2e: .venv/.dev ## Walk through the web face in headless Chromium (ARGS= for pytest)
	@.venv/bin/python -m tools.browser
	@.venv/bin/python -m pytest tests/e2e $(ARGS)

bench-fanout: .venv/.dev ## Measure what a delivery costs beside other servers (ROUNDS=3 SIZES= QUICK=1)
	@.venv/bin/python -m benchmarks.fanout

bench-connect: .venv/.dev ## Measure thousands who come back at once (ROUNDS=3 CLIENTS=5000 QUICK=1)
	@.venv/bin/python -m benchmarks.connect

bench-journal: .venv/.dev ## Measure what recording costs beside a plain INSERT (ROUNDS=3 WRITERS=8 QUICK=1)
	@.venv/bin/python -m benchmarks.journal

bench-carpool: .venv/.dev ## Measure how rides are found, beside looking at all of them (SIZES= BATCHES= QUICK=1)
	@.venv/bin/python -m benchmarks.carpool

bench-notify: .venv/.dev ## Measure what telling a village costs, beside other ways to send (ROUNDS=3 PEOPLE=10000 QUICK=1)
	@.venv/bin/python -m benchmarks.notify

nightly: .venv/.dev ## Let the clients meet every kind of mishap, 20,000 times each (FUZZ_EXAMPLES=)
	@FUZZ_EXAMPLES=$(or $(FUZZ_EXAMPLES),20000) .venv/bin/python -m pytest -q -p no:randomly \
		tests/realtime/test_client_rules.py tests/realtime/test_village_js.py \
		-k "WhateverHappens and not found_out" $(ARGS)

fuzz: .venv/.dev ## Ask the API what nobody thought of, and let stories draw themselves (SECONDS=120)
	@.venv/bin/python -m tools.fuzz $(or $(SECONDS),120) $(ARGS)

fmt: .venv/.dev ## Put the code in the house style
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

words: .venv/.dev ## Take new sentences into the catalogues, and compile them (needs gettext)
	@command -v msgfmt >/dev/null || { echo "Please install gettext first (Debian: apt install gettext)."; exit 69; }
	DJANGO_SETTINGS_MODULE=tests.settings .venv/bin/python manage.py makemessages --all --verbosity 0 \
		--no-wrap --no-location --no-obsolete -i .venv -i var -i tests -i benchmarks -i tools
	DJANGO_SETTINGS_MODULE=tests.settings .venv/bin/python manage.py compilemessages -i .venv --verbosity 0

LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links

lock: .venv/.dev ## Write the locks anew from requirements/*.in (ARGS=--upgrade for newer versions)
	.venv/bin/$(LOCK) $(ARGS) requirements/base.in -o requirements/base.txt
	.venv/bin/$(LOCK) $(ARGS) requirements/dev.in -o requirements/dev.txt

clean: ## Remove what the tools built; what the village knows (var/, media/) stays
	rm -rf .venv .coverage htmlcov .hypothesis .import_linter_cache
	rm -rf .mypy_cache .pytest_cache .ruff_cache .schemathesis schemathesis-report
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# What this village is; written once, then yours.
.env:
	@$(PYTHON) tools/environment.py

# One environment. `run` is content with what runs; the others bring what builds, and `run` then
# keeps it.
.venv/.ready: requirements/base.txt
	@$(PYTHON) tools/prepare.py $(if $(wildcard .venv/.dev),dev,base)

.venv/.dev: requirements/dev.txt
	@$(PYTHON) tools/prepare.py dev
