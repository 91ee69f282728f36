# Lắng Nghe. `make run` runs everything on this machine; `make test` checks everything.

SHELL := /bin/bash
.DEFAULT_GOAL := help

UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
APP := .venv/bin/python
RASA := rasa_project/.venv/bin/python
export UV_PYTHON_DOWNLOADS := automatic

.PHONY: help setup voice run test check train encoder evaluate bench chaos lock

help: ## Show this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | column -t -s "$$(printf '\t')"

setup: .venv/.ready rasa_project/.venv/.ready ## Make both Python environments from the locked requirements

voice: setup ## Install what turns recordings into text, where .venv has it not
	@$(UV) pip install --quiet --python $(APP) --require-hashes -r requirements-voice.txt

run: setup ## Run everything on this machine; Ctrl-C stops it and keeps every case
	@exec .venv/bin/langnghe run

test: check train ## Run linters and the whole test suite
	.venv/bin/python -m pytest

check: setup ## ruff, mypy --strict, import-linter, the training text
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	@$(RASA) rasa_project/data/build_nlu.py --check
	@$(RASA) rasa_project/data/check.py

train: setup ## Train the Rasa model if its data changed
	@$(RASA) rasa_project/train.py

encoder: ## Adapt the sentence encoder to the training text (rasa_project/encoder/README.md)
	@rasa_project/encoder/.venv/bin/python rasa_project/encoder/adapt.py

evaluate: train ## Measure the model, write docs/evaluation.md (QUICK=1, TRAIN=1, STOCK=1, RECORD=1)
	@.venv/bin/python -m bench.understanding \
		$(if $(QUICK),--quick) $(if $(TRAIN),--train) $(if $(STOCK),--stock) $(if $(RECORD),--record)

bench: train ## Load and fault runs that print figures
	@.venv/bin/python -m bench.places
	@.venv/bin/python -m bench.routing
	@.venv/bin/python -m bench.messages
	@.venv/bin/python -m bench.pace

chaos: train ## People write while parts are killed (SEED=…, CITIZENS=300)
	@.venv/bin/python -m bench.chaos $(if $(SEED),--seed $(SEED)) $(if $(CITIZENS),--citizens $(CITIZENS))

lock: $(UV) ## Lock the requirements again: names, versions and hashes
	@lock() { $(UV) pip compile --quiet --upgrade --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' "$$@"; }; \
	lock --universal --python-version 3.11 requirements.in -o requirements.txt; \
	lock --universal --python-version 3.11 --constraint requirements.txt requirements-voice.in -o requirements-voice.txt; \
	lock --universal --python-version 3.11 requirements-dev.in -o requirements-dev.txt; \
	lock --universal --python-version 3.11 requirements-uv.in -o requirements-uv.txt; \
	lock --python-version 3.10 rasa_project/requirements.in -o rasa_project/requirements.txt

.uv/bin/uv: requirements-uv.txt
	@echo "Installing uv …"
	@python3 -m venv .uv || { echo "python3 with its venv module is needed (Debian: python3-venv)" >&2; exit 1; }
	@.uv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt
	@touch $@

.venv/.ready: requirements-dev.txt pyproject.toml | $(UV)
	@echo "Making the application's Python environment …"
	@test -x $(APP) || $(UV) venv --quiet --python '>=3.11' .venv
	@$(UV) pip sync --quiet --python $(APP) requirements-dev.txt
	@$(UV) pip install --quiet --python $(APP) --no-deps --no-build-isolation --editable .
	@touch $@

rasa_project/.venv/.ready: rasa_project/requirements.txt scripts/find_python310.sh | $(UV)
	@echo "Making Rasa's Python 3.10 environment (TensorFlow is large: a few minutes at first) …"
	@$(RASA) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 10))' 2>/dev/null || { \
		python310=$$(scripts/find_python310.sh $(UV)) && \
		$(UV) venv --quiet --clear --python "$$python310" rasa_project/.venv; }
	@$(UV) pip sync $$(test -t 2 || echo --quiet) --python $(RASA) rasa_project/requirements.txt
	@touch $@
