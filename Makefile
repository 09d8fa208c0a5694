# The two commands are `make book` and `make test`; `make help` lists the rest.
CONFIG ?= quick
CORES  ?= 2
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3)
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

# `make newest`: the newest releases that go together, on the newest Python; not the book.
NEWEST_PYTHON ?= python3.12
NEWEST := .venv-newest
NOT_THE_CORE := jupyter-book|sphinx-.*|jupyterlab|ipywidgets|nbstripout|playwright|ruff|import-linter
NEWEST_NAMES := $(shell sed -n 's/^    "\([a-z-]*\)==.*/\1/p' pyproject.toml | grep -vxE '$(NOT_THE_CORE)')
CORE_TESTS := $(addprefix tests/,model training data data_prep evaluation faces \
  $(addprefix test_,$(addsuffix .py,config experiments paths studies code_digest homes)))

# One thread a process: two processes with two threads each thrash two cores.
export OMP_NUM_THREADS ?= 1
export OPENBLAS_NUM_THREADS ?= 1
export MKL_NUM_THREADS ?= 1
export NUMBA_NUM_THREADS ?= 1
export PYTHONUNBUFFERED = 1

# `make site` shows the published run, unless a CONFIG is asked for or nothing is published.
ifeq ($(origin CONFIG) $(wildcard results/published/published.json),file results/published/published.json)
SITE := -m dsin_lib.reporting.restore
else
SITE := -m dsin_lib dag --config $(CONFIG) --cores $(CORES) --only site,book,notebook,tables
endif

.DEFAULT_GOAL := help
.PHONY: help env book test newest lab site publish lint clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-7s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "  CONFIG=smoke|quick|laptop|paper|synau_d|bp4d|disfa (now $(CONFIG)), CORES=2 (now $(CORES))"

book: $(READY) ## the whole replication at CONFIG, then the site; resumes, and does nothing twice
	@$(BIN)/python -m dsin_lib dag --config $(CONFIG) --cores $(CORES)

test: $(READY) ## all tests, side by side on CORES cores
	$(BIN)/python -m pytest -n $(CORES) --dist loadfile --no-loadscope-reorder

newest: ## the core's tests with the newest releases on Python 3.12, in .venv-newest
	$(NEWEST_PYTHON) -m venv $(NEWEST)
	$(NEWEST)/bin/python -m pip install --quiet --disable-pip-version-check torch
	$(NEWEST)/bin/python -m pip install --quiet --disable-pip-version-check $(NEWEST_NAMES)
	PYTHONPATH=. $(NEWEST)/bin/python -m pytest $(CORE_TESTS)

lab: $(READY) ## JupyterLab on the notebooks
	$(BIN)/jupyter lab --notebook-dir book

site: $(READY) ## render what is published, or CONFIG's results if you name one; trains nothing
	@$(BIN)/python $(SITE)

publish: $(READY) ## copy what CONFIG's book shows to results/published, to be committed
	@$(BIN)/python -m dsin_lib.reporting.publish --config $(CONFIG)

lint: $(READY) ## style, layers, stripped notebooks
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/nbstripout --verify book/*.ipynb

clean: ## remove results (not the environment, not what is published)
	find results -mindepth 1 -maxdepth 1 ! -name published ! -name README.md -exec rm -rf {} +

env: $(READY) ## the environment in .venv

$(READY): requirements.lock
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; v in ((3, 11), (3, 12)) or sys.exit("PYTHON: expected Python 3.11 or 3.12, got %d.%d; say make PYTHON=/path/to/python3.11" % v)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $$(grep '^torch==' requirements.lock)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $(READY)
