# make run   the program          make test   everything that must hold
# make lint  the house rules      make format, make bench, make test-next (Django 6)

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ADDRESS ?= 127.0.0.1:8000
THREADS ?= 8
WORKERS ?= 2

.PHONY: help setup run test test-sqlite test-pg test-pgnew lint format bench sample test-next clean
help:
	@sed -n '1,2s/^# //p' Makefile

# --- Environments: a stamp says that the requirements were installed; nothing runs while it is newer ---

$(VENV)/run.stamp: requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/dev.stamp: requirements.txt requirements-dev.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@ $(VENV)/run.stamp

setup: $(VENV)/dev.stamp

# --- The program ---

run: $(VENV)/run.stamp
	$(BIN)/python manage.py prepare
	@echo "Serving http://$(ADDRESS)/"
	EMBEDDED_WORKER=$${EMBEDDED_WORKER-1} $(BIN)/waitress-serve --listen=$(ADDRESS) --threads=$(THREADS) $(SERVE_OPTIONS) project.wsgi:application

# --- The rules ---

PYTEST = $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

test: test-sqlite test-pg test-pgnew

test-sqlite: setup
	$(PYTEST)

test-pg: setup
	$(PYTEST) --engine=pg -m "not browser"

test-pgnew: setup
	$(PYTEST) --engine=pgnew -m "server and not browser"

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/djhtml --check templates dynadmin
	$(BIN)/python manage.py makemigrations --check --dry-run

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djhtml templates dynadmin

# --- The same on what comes next: the newest Django 6, which needs a newer Python than the pinned line ---

NEXT_PYTHON ?= $(shell for python in python3.13 $(HOME)/.pyenv/versions/3.13*/bin/python3.13; do \
	"$$python" -c "import venv" 2> /dev/null && echo "$$python" && break; done)
NEXT := .venv-next

$(NEXT)/next.stamp: requirements.txt requirements-dev.txt
	@test -n "$(NEXT_PYTHON)" || { echo "make test-next needs Python 3.13: set NEXT_PYTHON"; exit 1; }
	test -x $(NEXT)/bin/python || $(NEXT_PYTHON) -m venv $(NEXT)
	cat requirements.txt requirements-dev.txt | sed -e '/^-r /d' -e 's/^Django~=.*/Django>=6.0,<7/' > $(NEXT)/requirements.txt
	$(NEXT)/bin/pip install --quiet --disable-pip-version-check --upgrade -r $(NEXT)/requirements.txt
	touch $@ $(NEXT)/run.stamp $(NEXT)/dev.stamp

test-next: $(NEXT)/next.stamp
	$(NEXT)/bin/python -m pytest -n $(WORKERS) --dist worksteal -m "not browser"

bench: setup
	$(BIN)/python -m tests.bench $(BENCH)

# Writes project/sample/*.csv anew from the package they were taken from.
sample: setup
	$(BIN)/python -m tests.nycflights

clean:
	rm -rf build $(VENV) .venv-next .pytest_cache .mypy_cache .ruff_cache
