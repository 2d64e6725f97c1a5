# What a newcomer types. `make demo` first.
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || echo python3)
PIP := .venv/bin/pip install -q -c constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1
.DEFAULT_GOAL := help

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' || { \
	  echo "Python 3.11 or 3.12 is needed (Triton's stub, NumPy below 2). Install one, then: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 2; }
	$(PYTHON) -m venv .venv

.venv/.serve: .venv/bin/python pyproject.toml constraints.txt requirements-triton.txt requirements-pages.txt
	$(PIP) -e '.[serve,control,local]'
	$(PIP) --no-deps -r requirements-triton.txt -r requirements-pages.txt
	@touch $@

.venv/.dev: .venv/.serve
	$(PIP) -e '.[serve,control,local,export,dev,web]'
	@touch $@

.venv/.web: .venv/.serve
	$(PIP) -e '.[web]'
	@touch $@

install: .venv/.serve ## what serving needs (no torch)
install-dev: .venv/.dev ## everything tests and exports need

demo: .venv/.serve ## from a bare clone to a picture: signs up, submits, watches, downloads over the public API
	@.venv/bin/studio demo

# Where its tools cannot be had the studio starts all the same: without the web UI, or with the one built before.
up: .venv/.serve ## everything on this machine until Ctrl-C: API, database, cache, storage, Triton
	@$(MAKE) --no-print-directory web || \
	  echo "The web UI cannot be built (why stands above): the studio starts without it, or with the one built before."
	@exec .venv/bin/studio up

# The web UI. Its tools come from npm by a lock file, Node itself as a Python package.
web/node_modules/.package-lock.json: web/package-lock.json | .venv/.web
	@web/run npm ci --ignore-scripts --no-audit --no-fund --loglevel=error

web/dist/index.html: web/node_modules/.package-lock.json $(shell find web/src web/public web/index.html web/vite.config.ts -type f 2>/dev/null)
	@web/run vite build --logLevel warn

web: web/dist/index.html ## the web UI's files → web/dist

web-types: .venv/.serve web/node_modules/.package-lock.json ## the API's types for the web UI → web/src/api/schema.gen.ts
	.venv/bin/python -m control.http.document --out web/build/openapi.json
	web/run node scripts/types.mjs build/openapi.json src/api/schema.gen.ts $(CHECK)

web-check: web/node_modules/.package-lock.json ## types, lint and formatting of web/, and whether its types are the API's
	web/run tsc --noEmit
	web/run biome check --error-on-warnings .
	@$(MAKE) --no-print-directory web-types CHECK=--check

web-test: web/node_modules/.package-lock.json ## unit tests of web/
	web/run vitest run

baselines: .venv/.dev web ## what the parts of the design system look like from now on → tests/web/baselines/
	STUDIO_BASELINES=1 .venv/bin/python -m pytest tests/web/test_look.py

screenshots: .venv/.dev web ## every page, desktop and phone, dark and light → docs/screenshots/
	.venv/bin/python -m tests.web.screenshots --out docs/screenshots

# A real OpenID provider for the tests of logins; they say so where there is no node.
tests/tools/oidc/node_modules: tests/tools/oidc/package-lock.json
	@{ command -v npm >/dev/null && npm --prefix tests/tools/oidc ci --ignore-scripts --no-audit --no-fund --loglevel=error && touch $@; } \
	  || echo "npm installs nothing here: logins through OpenID Connect are not tested. Node 20 or newer is needed (Debian: apt-get install npm)."

# A real client of ComfyUI's API, likewise.
tests/tools/comfy/node_modules: tests/tools/comfy/package-lock.json
	@{ command -v npm >/dev/null && npm --prefix tests/tools/comfy ci --ignore-scripts --no-audit --no-fund --loglevel=error && touch $@; } \
	  || echo "npm installs nothing here: ComfyUI's API is not tested with a client in JavaScript. Node 20 or newer is needed (Debian: apt-get install npm)."

test: .venv/.dev check web-check web-test web tests/tools/oidc/node_modules tests/tools/comfy/node_modules ## everything CI runs
	.venv/bin/python -m pytest --durations=15

check: .venv/.dev ## lint, formatting, types
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

fmt: .venv/.dev ## format and mend what can be mended
	.venv/bin/ruff check --fix-only -q .
	.venv/bin/ruff format -q .

docs: .venv/.dev ## pages made of the code → docs/permissions.md, docs/problems.md, docs/nodes.md
	.venv/bin/python -m control.access.table --out docs/permissions.md
	.venv/bin/python -m control.http.reader --out docs/problems.md
	.venv/bin/python -m control.workflows.page --out docs/nodes.md

parity: .venv/.dev ## samplers and schedules, alone and through Triton, against torch references → docs/parity.md
	.venv/bin/python -m perf.parity --out docs/parity.md

templates: .venv/.dev ## runs every template through a studio of its own → control/workflows/templates/*.webp
	.venv/bin/python -m perf.templates

styles: .venv/.dev ## paints with every style through a studio of its own → control/creative/styles/*.webp
	.venv/bin/python -m perf.styles

adherence: .venv/.dev ## does pocket paint what prompts say, and its adapters what they should, through Triton → docs/pocket/
	.venv/bin/python -m perf.adherence --out docs/pocket
	.venv/bin/python -m perf.adapters.effects --out docs/pocket

bench: .venv/.dev ## pocket beside torch, together against one by one, start, memory → perf/reports/
	.venv/bin/python -m perf.bench

bench-full: .venv/.dev ## the same with a random checkpoint of SD 1.5's size (10 GB of memory, minutes)
	.venv/bin/python -m perf.bench --full

chaos: .venv/.dev ## 60 jobs while every service is killed with -9 twice → perf/reports/chaos.md
	.venv/bin/python -m perf.chaos

load: .venv/.dev ## the API under load: requests, 1,000 WebSockets, a job's overhead → perf/reports/load.md
	.venv/bin/python -m perf.load

perf-workflows: .venv/.dev ## 50 nodes from submission to the line, a job of which nothing runs → perf/reports/workflows.md
	.venv/bin/python -m perf.workflows

perf-adapters: .venv/.dev ## a new LoRA to its first picture, switching between warm ones → perf/reports/adapters.md
	.venv/bin/python -m perf.adapters

fairness: .venv/.dev ## 10,000 simulated jobs through the policy of the line → perf/reports/fairness.md
	.venv/bin/python -m perf.fairness

perf-gate: .venv/.dev ## perf_analyzer against perf/baseline.json: fails where serving got slower
	.venv/bin/python -m perf.gate

perf: perf-gate

tensorrt: .venv/.dev ## install TensorRT-RTX (240 MB) and build pocket's plans with it; needs no GPU
	$(PIP) tensorrt-rtx
	.venv/bin/python -m pytest tests/export/tensorrt --durations=5

soak: .venv/.dev ## the long forms of the soak tests
	STUDIO_SOAK=1 .venv/bin/python -m pytest -m soak

pocket: .venv/.dev ## train the embedded family again from nothing (hours)
	.venv/bin/python -m export.pocket.train --all --out var/pocket

.PHONY: baselines screenshots web web-types web-check web-test perf-adapters perf-workflows templates styles fairness chaos load docs perf help install install-dev demo up test check fmt parity adherence bench bench-full perf-gate soak tensorrt pocket
