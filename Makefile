# Every target runs on a fresh clone. `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: help demo test crash-test crash-test-pooled name-search analytics-size identity-report smoke load check lint-scripts prepare ci

help: ## this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1	\2/p' $(MAKEFILE_LIST)

demo: ## the whole service on invented people: installs PostgreSQL if it may, builds, runs until Ctrl-C
	@[ -n "$$TEST_DATABASE_URL" ] || .ci/postgres-bin --install >/dev/null
	@cargo build --locked
	@exec "$${CARGO_TARGET_DIR:-target}/debug/rust-c2s-api" demo

test: ## all tests, with all their set-up; no database or account of yours is touched
	@.ci/test

crash-test: ## kills, outages, faults at full size, with their figures: some minutes; the short form is in `make test`
	@.ci/crash-test

crash-test-pooled: ## the same through PgBouncer in transaction mode; PGBOUNCER is its path
	@.ci/crash-test --pooled

name-search: ## name search on 1.5 million invented people: its times and plans, some minutes
	@.ci/name-search

analytics-size: ## the views of analytics on 1.5 million people: a refresh, its readers, each question's plan; a quarter of an hour
	@.ci/analytics-size

identity-report: ## judges the labelled leads and unseen ones, writes docs/identity/REPORT.md
	@.ci/identity-report

smoke: ## k6 against the running demo: one user, seconds
	@tools=$$(.ci/tools) && PATH="$$tools:$$PATH" K6_NO_USAGE_REPORT=true k6 run tests/smoke-test.js

load: ## k6 against the running demo: 20 users, 75 seconds; start the demo anew for it
	@tools=$$(.ci/tools) && PATH="$$tools:$$PATH" K6_NO_USAGE_REPORT=true k6 run tests/load-test.js

check: ## format and lints
	@cargo fmt --check
	@cargo clippy --locked --all-targets -- -D warnings

lint-scripts: ## shell scripts, Dockerfile, workflows
	@.ci/lint

prepare: ## writes .sqlx again after a query or a migration changed (needs: cargo install sqlx-cli)
	@.ci/prepare

ci: ## what the continuous integration runs
	@.ci/run
