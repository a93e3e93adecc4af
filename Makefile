# One entry point for people. Every target does the set-up that it needs in .venv and
# touches nothing global, but for `server`; what is set up once is not set up again.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MEMBERS := . ./plugins/file ./plugins/redis ./plugins/s3 ./plugins/sandbox ./plugins/webhook ./diagnostics
PROJECTS := pyproject.toml $(wildcard plugins/*/pyproject.toml) diagnostics/pyproject.toml
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: help demo test check bench coverage chaos server clean

help: ## Show the targets.
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile

demo: $(VENV)/installed ## Publish five real videos to a local TikTok.
	@$(BIN)/tiktok-bridge demo

test: $(VENV)/tools $(if $(CI),server) ## Run every test but the long sweeps.
	$(BIN)/python -m pytest

check: $(VENV)/tools ## Lint, types, imports, layout.
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/repository

bench: $(VENV)/tools ## Measure, as ratios against named peers (needs curl, nginx, iproute2).
	$(BIN)/python benchmarks/startup.py
	$(BIN)/python benchmarks/check.py
	$(BIN)/python benchmarks/ledger.py
	$(BIN)/python benchmarks/posts.py
	$(BIN)/python benchmarks/replay.py
	$(BIN)/python benchmarks/upload.py
	$(BIN)/python benchmarks/relay.py

coverage: $(VENV)/tools ## Run the tests and say which lines no test needs.
	$(BIN)/coverage run -m pytest -q
	$(BIN)/coverage report --skip-covered

chaos: $(VENV)/tools ## Kill publishes and renewals at many points: nothing is posted twice or lost.
	$(BIN)/python -m pytest -p no:cacheprovider tests/chaos
	$(BIN)/python -m pytest -p no:cacheprovider --hypothesis-profile=thorough \
	  tests/unit/test_mutations.py tests/unit/test_redaction_property.py \
	  tests/unit/test_model.py

server: ## Install PostgreSQL and Redis for the tests that start them (as root, on Debian).
	@{ { command -v postgres || ls /usr/lib/postgresql/*/bin/postgres; } \
	    && command -v redis-server; } >/dev/null 2>&1 \
	  || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
	    && apt-get update -qq \
	    && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postgresql redis-server; } \
	  || echo "without PostgreSQL and Redis their tests are skipped;" \
	    "on Debian: apt install postgresql redis-server" >&2

clean: ## Remove what the targets made.
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; name one: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' \
	  || { echo "the venv module is missing; on Debian: apt install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: $(VENV)/bin/python $(PROJECTS)
	$(PIP) 'setuptools>=77'
	$(PIP) --no-build-isolation $(addprefix -e ,$(MEMBERS))
	@touch $@

$(VENV)/tools: $(VENV)/installed requirements-dev.txt
	$(PIP) --no-build-isolation -r requirements-dev.txt
	@touch $@
