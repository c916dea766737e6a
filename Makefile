# Sprega: every command rests on `make setup`, which builds .venv from hashed locks.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SOURCES := src tests benchmarks
WORDS := $(shell find src -name '*.po')

.PHONY: run test check bench setup browser lock translations clean

run: setup
	$(BIN)/sprega start srednogorie --founding-text --if-missing
	$(BIN)/sprega practice --if-missing
	$(BIN)/sprega serve

setup: $(VENV)/.ready

$(VENV)/.ready: requirements/run.txt requirements/dev.txt pyproject.toml $(WORDS)
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements/dev.txt requirements/uv.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	$(foreach po,$(WORDS),$(BIN)/pybabel --quiet compile -i $(po) -o $(po:.po=.mo) -l bg &&) true
	touch $@

# The journeys need a browser: the machine's own, else Debian's.
browser:
	command -v chromium >/dev/null || { apt-get update -q && apt-get install -q -y --no-install-recommends chromium; }

test: check browser
	$(BIN)/python -m pytest -n 2 --dist worksteal

check: setup
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports

# Speed beside named peers; then what takes minutes: hundreds of actions while web, worker and database are killed,
# and every page in both languages and themes.
bench: setup
	$(BIN)/python -m benchmarks
	$(BIN)/python -m pytest -m slow tests/faults tests/journeys

translations: setup
	mkdir -p build
	$(BIN)/pybabel --quiet extract --no-location --sort-output -k Sentence:1 -F babel.cfg -o build/sprega.pot src/sprega
	$(BIN)/pybabel --quiet update --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date -i build/sprega.pot -d src/sprega/locale -D sprega

lock:
	$(BIN)/uv pip compile --quiet --generate-hashes --no-header --no-emit-index-url pyproject.toml requirements/run.in -o requirements/run.txt
	$(BIN)/uv pip compile --quiet --generate-hashes --no-header --no-emit-index-url --extra dask pyproject.toml requirements/run.in requirements/dev.in -o requirements/dev.txt

clean:
	rm -rf $(VENV) build
