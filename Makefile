# The two commands are `make book` and `make test`; `make help` lists the rest.
CONFIG ?= quick
CORES  ?= 2
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3)
VENV   := .venv
PY     := $(VENV)/bin/python
READY  := $(VENV)/.ready

# `make newest`: the newest releases that go together, on the newest Python; not the book.
NEWEST_PYTHON ?= python3.12
NEWEST := .venv-newest
NOT_THE_CORE := jupyter-book|sphinx-.*|jupyterlab|ipywidgets|nbstripout|playwright|ruff|import-linter
NEWEST_NAMES := $(shell sed -n 's/^    "\([a-z-]*\)==.*/\1/p' pyproject.toml | grep -vxE '$(NOT_THE_CORE)')
CORE_TESTS := $(addprefix tests/,config data data_prep faces model runs scores training \
  test_code_digest.py test_homes.py)

# Archives of runs, from which tables are computed without training.
KEPT := $(wildcard results/published/runs/*.zip)

# One thread a process: two processes with two threads each thrash two cores.
export OMP_NUM_THREADS ?= 1
export OPENBLAS_NUM_THREADS ?= 1
export MKL_NUM_THREADS ?= 1
export NUMBA_NUM_THREADS ?= 1
export PYTHONUNBUFFERED = 1

# `make site` shows what is published, unless a CONFIG is asked for or nothing is published.
ifeq ($(origin CONFIG) $(wildcard results/published/published.json),file results/published/published.json)
SITE := -m dsin_lib.reporting.site.restore
else
SITE := -m dsin_lib dag --config $(CONFIG) --cores $(CORES) --only site,book,notebook,tables
endif

.DEFAULT_GOAL := help
.PHONY: help env book test newest reader lab site publish tables keep lint clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-7s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "  CONFIG=smoke|quick|laptop|gpu|paper|synau_d|bp4d|disfa (now $(CONFIG)), CORES=2 (now $(CORES))"

book: $(READY) ## the whole replication at CONFIG, then the site; resumes, and does nothing twice
	@$(PY) -m dsin_lib dag --config $(CONFIG) --cores $(CORES)

test: $(READY) ## all tests, side by side on CORES cores
	$(PY) -m pytest -n $(CORES) --dist loadfile --no-loadscope-reorder

newest: ## the core's tests with the newest releases on Python 3.12, in .venv-newest
	$(NEWEST_PYTHON) -m venv $(NEWEST)
	$(NEWEST)/bin/python -m pip install --quiet --disable-pip-version-check torch
	$(NEWEST)/bin/python -m pip install --quiet --disable-pip-version-check $(NEWEST_NAMES)
	PYTHONPATH=. $(NEWEST)/bin/python -m pytest $(CORE_TESTS)

reader: ## an outside reader of faces (MediaPipe), in .venv-reader: beside opencv-headless it cannot be
	$(PYTHON) -m venv --clear .venv-reader
	.venv-reader/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r benchmarks/faces/reader.txt

lab: $(READY) ## JupyterLab on the notebooks
	$(PY) -m jupyterlab --notebook-dir book

site: $(READY) ## render what is published, or CONFIG's results if you name one; trains nothing
	@$(PY) $(SITE)

publish: $(READY) ## copy CONFIG's chapters (all, or ONLY="fusion ledger") to results/published, to be committed
	@$(PY) -m dsin_lib.reporting.site.publish --config $(CONFIG) $(addprefix --only ,$(ONLY))

tables: $(READY) ## CONFIG's tables, of the runs in results/published/runs if there are any; trains nothing
	@$(if $(KEPT),$(PY) -m dsin_lib take $(KEPT))
	@$(PY) -m dsin_lib tables --config $(CONFIG)

keep: $(READY) ## pack CONFIG's runs that are new into results/published/runs, to be committed
	@$(PY) -m dsin_lib keep --config $(CONFIG)

lint: $(READY) ## style, layers, stripped notebooks
	$(PY) -m ruff check . && $(PY) -m ruff format --check .
	$(PY) -c 'from importlinter.cli import lint_imports_command as lint; lint()'
	$(PY) -m nbstripout --verify book/*.ipynb

clean: ## remove results (not the environment, not what is published)
	find results -mindepth 1 -maxdepth 1 ! -name published ! -name README.md -exec rm -rf {} +

env: $(READY) ## the environment in .venv

# An environment says in .ready which Python it has and where it was made: one that was copied with a
# checkout, moved, or left without its Python would run another place's code, or nothing.
VERSION := import sys; print("python%d.%d" % sys.version_info[:2])
ifneq "$(shell $(PY) -c '$(VERSION)' 2>/dev/null) in $(CURDIR)" "$(shell cat $(READY) 2>/dev/null)"
.PHONY: $(READY)
endif

$(READY): requirements.lock dsin_lib/jupyter/kernels/dsin-book/kernel.json
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; v in ((3, 11), (3, 12)) or sys.exit("PYTHON: expected Python 3.11 or 3.12, got %d.%d; say make PYTHON=/path/to/python3.11" % v)'
	$(PYTHON) -m venv --clear $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check $$(grep '^torch==' requirements.lock)
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps -e .
	$(PY) -W ignore -m jupyter_client.kernelspecapp install --sys-prefix dsin_lib/jupyter/kernels/dsin-book
	@echo "$$($(PY) -c '$(VERSION)') in $(CURDIR)" > $(READY)
