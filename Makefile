# make run   starts Doorstep with a demo organisation     make test       runs every check
# make bench measures it against its floors               make test-fast  leaves the browser out
# make soak  plays whatever may happen, SOAK minutes long (tests/fire; SEED plays one again)
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
.PHONY: run test test-fast lint lint-python lint-phone bench soak lock run-packages test-packages

export PORT ?= 8000
export DOORSTEP_HOME ?= $(CURDIR)/.doorstep
export PATH := $(CURDIR)/.venv/bin:$(PATH)

RUN_PACKAGES := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
	fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji
TEST_PACKAGES := $(RUN_PACKAGES) chromium postgresql nginx caddy libatomic1

# $(call need,packages,what to do where they cannot be installed)
define need
	@missing=$$(for package in $(1); do \
		dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || echo $$package; \
	done | xargs); \
	if [ -n "$$missing" ]; then \
		if [ "$$(id -u)" = 0 ]; then \
			apt-get update -qq; \
			DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; \
		else \
			echo "Missing system packages; install them with:" >&2; \
			echo "  sudo apt-get install --no-install-recommends $$missing" >&2; \
			$(2); \
		fi; \
	fi
endef

run: run-packages .venv/run pwa/dist/index.html
	@doorstep migrate
	@echo "Doorstep: http://localhost:$(PORT)"
	@doorstep demo
	@exec sh -c "exec $$(sed -n 's/^web: //p' Procfile)"

test: test-packages lint
	pytest -n 2 --dist worksteal

# Without the browser, and without what is marked slow in pyproject.toml.
test-fast: lint
	pytest -q -n 2 --dist worksteal -m "not browser and not slow"

lint: .venv/test pwa/dist/index.html
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=target lint-python lint-phone

lint-python:
	ruff check .
	ruff format --check .
	mypy

lint-phone:
	cd pwa && npm run --silent lint && npm run --silent check && npm run --silent test

bench: .venv/test pwa/dist/index.html
	python -m tests.bench

soak: test-packages .venv/test
	SOAK=$${SOAK:-10} pytest -q -s tests/fire/soak.py

# Both locks are made again from pyproject.toml, and name no host.
lock: .venv/test
	for extra in "" test; do \
		pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header \
			--no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options \
			$${extra:+--extra $$extra} --output-file requirements$${extra:+-$$extra}.txt pyproject.toml; \
	done

run-packages:
	$(call need,$(RUN_PACKAGES),echo "Without them Doorstep runs$(comma) but makes no PDF." >&2)

test-packages:
	$(call need,$(TEST_PACKAGES),exit 1)

comma := ,

# A stamp each for what `make run` and `make test` install; the second holds the first.
.venv/run: requirements.txt pyproject.toml | .venv/bin/python3
	@test -e .venv/test || pip install --quiet --require-hashes --requirement requirements.txt
	@pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.venv/test: requirements-test.txt pyproject.toml | .venv/bin/python3
	@pip install --quiet --require-hashes --requirement requirements-test.txt
	@pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@ .venv/run

.venv/bin/python3:
	@python3 -m venv .venv

pwa/node_modules/.package-lock.json: pwa/package.json pwa/package-lock.json | .venv/bin/python3
	@test -x .venv/bin/npm || $(MAKE) .venv/run
	@cd pwa && npm ci --silent --no-fund --no-audit
	@touch $@

pwa/dist/index.html: pwa/node_modules/.package-lock.json pwa/index.html $(wildcard pwa/*.ts pwa/*.js) \
		$(shell find pwa/src pwa/public -type f 2>/dev/null)
	@cd pwa && npm run --silent build
	@touch $@
