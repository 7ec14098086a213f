# Every command fetches what it needs at its first use; see README.md.
PYTHON ?= python3
DEV = $(PYTHON) scripts/dev.py

.PHONY: demo test lint test-pure test-install test-odoo test-browser bench clean

demo: ; @$(DEV) demo
test: ; @$(DEV) test
lint: ; @$(DEV) lint
test-pure: ; @$(DEV) pure $(ARGS)
test-install: ; @$(DEV) install
test-odoo: ; @$(DEV) odoo $(ARGS)
test-browser: ; @$(DEV) browser $(ARGS)
bench: ; @$(DEV) bench $(ARGS)
clean: ; @$(DEV) clean
