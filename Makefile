# Isovigil's commands. `make` alone lists them. A fresh Debian 12 with make and Python 3.11 is enough.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
export PYTHON

BIN := .venv/bin
INSTALLER := requirements/install.sh requirements/java.sh requirements/machine_index.py requirements/install.txt requirements/build.txt pyproject.toml
RULEBOOK := $(shell find src/isovigil/rulebook 2>/dev/null)
LINES := src/isovigil/exchange/bulk/native
SNAPSHOT := src/isovigil/exchange/rulebook_snapshot.py

.PHONY: help install install-test rulebook test check nightly bench bench-peers demo docs lock clean

help: ## list these targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: .venv/.installed-core .venv/.installed-web .venv/.rulebook .venv/.lines ## put Isovigil and what it needs to run into .venv
	@echo "Isovigil is installed: $(BIN)/isovigil --help"

install-test: .venv/.installed-core .venv/.installed-test .venv/.installed-spark .venv/.rulebook .venv/.lines .venv/.second-opinion ## the same, with everything the tests need
	@bash requirements/system.sh

rulebook: ## compile the rulebook again, whether or not it changed
	@rm -f .venv/.rulebook
	@$(MAKE) --no-print-directory .venv/.rulebook

test: check ## install everything and pass every check and test
	@echo "== tests"
	@$(BIN)/python -m pytest

check: install-test ## style, types and layers, without the tests: all their faults together
	@failed=(); try() { echo "== $$1"; "$${@:3}" || failed+=("$$1 ($$2)"); }; \
	try style "$(BIN)/ruff check --fix . repairs what it can" $(BIN)/ruff check --quiet .; \
	try format "$(BIN)/ruff format . writes it" $(BIN)/ruff format --quiet --check .; \
	try types "each line above names a file and what its types say" $(BIN)/mypy; \
	try layers "ARCHITECTURE.md says which package may import which" $(BIN)/lint-imports --no-cache --no-logo; \
	if [ $${#failed[@]} -gt 0 ]; then printf 'make check failed: %s\n' "$${failed[@]}" >&2; exit 1; fi

nightly: install-test ## the tests with far more generated examples
	@ISOVIGIL_PROFILE=nightly $(BIN)/python -m pytest

bench: install-test ## run every benchmark in bench/ and print its figures
	@shopt -s nullglob; for bench in bench/*.py; do echo "== $$bench"; $(BIN)/python "$$bench"; done

bench-peers: install-test ## the population beside two CQL engines, put into .bench (PATIENTS=3000)
	@$(BIN)/python bench/population_peers.py $(PATIENTS)

demo: install ## put a made-up clinic on record and serve its pages (DEMO_SERVE=no ends before serving)
	@$(BIN)/isovigil demo $(if $(filter no,$(DEMO_SERVE)),--no-serve)

docs: install ## write the generated pages again
	@$(BIN)/python -m isovigil.cli.generated_docs
	@$(BIN)/python -m isovigil.web.catalogue

lock: .venv/.installed-core ## lock the lists in pyproject.toml again (LOCK=--upgrade for newer versions)
	@bash requirements/lock.sh $(LOCK)

clean: ## remove .venv and every cache
	@rm -rf .venv .venv.uv .bench .hypothesis .pytest_cache .mypy_cache .ruff_cache .import_linter_cache build dist
	@rm -f $(LINES)/*.so
	@find src tests bench -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

.venv/.installed-%: requirements/%.txt $(INSTALLER)
	@bash requirements/install.sh $*
	@touch $@

.venv/.second-opinion: .venv/.installed-core requirements/second_opinion.sh tests/fhir/second_opinion/package-lock.json
	@bash requirements/second_opinion.sh

.venv/.rulebook: .venv/.installed-core $(RULEBOOK) $(wildcard src/isovigil/law/*.py src/isovigil/exchange/*.py)
	@if [ -e $(SNAPSHOT) ]; then $(BIN)/python -m isovigil.exchange.rulebook_snapshot; fi
	@touch $@

.venv/.lines: .venv/.installed-core $(wildcard $(LINES)/*.rs) $(LINES)/build.sh
	@bash $(LINES)/build.sh $(BIN)/python
	@touch $@
