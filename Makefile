# Every target runs on a fresh clone. `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: help demo test check prepare ci

help: ## this list
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1	\2/p' $(MAKEFILE_LIST)

demo: ## the whole service on invented people: installs PostgreSQL if it may, builds, runs until Ctrl-C
	@[ -n "$$TEST_DATABASE_URL" ] || .ci/postgres-bin --install >/dev/null
	@cargo build --locked
	@exec "$${CARGO_TARGET_DIR:-target}/debug/rust-c2s-api" demo

test: ## all tests, with all their set-up; no database or account of yours is touched
	@.ci/test

check: ## format and lints
	@cargo fmt --check
	@cargo clippy --locked --all-targets -- -D warnings

prepare: ## writes .sqlx again after a query or a migration changed (needs: cargo install sqlx-cli)
	@.ci/prepare

ci: ## what the continuous integration runs
	@.ci/run
