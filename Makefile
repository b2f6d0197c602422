# The first line of every target works on a fresh clone: the virtual environment is made on demand.
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
VENV ?= .venv
BIN := $(VENV)/bin
SMALL := $(VENV)/.installed
FULL := $(VENV)/.installed-dev

.DEFAULT_GOAL := help
.PHONY: help demo test test-long check law bench bench-peers clean

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(SMALL) ## Install and run the first backtest
	$(BIN)/cryptoflow backtest configs/btc_trend.yaml

test: $(FULL) ## Run the tests (first ring, a few minutes)
	$(BIN)/python -m pytest -m "not long" -n auto $(ARGS)

test-long: $(FULL) ## Run the long ring: thousands of draws
	@mkdir -p docs/evidence
	$(BIN)/python -m pytest tests -m long --hypothesis-profile long --evidence docs/evidence/long.md $(ARGS)

check: $(FULL) ## Lint, types and layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

law: $(FULL) ## Try the limits on every shipped pipeline and recorded prices
	$(BIN)/python -m benchmarks.law $(ARGS)

bench: $(FULL) ## Measure, as ratios to a plain loop
	$(BIN)/python -m benchmarks $(ARGS)

bench-peers: $(FULL) ## Measure, beside other engines in environments of their own
	$(BIN)/python -m benchmarks.peers $(ARGS)

clean: ## Remove the virtual environments and caches
	rm -rf $(VENV) .peers .mypy_cache .ruff_cache .import_linter_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "CryptoFlow needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python"; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(SMALL): $(BIN)/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

$(FULL): $(BIN)/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[dev]"
	@touch $@ $(SMALL)
