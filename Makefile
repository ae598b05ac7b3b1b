# Two commands do everything: `make demo` runs the main job, `make test` proves it.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test check bench docs venv web clean
.DEFAULT_GOAL := demo

demo: venv web
	$(BIN)/linewatch demo

test: venv web
	PATH="$(CURDIR)/$(BIN):$$PATH" scripts/check
	PATH="$(CURDIR)/$(BIN):$$PATH" scripts/test

check: venv
	PATH="$(CURDIR)/$(BIN):$$PATH" scripts/check

bench: venv
	PATH="$(CURDIR)/$(BIN):$$PATH" scripts/bench

docs: venv
	PATH="$(CURDIR)/$(BIN):$$PATH" scripts/docs

venv: .venv/.ready
web: src/linewatch/web/static/index.html

.venv/.ready: pyproject.toml constraints.txt
	scripts/venv $(PYTHON)
	touch $@

# The page is built from npm's registry once; a change of its sources builds it again.
FRONTEND := $(shell find frontend -type f -not -path '*/node_modules/*' 2>/dev/null)
src/linewatch/web/static/index.html: $(FRONTEND)
	scripts/web
	touch $@

clean:
	rm -rf .venv build dist frontend/node_modules src/linewatch/web/static docs/_build
