# One word each. Everything a target needs is installed by it, into .venv and node_modules.
PYTHON ?= python3
PORT ?= 8000
V := .venv
PY := $(V)/bin/python
UV := $(V)/bin/uv pip
NPM := $(shell command -v npm)
# Without a key of its own the installation makes one; production sets SECRET_KEY and is asked for it.
KEYLESS := $(if $(SECRET_KEY)$(DEBUG)$(DEMO),,DEMO=1)

.PHONY: demo test setup setup-test lint bench soak lock

# The application with its worked examples, on this machine only.
demo: export DEMO := 1
demo: export PORT := $(PORT)
demo: setup
	@$(PY) manage.py load_examples
	@$(PY) manage.py serve

# The whole suite on SQLite and on PostgreSQL, browser tests included, and one summary.
test: setup-test
	@$(PY) -m tests.both

# What running needs, and a migrated database.
setup: $(V)/.run node_modules/.stamp
	@$(KEYLESS) $(PY) manage.py migrate -v0

# What testing and checking need as well.
setup-test: setup $(V)/.dev

# Every check that runs no test.
lint: $(V)/.dev node_modules/.stamp
	$(V)/bin/ruff check .
	$(V)/bin/ruff format --check .
	$(V)/bin/djlint templates --lint --quiet
	$(V)/bin/lint-imports
	DEMO=1 $(V)/bin/mypy
	DEMO=1 $(PY) manage.py makemigrations --check --dry-run
	@# As production would: a key made for this one check.
	env -u DEBUG -u DEMO ALLOWED_HOSTS=review.example.org HSTS_SUBDOMAINS=1 \
	  SECRET_KEY="$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(64))')" \
	  $(PY) manage.py check --deploy --fail-level WARNING

# The benchmark on SQLite and on PostgreSQL, as JSON on standard output; nothing else of ours runs.
bench: setup-test
	@$(KEYLESS) $(PY) manage.py bench

# The races and faults, repeated as often as the promise says.
soak: setup-test
	@IFI_SOAK=1 $(PY) -m tests.both -m soak --timeout 3600

# New lock files after a change of pyproject.toml or package.json.
lock: $(V)/.uv
	$(UV) compile -q --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-annotate pyproject.toml -o requirements.lock
	$(UV) compile -q --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-annotate pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
	$(UV) compile -q --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-annotate --group node -o requirements-node.lock
	npm install --package-lock-only
	$(PY) -m ifi_review.lockfile package-lock.json

$(V)/.uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; name one with PYTHON=…" >&2; exit 1; }
	$(PYTHON) -m venv $(V)
	$(PY) -m pip install -q --disable-pip-version-check uv
	@touch $@

$(V)/.run: requirements.lock $(V)/.uv
	$(UV) install -q --python $(PY) --require-hashes -r requirements.lock
	@touch $@

$(V)/.dev: requirements-dev.lock $(V)/.run
	$(UV) install -q --python $(PY) --require-hashes -r requirements-dev.lock
	@touch $@

node_modules/.stamp: package.json package-lock.json $(if $(NPM),,$(V)/.node)
	$(if $(NPM),npm,PATH="$(CURDIR)/$(V)/bin:$$PATH" $(V)/bin/npm) ci --silent
	@mkdir -p $(@D) && touch $@

# npm for a machine that has none.
$(V)/.node: requirements-node.lock $(V)/.uv
	$(UV) install -q --python $(PY) --require-hashes -r requirements-node.lock
	@touch $@
