# `make help` lists what there is. Kept to what GNU make 3.81 knows, since macOS brings that.

PYTHON ?= python3
PORT ?= 8501
ARGS ?=
# Files of tests that run side by side.
WORKERS ?= 2

# Tools run as `python -m tool`: the scripts in .venv/bin break when the folder is moved.
py := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help run sample test lint accessibility bench fuzz clean set-up set-up-dev store chromium

help:
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' Makefile

run: store ## start the dashboard on this computer (PORT=8501)
	@$(py) -m streamlit run dashboard.py --server.port=$(PORT)

sample: set-up ## build the sample store
	@$(py) -m kpi sample

test: set-up-dev chromium ## run the tests (ARGS="tests/test_shape.py -x" for some of them)
	@CHROMIUM="$$($(chromium))" $(py) -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

lint: set-up-dev ## check style, types, imports and SQL
	@$(py) -m ruff check --quiet .
	@$(py) -m ruff format --check .
	@PYRIGHT_PYTHON_IGNORE_WARNINGS=1 $(py) -m pyright
	@$(py) -c 'import importlinter.cli as cli; cli.lint_imports_command()' --no-logo
	@$(py) -m sqlfluff lint --disable-progress-bar queries

accessibility: set-up-dev chromium ## check every page with axe-core, and print what it finds
	@KPI_ACCESS=all CHROMIUM="$$($(chromium))" $(py) -m pytest --capture=no --timeout=0 $(ARGS) \
		tests/browser/test_access.py

bench: set-up-dev chromium ## measure speed (ARGS as for test)
	@CHROMIUM="$$($(chromium))" $(py) -m pytest --capture=no --timeout=0 tests/bench $(ARGS)

fuzz: set-up-dev ## look for ten minutes for bytes that break the check of a file (Linux)
	@$(py) -m pip install -qq --disable-pip-version-check atheris==3.0.0
	@$(py) tests/fuzz/fuzz_check.py test-results/fuzz -max_total_time=600

clean: ## delete .venv, caches and test output; data/store stays
	@rm -rf .venv .pytest_cache .ruff_cache .import_linter_cache .hypothesis test-results
	@find . -path ./data/store -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

# $(1): the requirements files, the last of which is installed. Copies of them are put into .venv
# when all is installed, so a .venv that has none is half made, and is made again from the start.
define install
	@whole() { for file in $(1); do cmp -s $$file .venv/$$file || return 1; done; $(py) -c ''; }; \
	usable() { ls .venv/requirements*.txt && $(py) -m pip --version; }; \
	recent() { $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))'; }; \
	whole 2>/dev/null && exit; \
	echo "Installing $(lastword $(1)) into .venv ..."; \
	if ! usable >/dev/null 2>&1; then \
		recent || { echo "Python 3.11 or newer is needed: add PYTHON=python3.12, say." >&2; exit 1; }; \
		rm -rf .venv && $(PYTHON) -m venv .venv || exit 1; \
	fi; \
	rm -f .venv/requirements*.txt && \
	$(py) -m pip install -qq --disable-pip-version-check -r $(lastword $(1)) && cp $(1) .venv
endef

set-up:
	$(call install,requirements.txt)

set-up-dev:
	$(call install,requirements.txt requirements-dev.txt)

store: set-up
	@[ -n "$$KPI_STORE" ] || [ -e data/store/kpi.duckdb ] || { \
		echo "Building the sample store ..."; $(py) -m kpi sample; }

# Prints the browser that the tests drive; fails if there is none.
chromium = [ -z "$$CHROMIUM" ] || { echo "$$CHROMIUM"; exit; }; \
	for name in chromium chromium-browser google-chrome \
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; \
	do command -v "$$name" && break; done

# libatomic1 is for Playwright's own Node.js.
chromium:
	@( $(chromium) ) >/dev/null || { \
		[ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
		echo "Installing Chromium for the browser tests ..." && apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
			chromium fonts-liberation libatomic1 >/dev/null; \
	} || { echo "The browser tests need Chromium or Chrome. Install one, for example" \
		"'apt-get install chromium' as root, or 'brew install --cask chromium'." >&2; exit 1; }
