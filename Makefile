# Every command sets up what it needs first; the first time takes minutes, later ones do not.
# Arguments: make test ARGS='-k holds'   Environment: see "make help".

ARGS ?=

.PHONY: help setup run test lint i18n bench stop clean

help: ## this list
	@grep -hE '^[a-z0-9]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9]+):.*## /  make \1\t/' | expand -t 16
	@echo
	@echo "  CC_CACHE       where everything fetched and made is kept (root: /var/cache/credit_collection)"
	@echo "  CC_HTTP_PORT   port of 'make run' (8069)       CC_DB        its database (credit_demo)"
	@echo "  CC_PG_PORT     port of the private PostgreSQL  CC_TEST_DB   database of 'make test'"

setup: ## packages, PostgreSQL, Odoo 19, Python environment
	@bin/odoo --version

run: ## the demo company in the browser
	@bash scripts/run.sh $(ARGS)

test: ## all tests; ARGS='-k holds' or a path chooses; ARGS=rpc: all odd calls; ARGS=peers: Odoo's own
	@bash scripts/test.sh $(ARGS)

lint: ## ruff, pylint-odoo, XML, translations, shell, Docker
	@bash scripts/lint.sh

i18n: ## refresh i18n/*.pot and merge it into the translations
	@bash scripts/i18n.sh

bench: ## speed on large books, beside a raw-SQL floor and OCA's add-ons
	@bin/python -c '' && bench/run $(ARGS)

stop: ## end the server and the private PostgreSQL
	@bash scripts/stop.sh

clean: ## remove databases, environment and downloads (not the checkout)
	@bash scripts/clean.sh
