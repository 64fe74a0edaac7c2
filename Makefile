# `make run` and `make test` do everything, set-up included. See README.md.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: setup run test lint format bench bench-understanding bench-throughput bench-faults bench-dossiers clean

run: .venv/ready
	@$(BIN)/motcua serve

test: .venv/ready-dev
	@$(BIN)/python -m pytest -n auto --dist loadfile $(ARGS)

setup: .venv/ready-dev

lint: .venv/ready-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/motcua knowledge check

format: .venv/ready-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: bench-understanding bench-throughput bench-faults bench-dossiers

bench-understanding: .venv/ready-dev
	$(BIN)/python -m benchmarks.understanding $(ARGS)

# ARGS=--long: 200,000 messages more, of up to 100,000 chats.
bench-throughput: .venv/ready-dev
	$(BIN)/python -m benchmarks.throughput $(ARGS)

bench-faults: .venv/ready-dev
	$(BIN)/python -m benchmarks.faults

bench-dossiers: .venv/ready-dev
	$(BIN)/python -m benchmarks.dossiers

clean:
	rm -rf .venv build *.egg-info

# A stamp file per set-up, so that a second `make run` starts at once.
.venv/ready: requirements.txt pyproject.toml deploy/setup.sh
	@PYTHON=$(PYTHON) sh deploy/setup.sh run
	@touch $@

.venv/ready-dev: .venv/ready requirements-dev.txt requirements-peers.txt deploy/setup.sh
	@PYTHON=$(PYTHON) sh deploy/setup.sh dev
	@touch $@
