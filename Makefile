# Everything a fresh machine needs is Python 3.11+: set-up makes .venv and installs the pinned requirements into it.
PYTHON ?= python3
PY := .venv/bin/python
JOBS := $(shell nproc 2>/dev/null || sysctl -n hw.ncpu 2>/dev/null || echo 2)

.PHONY: run simulate test lint bench lock setup setup-dev env

MESSAGES := locale/ru/LC_MESSAGES/django.mo

FRONTEND := static/vendor/icons.svg

setup: .venv/runtime.stamp $(MESSAGES) $(FRONTEND)
setup-dev: .venv/dev.stamp $(MESSAGES) $(FRONTEND)

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/runtime.stamp: requirements.txt | .venv/bin/python
	$(PY) -m pip install -q --disable-pip-version-check --require-hashes -r requirements.txt
	touch $@

.venv/dev.stamp: requirements-dev.txt .venv/runtime.stamp
	$(PY) -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@

%.mo: %.po .venv/runtime.stamp
	$(PY) scripts/compile_messages.py

$(FRONTEND): package-lock.json scripts/frontend.py .venv/runtime.stamp
	$(PY) scripts/frontend.py

run: setup
	$(PY) manage.py run

simulate: setup
	$(PY) manage.py simulate

# The journeys go alone: a browser beside processors that are all busy is a story of waiting.
test: setup-dev
	$(PY) scripts/browser.py
	$(PY) -m pytest -n $(JOBS) --dist loadgroup --ignore tests/journeys
	$(PY) -m pytest tests/journeys

# What the architecture's checks ask of running pages, who may open them and what they cost, belongs to the suite.
lint: setup-dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	.venv/bin/lint-imports
	$(PY) -m mypy .
	$(PY) -m djlint --lint --quiet templates
	$(PY) -m pytest -q tests/architecture --ignore tests/architecture/test_access.py --ignore tests/architecture/test_query_counts.py

# Tables of figures; a missed target is said in its line and fails nothing. About ten minutes.
bench: setup-dev
	$(PY) -m benchmarks.spikes
	$(PY) -m benchmarks.intake
	$(PY) -m benchmarks.escalation
	$(PY) -m benchmarks.scale
	$(PY) -m benchmarks.knowledge
	$(PY) -m benchmarks.pop
	$(PY) -m benchmarks.ledger

# The secrets of docker-compose.yml, made once.
env:
	$(PYTHON) scripts/production_env.py

lock: setup-dev
	$(PY) -m uv pip compile -q --universal --python-version 3.11 --generate-hashes requirements.in -o requirements.txt
	$(PY) -m uv pip compile -q --universal --python-version 3.11 --generate-hashes requirements-dev.in -o requirements-dev.txt
