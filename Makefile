# Isovigil's commands. `make` alone lists them. A fresh Debian 12 with make and Python 3.11 is enough.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
export PYTHON

BIN := .venv/bin
INSTALLER := requirements/install.sh requirements/machine_index.py requirements/install.txt requirements/build.txt pyproject.toml
RULEBOOK := $(shell find src/isovigil/rulebook 2>/dev/null)
SNAPSHOT := src/isovigil/exchange/rulebook_snapshot.py

# Says which step failed, and what to type, before make stops.
step = @echo "== $(1)"; $(2) || { echo "make $@: $(1) failed. $(3)" >&2; exit 1; }

.PHONY: help install install-test rulebook test check nightly bench demo docs lock clean

help: ## list these targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: .venv/.installed-core .venv/.rulebook ## put Isovigil and what it needs to run into .venv
	@echo "Isovigil is installed: $(BIN)/isovigil --help"

install-test: .venv/.installed-core .venv/.installed-test .venv/.rulebook ## the same, with everything the tests need

rulebook: ## compile the rulebook again, whether or not it changed
	@rm -f .venv/.rulebook
	@$(MAKE) --no-print-directory .venv/.rulebook

test: check ## install everything and pass every check and test
	$(call step,tests,$(BIN)/python -m pytest,The first failure above says what and where.)

check: install-test ## style, types and layers, without the tests
	$(call step,style,$(BIN)/ruff check --quiet .,$(BIN)/ruff check --fix . repairs what it can.)
	$(call step,format,$(BIN)/ruff format --quiet --check .,$(BIN)/ruff format . writes it.)
	$(call step,types,$(BIN)/mypy,Each line above names a file and what the types say.)
	$(call step,layers,$(BIN)/lint-imports --no-cache,ARCHITECTURE.md says which package may import which.)

nightly: install-test ## the tests with far more generated examples
	$(call step,nightly tests,ISOVIGIL_PROFILE=nightly $(BIN)/python -m pytest,The failing example above is printed with its seed.)

bench: install-test ## run every benchmark in bench/ and print its figures
	@shopt -s nullglob; for bench in bench/*.py; do echo "== $$bench"; $(BIN)/python "$$bench"; done

demo: install ## judge a synthetic clinic today (DEMO_SERVE=no never stays in the foreground)
	@$(BIN)/isovigil demo $(if $(filter no,$(DEMO_SERVE)),--no-serve)

docs: install ## write the generated pages again
	@$(BIN)/python -m isovigil.cli.generated_docs

lock: .venv/.installed-core ## lock the lists in pyproject.toml again (LOCK=--upgrade for newer versions)
	@bash requirements/lock.sh $(LOCK)

clean: ## remove .venv and every cache
	@rm -rf .venv .venv.uv .hypothesis .pytest_cache .mypy_cache .ruff_cache .import_linter_cache build dist
	@find src tests bench -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

.venv/.installed-%: requirements/%.txt $(INSTALLER)
	@bash requirements/install.sh $*
	@touch $@

.venv/.rulebook: .venv/.installed-core $(RULEBOOK) $(wildcard $(SNAPSHOT))
	@if [ -e $(SNAPSHOT) ]; then $(BIN)/python -m isovigil.exchange.rulebook_snapshot; fi
	@touch $@
