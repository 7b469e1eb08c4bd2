# The verbs of this project. `make` alone lists them.

# A warm build folder outside the checkout is used when it is there; nothing depends on it.
ifeq ($(strip $(CARGO_TARGET_DIR)),)
ifneq ($(wildcard $(HOME)/.cache/regulars/target/.),)
export CARGO_TARGET_DIR := $(HOME)/.cache/regulars/target
else
export CARGO_TARGET_DIR := $(CURDIR)/target
endif
endif

# Tools that `cargo install` put there are found also where the shell's profile was not read.
export PATH := $(HOME)/.cargo/bin:$(PATH)

# Where scripts/data puts the real orders and the tests find them.
export REGULARS_DATA ?= $(HOME)/.cache/regulars/data

REGULARS := $(CARGO_TARGET_DIR)/release/regulars

# What is passed on to `regulars serve`, for example: make run ARGS="--listen 127.0.0.1:9090"
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help test-shop console portal console-check portal-check client-check browser run build test test-cluster ci tools fmt fmt-check lint unit doctest tidy doc sim crash fuzz contract mutants deny sbom bench bench-insight bench-models peers data docs

help: ## List the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

# The console is built anew when something that it is made of changed. Without node it is left out,
# and the server says so on its first page.
CONSOLE := crates/server/console/index.html
CONSOLE_SOURCES := $(shell find console/src console/public console/scripts -type f 2>/dev/null) \
	$(wildcard console/*.json console/*.ts console/*.html) clients/typescript/src/schema.ts

console: ## Build the console, which the server then carries
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory $(CONSOLE); \
	else echo "node and npm are missing: the server is built without the console"; fi

console/node_modules/.package-lock.json: console/package-lock.json
	npm --prefix console ci --ignore-scripts

e2e/node_modules/.package-lock.json: e2e/package-lock.json
	npm --prefix e2e ci --ignore-scripts

$(CONSOLE): console/node_modules/.package-lock.json $(CONSOLE_SOURCES)
	npm --prefix console run --silent build

# The same for the pages for members and the widget.
PORTAL := crates/server/portal/index.html
PORTAL_SOURCES := $(shell find portal/src portal/public portal/scripts -type f 2>/dev/null) \
	$(wildcard portal/*.json portal/*.ts portal/*.html) clients/typescript/src/schema.ts console/src/parts/formats.ts

portal: ## Build the pages for members and the widget, which the server then carries
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory $(PORTAL); \
	else echo "node and npm are missing: the server is built without the pages for members"; fi

portal/node_modules/.package-lock.json: portal/package-lock.json
	npm --prefix portal ci --ignore-scripts

$(PORTAL): portal/node_modules/.package-lock.json $(PORTAL_SOURCES)
	npm --prefix portal run --silent build

build: console portal
	cargo build --release --locked --package regulars-cli

run: build ## Start the server with the demo shop on http://127.0.0.1:8080 (data in ./regulars-data)
	@exec "$(REGULARS)" serve --demo $(ARGS)

test: tools fmt-check lint unit doctest tidy doc browser ## Everything that must hold: formatting, lints, all tests on both databases, docs

ci: test ## What continuous integration runs: the same as `make test`

# Not part of `make test`: nobody should build a query engine who does not ask for it.
CLUSTER := --package regulars-cluster --package regulars-cli --features regulars-cli/cluster

test-cluster: ## Reports on a cluster of processes, one of them killed; builds DataFusion, which takes minutes
	cargo run --quiet --locked --package xtask -- tidy --cluster
	cargo clippy $(CLUSTER) --all-targets --locked -- -D warnings
	cargo nextest run $(CLUSTER) --locked -E 'package(regulars-cluster) | test(/^cluster::/)'

# Not part of `make test` for its size; Vendure is under the GPL and stays outside of what we ship.
# Its SQLite is compiled here; the headers are those beside the node that runs.
connectors/vendure/node_modules/.package-lock.json: connectors/vendure/package-lock.json
	npm_config_nodedir="$$(dirname "$$(dirname "$$(readlink -f "$$(command -v node)")")")" npm --prefix connectors/vendure ci

test-shop: connectors/vendure/node_modules/.package-lock.json ## A real shop (Vendure) end to end, beside the real server
	cargo build --locked --package regulars-cli
	npm --prefix connectors/vendure test --silent

tools: ## Install what the tests need and the machine lacks
	@scripts/install-tools

fmt: ## Format the code
	cargo fmt --all

fmt-check:
	cargo fmt --all --check

lint: ## Clippy over everything, warnings are errors
	cargo clippy --workspace --all-targets --locked -- -D warnings

unit: data ## All tests, on SQLite and on a PostgreSQL of their own
	scripts/postgres-for-tests cargo nextest run --workspace --locked --profile ci

console-check: console ## The console's own rules: every language whole, the client fresh
	npm --prefix console test --silent

clients/typescript/node_modules/.package-lock.json: clients/typescript/package-lock.json
	npm --prefix clients/typescript ci --ignore-scripts

client-check: clients/typescript/node_modules/.package-lock.json ## The TypeScript client: fresh, typed, whole as a package
	npm --prefix clients/typescript test --silent

portal-check: portal ## The portal's own rules: every language whole, small enough
	npm --prefix portal test --silent

# The server is the one that the tests have just built.
browser: console-check portal-check client-check e2e/node_modules/.package-lock.json ## People's jobs in a real browser, against the real server
	cargo build --locked --package regulars-cli
	npm --prefix e2e test --silent

doctest: ## The examples in the documentation comments
	cargo test --workspace --doc --locked

tidy: ## The rules of the house that no compiler knows
	cargo run --quiet --locked --package xtask -- tidy

doc: ## Build the API documentation, warnings are errors
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked

# Each generated file is compared by a test, so nothing else has to check it; with UPDATE=1 the same
# test writes it. Only those tests: the stories and the lists of messages are golden, not generated.
GENERATED := (package(regulars-engine) & test(/^generated::/)) \
	| (package(regulars-api) & test(/manual/)) \
	| (package(regulars-server) & test(/openapi/)) \
	| (package(regulars-metrics) & binary(generated))

docs: ## Write the generated files anew (API description, schema, pages of the manual)
	UPDATE=1 cargo nextest run --locked -p regulars-engine -p regulars-api -p regulars-server -p regulars-metrics \
		-E '$(GENERATED)'

# Three years of a shop in each storm; a night of it is 10,000,000 events.
SIM ?= --seed 1 --events 1000000

sim: ## The long simulation: storms over the real ingest code, audited after each event (SIM="--seed N --events M")
	cargo xtask sim $(SIM)

# Ten minutes for each door by which something comes in; one of them: make fuzz TARGET=program TIME=60
export TIME JOBS TARGET SHARD AGAIN EXAMPLES MINIMISE

fuzz: ## Let anything in by every parser, ten minutes each (TARGET=program TIME=60 JOBS=1)
	@scripts/fuzz

contract: ## Hold the server to openapi.json: schemathesis over every operation (TIME=540 EXAMPLES=10 POSTGRES=1)
	@scripts/contract $(ARGS)

mutants: ## Break the ledger and the engine change by change, and see that a test finds it (SHARD=0/200 TIME=3600)
	@scripts/mutants $(CRATE)

deny: ## Licences, bans, sources and duplicates of what we build with; advisories where they can be had
	@scripts/deny

sbom: console portal ## List all that is in the binary (CycloneDX), in sbom/
	@scripts/sbom

# What `make test` does a few times, hundreds of times.
CRASH ?= --seed 1

crash: ## Kill the real server under load, fail its disk, power, database and network (CRASH="--kills 200 --seed N")
	cargo xtask crash $(CRASH)

data: ## Fetch the real data sets into ~/.cache/regulars/data (REGULARS_DATA)
	@scripts/data

peers: ## Build the programs that `make bench` measures beside ours
	@scripts/peers

bench: data build peers ## Measure, side by side with the peers
	@scripts/bench

bench-models: data ## Fit BG/NBD beside the Python package lifetimes, in turns; results are compared before times
	@scripts/bench-models

bench-insight: data ## Measure RFM, cohorts and the report over Parquet beside DuckDB and Polars
	@scripts/bench-insight
