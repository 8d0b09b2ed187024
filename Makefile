# make run    set everything up and serve the page
# make test   set everything up and run the tests
# make check  lint, format and types
# make train  SYSTEM=chimera ARGS="--preset smoke --run runs/first"
# make bench  what it costs, as ratios measured in one run

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SYSTEM ?= chimera
ARGS ?= --preset smoke --run runs/$(SYSTEM)
# A process more than cores, since some wait for others; and beside them the browser, which waits much of its time, and
# goes first since it takes longest. Each computes on one thread: several would wait for one another.
CORES := $(shell getconf _NPROCESSORS_ONLN)
PARALLEL := --numprocesses $(shell expr $(CORES) + 1) --maxprocesses 4 --dist worksteal
PYTEST := $(BIN)/python -m pytest
test test-code test-browser: export OMP_NUM_THREADS := 1

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run test test-code test-browser check train bench clean

run: $(VENV)/.app
	$(BIN)/python app.py

test: $(VENV)/.tests
ifdef TESTS
	$(PYTEST) $(PARALLEL) $(TESTS)
else
	$(MAKE) --jobs=2 test-code test-browser
endif

test-code: $(VENV)/.tests
	nice $(PYTEST) $(PARALLEL) tests/pipelines tests/demos

test-browser: $(VENV)/.tests
	$(PYTEST) tests/browser

check: $(VENV)/.tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

train: $(VENV)/.app
	$(BIN)/python -m pipelines train $(SYSTEM) $(ARGS)

bench: $(VENV)/.tests
	$(BIN)/python -m tests.benchmarks $(ARGS_BENCH)

# The markers say which requirements are installed, so that a second run starts at once.
$(VENV)/.app: requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --requirement requirements.txt
	touch $@

$(VENV)/.tests: $(VENV)/.app tests/requirements.txt pipelines/requirements-train.txt
	$(BIN)/pip install --quiet --requirement tests/requirements.txt
	touch $@

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache
