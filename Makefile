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
# A process on every core, of one thread each. But a browser and the server that paints for it
# need the machine for themselves.
PARALLEL := --numprocesses logical --maxprocesses 4 --dist worksteal
ONE_THREAD := OMP_NUM_THREADS=1

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run test check train bench clean

run: $(VENV)/.app
	$(BIN)/python app.py

test: $(VENV)/.tests
ifdef TESTS
	$(ONE_THREAD) $(BIN)/python -m pytest $(PARALLEL) $(TESTS)
else
	$(ONE_THREAD) $(BIN)/python -m pytest $(PARALLEL) tests/pipelines tests/demos
	$(BIN)/python -m pytest tests/browser
endif

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
