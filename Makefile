# Two commands set everything up on a bare machine with Python 3.11+:  make demo   make test
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
REQUIREMENTS := requirements.txt
# A venv that uv made holds no pip.
INSTALL := $(if $(shell command -v uv),uv pip install -q --python $(BIN)/python,$(BIN)/python -m pip install -q --disable-pip-version-check)

.PHONY: demo test cases cases-full check test-all test-browser messages lock clean

demo: $(VENV)/.installed
	$(BIN)/python manage.py demo $(ARGS)

# As many processes as the machine has cores; ARGS="-n 0" runs them one after another.
test: $(VENV)/.installed
	$(BIN)/python -m pytest -q -n auto --dist worksteal -m "not slow and not services and not browser" $(ARGS)

# The law alone: every example as a file, in seconds, with Django made un-importable.
LAW := tests/engine/test_cases.py tests/engine/test_checks.py tests/engine/test_source_defects.py tests/engine/test_golden.py \
       tests/engine/test_explain.py
cases: $(VENV)/.installed
	$(BIN)/python -m pytest -q --noconftest -c /dev/null --rootdir . -p no:django -p no:cacheprovider -p tests.engine.no_django $(LAW) $(ARGS)

# The engine against the second calculator on 100,000 random trees: the counts are printed, any difference is an error.
cases-full: cases
	$(BIN)/python -m tests.reference.run --trees 100000 $(ARGS)

# What .ci/run also asks: style, types, import contracts, migrations, deployment.
check: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	DEBUG=0 SECRET_KEY=$$($(BIN)/python -c "import secrets; print(secrets.token_urlsafe(60))") ALLOWED_HOSTS=x EMAIL_URL=smtp://localhost:25 \
	  $(BIN)/python manage.py check --deploy --fail-level WARNING

# PostgreSQL, Redis and Chromium too: see .ci/run, which installs and starts them.
test-all:
	bash .ci/run

test-browser: $(VENV)/.installed $(VENV)/.browser
	$(BIN)/python -m pytest -q -m browser $(ARGS)

$(VENV)/.installed: $(REQUIREMENTS)
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Traceline needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Say which one: make PYTHON=python3.12 demo")'
	@if command -v uv >/dev/null 2>&1; then \
	  test -x $(BIN)/python || uv venv -q --python $(PYTHON) $(VENV); \
	  uv pip install -q --python $(BIN)/python -r $(REQUIREMENTS); \
	else \
	  $(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "Python's venv is incomplete here. On Debian and Ubuntu: apt install python3-venv"; exit 1; }; \
	  test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV); \
	  $(BIN)/python -m pip install -q --disable-pip-version-check -r $(REQUIREMENTS); \
	fi
	@touch $@

$(VENV)/.postgres: $(VENV)/.installed requirements-postgres.txt
	$(INSTALL) -r requirements-postgres.txt
	@touch $@

$(VENV)/.fast: $(VENV)/.installed requirements-fast.txt
	$(INSTALL) -r requirements-fast.txt
	@touch $@

$(VENV)/.browser: $(VENV)/.installed requirements-browser.txt
	$(INSTALL) -r requirements-browser.txt
	@touch $@

# The catalogues in locale/ with every sentence that is marked now; needs gettext. What is new stands there untranslated.
messages: $(VENV)/.installed
	$(BIN)/python manage.py phrases
	$(BIN)/python manage.py makemessages -l es_MX -l fr_CA --no-location --no-wrap --no-obsolete \
	  -i tests -i docs -i deploy -i static -i var
	$(BIN)/python manage.py compilemessages -l es_MX -l fr_CA -i .venv -i var

# The locks: exact versions for every Python from 3.11 on, and no address of an index.
lock:
	uv pip compile -q --universal --no-header --no-annotate --python-version 3.11 --group dev pyproject.toml -o requirements.txt
	for extra in postgres fast browser; do \
	  uv pip compile -q --universal --no-header --no-annotate --python-version 3.11 --extra $$extra -c requirements.txt pyproject.toml \
	    | grep -v -x -F -f requirements.txt > requirements-$$extra.txt; \
	done

clean:
	rm -rf $(VENV) var
