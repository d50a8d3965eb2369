# What each target runs stands in README.md, so that everything works without make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export NO_MKDOCS_2_WARNING := 1
# As typed: a dollar sign in a note is a dollar sign.
override NOTE := $(value NOTE)
export NOTE NOTES RETIRE SUCCESSOR

.DEFAULT_GOAL := help
.PHONY: help serve site brief check record links test audit bench-speed share-picture lock clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

serve: $(VENV)/site-installed  ## live preview on http://127.0.0.1:8000/
	$(BIN)/mkdocs serve

site: $(VENV)/site-installed  ## build the site into site/
	$(BIN)/mkdocs build --strict

brief: site $(VENV)/test-installed  ## build the site and print its brief to site/brief/is-russia-an-ally-of-iran.pdf
	$(BIN)/python scripts/browser.py
	$(BIN)/python scripts/print_brief.py site

check: $(VENV)/site-installed  ## build into a temporary folder and check content, links, anchors and front matter
	$(BIN)/python scripts/check.py

record: $(VENV)/site-installed  ## after an edit: NOTE="why", TYPO=1 or NOTES=file with a note for each; RETIRE=/page/#id [SUCCESSOR=/page/#id] NOTE="why" gives one up
	@$(BIN)/python scripts/record.py --note "$$NOTE" $(if $(NOTES),--notes "$$NOTES") $(if $(TYPO),--typo) $(if $(RETIRE),--retire "$$RETIRE") $(if $(SUCCESSOR),--successor "$$SUCCESSOR")

links: $(VENV)/test-installed  ## ask other hosts for the addresses that the site links (lychee; takes minutes); OUTPUT=file for a report
	env -u SITE_URL $(BIN)/mkdocs build --strict --quiet --site-dir build/links
	$(BIN)/lychee --config lychee.toml --root-dir "$(CURDIR)/build/links" $(if $(OUTPUT),--format markdown --output "$(OUTPUT)") "build/links/**/*.html"

test: $(VENV)/test-installed  ## check, then run all tests; installs a browser if there is none
	$(MAKE) check
	$(BIN)/python scripts/browser.py
	$(BIN)/python scripts/nu_checker.py
	$(BIN)/python -m pytest --numprocesses 4 --dist worksteal

audit: build/audit/installed  ## ask for known faults in what the locks hold, and check the workflows (asks other hosts)
	build/audit/bin/zizmor --persona=pedantic .github
	build/audit/bin/pip-audit --strict --require-hashes --disable-pip --progress-spinner off \
		-r requirements-test.txt -r requirements-audit.txt

bench-speed: $(VENV)/test-installed  ## compare the site with the bare theme under Lighthouse (needs npm; takes over an hour)
	$(BIN)/python scripts/bench/compare_speed.py

share-picture: $(VENV)/test-installed  ## draw docs/assets/share.png anew from share.svg
	$(BIN)/python scripts/draw_share_picture.py

lock:  ## resolve the dependencies of pyproject.toml anew (needs uv)
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 --upgrade --extra build pyproject.toml -o requirements.txt
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 --extra build --extra test --extra external -c requirements.txt pyproject.toml -o requirements-test.txt
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 --upgrade --group audit -o requirements-audit.txt

clean:  ## remove the environment and everything built
	rm -rf $(VENV) site build scripts/*.egg-info .pytest_cache

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is " + sys.version.split()[0] + "; name another with make PYTHON=...")'
	$(PYTHON) -m venv $(VENV)

# The stamps remember which locked set is installed, so that a changed lock or package installs again.
$(VENV)/site-installed: $(BIN)/python requirements.txt pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/test-installed: $(VENV)/site-installed requirements-test.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.txt
	@touch $@

build/audit/installed: $(BIN)/python requirements-audit.txt
	$(BIN)/python -m venv build/audit
	build/audit/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-audit.txt
	@touch $@
