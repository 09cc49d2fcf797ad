# One command for each thing a person does here; `make` alone lists them.
PY := .venv/bin/python
BIN := .venv/bin
CODE := protocols devices station ui

.PHONY: help setup run test check bench soak audit screenshots translations lock clean

help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)

setup:
	@bash tools/setup.sh

## make run          open the station (simulated devices when none is configured); without a display, record once unattended
run: setup
	@$(BIN)/ktpel run $(ARGS)

## make test         every check, then every test
test: check
	@QT_QPA_PLATFORM=offscreen $(PY) -m pytest -n 2 --dist loadgroup --cov --cov-report=term:skip-covered $(ARGS)
	@$(PY) -m coverage report --include='protocols/*,station/domain/*' --fail-under=95 --skip-covered --show-missing \
	  || { echo 'protocols/ and station/domain/ must be covered to 95 % of lines and branches'; exit 1; }

## make check        lint, format, types (Linux and Windows), import contracts, security
check: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy $(CODE) $(wildcard benchmarks) tests
	@$(BIN)/mypy --platform win32 --cache-dir .mypy_cache/win32 $(CODE)
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/bandit -q -c pyproject.toml -r $(CODE)

## make bench        speed as ratios against a peer in the same run; writes benchmarks/RESULTS.md
bench: setup
	@$(PY) -m benchmarks $(ARGS)

## make soak         the long runs of what the suite only samples (power cuts, cameras pulled, mutated bytes)
soak: setup
	@KTPEL_SOAK=1 QT_QPA_PLATFORM=offscreen $(PY) -m pytest -q -m soak --timeout 3600 $(ARGS)

## make audit        ask whether a locked package is known to be vulnerable; says so where nobody can be asked
audit: setup
	@$(PY) tools/audit.py

## make screenshots  draw every screen anew into docs/screenshots
screenshots: setup
	@$(PY) -m ui.autopilot --screenshots docs/screenshots $(ARGS)

## make translations collect sentences from the source and compile them
translations: setup
	@bash tools/translations.sh

## make lock         bring requirements/lock.txt in step with pyproject.toml (ARGS=--upgrade: newest of everything)
lock: setup
	@$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
	  --no-annotate --no-header -q -o requirements/lock.txt $(ARGS)

## make clean        remove what was built and what was recorded in var/
clean:
	rm -rf .venv .setup.lock build *.egg-info var .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis \
	  .benchmarks .coverage .coverage.* htmlcov
