# make run    set up and start the demo on loopback
# make test   set up and run every check and every test
# make lint   format check, ruff, mypy --strict, import-linter
# make bench  the figures of docs/performance.md on this machine
# make reference   the pages of docs/reference, from what applications, functions and commands say
# make drop-in DIR=…   write an `asterisk` executable into DIR

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
NATIVE := $(wildcard src/switchroom/media/*/*.pyx src/switchroom/media/*/*.pxi src/switchroom/media/*/*.h)

# Tests start hundreds of processes: each would compile every module where this is set.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test check lint format reference bench drop-in peers clean

run: $(STAMP)
	@$(BIN)/switchroom demo

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Switchroom needs Python 3.11 or newer: make run PYTHON=python3.12"; exit 1; }
	@echo "==> making the virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)

# The package is installed in place; the media engine is compiled again when its sources change.
$(STAMP): $(BIN)/python pyproject.toml $(NATIVE)
	@echo "==> installing Switchroom (compiles the media engine, about a minute)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[speech]'
	@touch $@

$(VENV)/.developer: $(STAMP)
	@echo "==> installing what the tests need"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

# Real peers for the tests; where they cannot be installed their tests are skipped and say so.
peers:
	@sh tests/peers/install.sh

test: $(VENV)/.developer peers lint
	$(BIN)/pytest -q -n 2 --dist loadfile

check: $(VENV)/.developer lint
	$(BIN)/pytest -q -n 2 --dist loadfile -m "not peer and not slow"

lint: $(VENV)/.developer
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: $(VENV)/.developer
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

reference: $(STAMP)
	$(BIN)/switchroom reference --output docs/reference

bench: $(VENV)/.developer peers
	$(BIN)/python bench/run.py

drop-in: $(STAMP)
	@test -n "$(DIR)" || { echo "make drop-in DIR=/where/to/put/it"; exit 2; }
	@mkdir -p "$(DIR)"
	@printf '#!/bin/sh\nexec "%s/switchroom" asterisk "$$@"\n' "$(abspath $(BIN))" > "$(DIR)/asterisk"
	@chmod 755 "$(DIR)/asterisk"
	@echo "$(DIR)/asterisk runs Switchroom"

clean:
	rm -rf build dist $(STAMP) $(VENV)/.developer src/*.egg-info src/switchroom/media/*/*.so src/switchroom/media/*/*.c
