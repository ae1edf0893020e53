# `make help` lists what there is. Kept to what GNU make 3.81 knows, since macOS brings that.

PYTHON ?= python3
PORT ?= 8501
ARGS ?=
# Files of tests that run side by side.
WORKERS ?= 2

# Tests start hundreds of Pythons: what one has compiled the next need not compile again, whatever
# this computer asks of Python otherwise.
export PYTHONDONTWRITEBYTECODE :=

# Tools run as `python -m tool`: the scripts in .venv/bin break when the folder is moved.
py := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help run sample test test-lake lint accessibility attack torture bench fuzz clean set-up set-up-dev set-up-lake store chromium postgresql

help:
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' Makefile

run: store ## start the dashboard on this computer (PORT=8501)
	@$(py) -m streamlit run dashboard.py --server.port=$(PORT)

sample: set-up ## build the sample store
	@$(py) -m kpi sample

test: set-up-dev chromium ## run the tests (ARGS="tests/test_shape.py -x" for some of them)
	@CHROMIUM="$$($(chromium))" $(py) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

# What must hold of a store in a lake as of one that is a file, and what only a lake can meet. The
# limits are for a busy machine; kills and publications are counted in the tests.
LAKE_TESTS = tests/lake tests/test_store.py tests/test_publication.py tests/test_restore.py \
	tests/test_registers.py tests/test_published_history.py tests/test_targets.py \
	tests/test_cli.py tests/test_kill.py tests/test_tokens.py tests/test_api.py tests/packs/test_packs.py tests/packs/test_figures.py \
	tests/browser/test_journeys.py \
	tests/browser/test_servers.py

test-lake: set-up-lake chromium postgresql ## run the tests of stores on PostgreSQL and DuckLake
	@KPI_TEST_LAKE=1 KPI_KILLS=30 CHROMIUM="$$($(chromium))" $(py) -m pytest -n $(WORKERS) \
		--dist loadfile --timeout=900 --session-timeout=3600 $(if $(ARGS),$(ARGS),$(LAKE_TESTS))

lint: set-up-dev ## check style, types, imports and SQL
	@$(py) -m ruff check --quiet .
	@$(py) -m ruff format --check .
	@PYRIGHT_PYTHON_IGNORE_WARNINGS=1 $(py) -m pyright
	@$(py) -c 'import importlinter.cli as cli; cli.lint_imports_command()' --no-logo
	@$(py) -m sqlfluff lint --disable-progress-bar queries
	@$(py) -m pip check --disable-pip-version-check
	@$(known_faults)

# Known faults of the packages, where their list can be reached; without it the rest still counts.
known_faults = said=$$($(py) -m pip_audit --requirement requirements.txt --no-deps --disable-pip \
		--progress-spinner off --timeout 10 2>&1); \
	case "$$said" in \
		*Found*"known vulnerabilit"*) echo "$$said" >&2; exit 1;; \
		*"could not be audited"*) echo "$$said" | awk '/could not be audited/ { n++ } END { \
			print "Packages that no list of known faults was reached for: " n "." }';; \
		*"No known vulnerabilities"*) echo "No known fault in the packages.";; \
		*) echo "No list of known faults was reached: the packages were not audited.";; \
	esac

accessibility: set-up-dev chromium ## check every page with axe-core, and print what it finds
	@KPI_ACCESS=all CHROMIUM="$$($(chromium))" $(py) -m pytest --capture=no --timeout=0 $(ARGS) \
		tests/browser/test_pages.py tests/browser/test_access.py \
		tests/browser/test_pack_page.py::test_axe_core_finds_nothing_in_the_file

attack: set-up-dev ## try with an exact solver to work out what is withheld (about 15 minutes)
	@KPI_ATTACK=all $(py) -m pytest --capture=no --timeout=0 tests/masking/test_attack.py $(ARGS)

torture: set-up-dev ## kill, starve and damage stores, and write docs/reliability.md (about 15 minutes)
	@KPI_TORTURE=all $(py) -m pytest --capture=no --timeout=1800 tests/torture $(ARGS)

bench: set-up-dev chromium ## measure speed (ARGS="tests/bench/test_many.py" for some of it)
	@CHROMIUM="$$($(chromium))" $(py) -m pytest --capture=no --timeout=0 \
		$(or $(filter tests/%,$(ARGS)),tests/bench) $(filter-out tests/%,$(ARGS))

fuzz: set-up-dev ## look for ten minutes for bytes that break the check of a file (Linux)
	@$(py) -m pip install -qq --disable-pip-version-check atheris==3.0.0
	@$(py) tests/fuzz/fuzz_check.py test-results/fuzz -max_total_time=600

clean: ## delete .venv, caches and test output; data/store stays
	@rm -rf .venv .pytest_cache .ruff_cache .import_linter_cache .hypothesis test-results
	@find . -path ./data/store -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

# $(1): the requirements files, the last of which is installed. Copies of them are put into .venv
# when all is installed, so a .venv that has none is half made, and is made again from the start.
# Nothing is compiled before it is used: most of it never is.
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
	$(py) -m pip install -qq --no-compile --disable-pip-version-check -r $(lastword $(1)) && cp $(1) .venv
endef

set-up:
	$(call install,requirements.txt)

set-up-dev:
	$(call install,requirements.txt requirements-dev.txt)

set-up-lake: set-up-dev
	$(call install,requirements.txt requirements-dev.txt requirements-lake.txt)

store: set-up
	@[ -n "$$KPI_STORE" ] || [ -e data/store/kpi.duckdb ] || { \
		echo "Building the sample store ..."; $(py) -m kpi sample; }

# Prints the browser that the tests drive; fails if there is none. Chromium's own build without a
# screen, where it is there, draws the same pages without a window for each.
chromium = [ -z "$$CHROMIUM" ] || { echo "$$CHROMIUM"; exit; }; \
	for name in chromium-headless-shell chromium chromium-browser google-chrome \
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; \
	do command -v "$$name" && break; done

# libatomic1 is for Playwright's own Node.js.
chromium:
	@( $(chromium) ) >/dev/null || { \
		[ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
		echo "Installing Chromium for the browser tests ..." && apt-get update -qq && \
		for name in chromium-headless-shell chromium; do \
			DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
				$$name fonts-liberation libatomic1 >/dev/null && break; \
		done; \
	} || { echo "The browser tests need Chromium or Chrome. Install one, for example" \
		"'apt-get install chromium' as root, or 'brew install --cask chromium'." >&2; exit 1; }

# PostgreSQL keeps a lake's catalogue. nginx shares readers among servers: without it that test is
# skipped, and says so. The tests start both, on loopback.
postgresql:
	@there() { PATH="$$PATH:/usr/sbin" command -v $$1 || ls /usr/lib/postgresql/*/bin/$$1; }; \
	both() { there pg_ctl && there nginx; }; \
	both >/dev/null 2>&1 || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
		echo "Installing PostgreSQL and nginx for the tests of lakes ..." && apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
			postgresql nginx-light >/dev/null; }; \
	there pg_ctl >/dev/null 2>&1 || { echo "The tests of lakes need PostgreSQL. Install it, for" \
		"example 'apt-get install postgresql' as root." >&2; exit 1; }
