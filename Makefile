# Every command fetches what it needs at its first use; see README.md.
PYTHON ?= python3
DEV = $(PYTHON) scripts/dev.py

.PHONY: demo test lint test-pure laws test-install test-neighbours test-odoo test-processes test-jobs kill test-browser bench texts clean

demo: ; @$(DEV) demo
test: ; @$(DEV) test
lint: ; @$(DEV) lint
test-pure: ; @$(DEV) pure $(ARGS)
laws: ; @LAWS=long $(DEV) pure tests/pure/test_two_sides.py -s
test-install: ; @$(DEV) install
test-neighbours: ; @$(DEV) neighbours $(ARGS)
test-odoo: ; @$(DEV) odoo $(ARGS)
test-processes: ; @$(DEV) processes $(ARGS)
test-jobs: ; @$(DEV) jobs $(ARGS)
kill: ; @KILLS=$${KILLS:-50} $(DEV) processes tests/processes/test_kill.py tests/processes/test_two_workers.py -s $(ARGS)
test-browser: ; @$(DEV) browser $(ARGS)
bench: ; @$(DEV) bench $(ARGS)
texts: ; @$(DEV) texts
clean: ; @$(DEV) clean
