# make run: a karaoke night on this machine.   make help: everything else.
# Needs Python 3.11 or newer with its venv module, and make; the rest is installed into .venv.

.DEFAULT_GOAL := help
.PHONY: run test unit check bench soak clean help

run: ## Install what is needed, start Encore, print its addresses
	@sh tools/install.sh
	@exec sh tools/run.sh

test: ## Install what the tests need and run them all (T="-k queue" for some)
	@sh tools/install.sh test
	@.venv/bin/python -m tests.setup_cache
	@.venv/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(T)

unit: ## The quick tests: no model, no browser, under a minute
	@sh tools/install.sh test
	@.venv/bin/python -m pytest -m "not long" tests/pipeline tests/test_texts.py tests/test_tree.py $(T)

check: ## Style and types
	@sh tools/install.sh test dev
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy

bench: ## Measure; the figures of the README come from here
	@sh tools/install.sh test
	@.venv/bin/python -m tests.setup_cache
	@.venv/bin/python -m tests.bench

soak: ## The long runs
	@sh tools/install.sh test
	@.venv/bin/python -m tests.setup_cache
	@.venv/bin/python -m pytest tests/soak

clean: ## Remove what make made here; data/ stays
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .nicegui bench-results *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## This list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile
