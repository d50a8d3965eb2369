# What each target runs stands in README.md, so that everything works without make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export NO_MKDOCS_2_WARNING := 1
# As typed: a dollar sign in a note is a dollar sign.
override NOTE := $(value NOTE)
export NOTE NOTES RETIRE SUCCESSOR KIND PAGE ID

LOCK := --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11
INSTALL := -m pip install --quiet --disable-pip-version-check
# Each process has a browser; one more than cores, because pages are waited for
TESTS := $(BIN)/python -m pytest --quiet --numprocesses 3 --dist worksteal --durations 15 -rs

.DEFAULT_GOAL := help
.PHONY: help serve site brief check lint record new review links test test-all audit bench-speed lock clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

serve: $(VENV)/site-installed  ## live preview on http://127.0.0.1:8000/; PORT=8001 takes another
	@$(BIN)/mkdocs serve --watch overrides $(if $(PORT),--dev-addr "127.0.0.1:$(PORT)")

site: $(VENV)/site-installed  ## build the site into site/
	$(BIN)/mkdocs build --strict

brief: site $(VENV)/test-installed  ## build the site and add what needs a browser: the brief as PDF, pictures of figures and of shared links
	$(BIN)/python scripts/browser.py
	$(BIN)/python scripts/print_site.py site

check: $(VENV)/test-installed  ## build into a temporary folder and check content, links, anchors and front matter; PUBLISHED=permalinks.json of the live site: nothing of it was lost
	$(BIN)/python scripts/check.py $(if $(PUBLISHED),--published "$(PUBLISHED)")
	@$(MAKE) --no-print-directory lint

record: $(VENV)/site-installed  ## after an edit: NOTE="why", TYPO=1 or NOTES=file with a note for each; RETIRE=/page/#id [SUCCESSOR="/page/#id …"] NOTE="why" gives one up, or a whole page
	@$(BIN)/python scripts/record.py --note "$$NOTE" $(if $(NOTES),--notes "$$NOTES") $(if $(TYPO),--typo) $(if $(RETIRE),--retire "$$RETIRE") $(if $(SUCCESSOR),--successor "$$SUCCESSOR")

new: $(VENV)/site-installed  ## the skeleton of a record at its place: KIND=finding PAGE=treaty; KIND=reading or forecast ID=W3; KIND=source, event, term or person ID=its-id; KIND=look
	@$(BIN)/python scripts/new.py "$$KIND" $(if $(PAGE),--page "$$PAGE") $(if $(ID),--id "$$ID")

review: $(VENV)/site-installed  ## what is due and overdue, oldest first: reviews, forecasts, addresses gone by the last report, sources read in part
	@$(BIN)/python scripts/review.py

links: $(VENV)/test-installed  ## ask other hosts for the addresses that the site links (lychee; takes minutes); OUTPUT=build/links.md for the report that review reads
	env -u SITE_URL $(BIN)/mkdocs build --strict --quiet --site-dir build/links
	$(BIN)/lychee --config lychee.toml --root-dir "$(CURDIR)/build/links" $(if $(OUTPUT),--format markdown --output "$(OUTPUT)") "build/links/**/*.html"

lint: $(VENV)/test-installed  ## ruff and mypy: faults, types and form of the code; `ruff format` and `ruff check --fix` mend much
	$(BIN)/ruff check scripts tests
	$(BIN)/ruff format --check scripts tests || { echo "run $(BIN)/ruff format scripts tests"; exit 1; }
	$(BIN)/mypy

test: check  ## check, then the tests; installs a browser if there is none (four minutes)
	$(BIN)/python scripts/browser.py
	$(TESTS)

test-all: check  ## the same, and what runs once a week: every rule in every view, other generator, other checkers
	$(BIN)/python scripts/browser.py
	$(BIN)/python scripts/nu_checker.py
	$(TESTS) -m ""

audit: build/audit/installed  ## ask for known faults in what the locks hold, and check the workflows (asks other hosts)
	build/audit/bin/zizmor --persona=pedantic .github
	build/audit/bin/pip-audit --strict --require-hashes --disable-pip --progress-spinner off \
		-r requirements-test.txt -r requirements-audit.txt

bench-speed: $(VENV)/test-installed  ## compare the site with the bare theme and plain pages under Lighthouse (needs npm; takes an hour)
	$(BIN)/python scripts/bench/compare_speed.py

lock:  ## resolve the dependencies of pyproject.toml anew (needs uv)
	uv pip compile $(LOCK) --upgrade --extra build pyproject.toml -o requirements.txt
	uv pip compile $(LOCK) --extra build --extra test -c requirements.txt pyproject.toml -o requirements-test.txt
	uv pip compile $(LOCK) --upgrade --group audit -o requirements-audit.txt

clean:  ## remove the environment and everything built
	rm -rf $(VENV) site build scripts/*.egg-info .pytest_cache .mypy_cache .ruff_cache

# The set-up says a line for each step. The stamps remember which locked set is installed, so that a changed lock or
# package installs again.
$(BIN)/python:
	@echo "Set up 1: an environment of its own, $(VENV)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is " + sys.version.split()[0] + "; name another with make PYTHON=...")'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/site-installed: $(BIN)/python requirements.txt pyproject.toml
	@echo "Set up 2: what the site needs, requirements.txt"
	@$(BIN)/python $(INSTALL) --require-hashes -r requirements.txt
	@$(BIN)/python $(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/test-installed: $(VENV)/site-installed requirements-test.txt
	@echo "Set up 3: what checks and tests need, requirements-test.txt"
	@$(BIN)/python $(INSTALL) --require-hashes -r requirements-test.txt
	@touch $@

build/audit/installed: $(BIN)/python requirements-audit.txt
	@echo "Set up: what the audit needs, requirements-audit.txt"
	@$(BIN)/python -m venv build/audit
	@build/audit/bin/python $(INSTALL) --require-hashes -r requirements-audit.txt
	@touch $@
