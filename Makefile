# What one does with the program. `make help` lists it.
GO      ?= go
TOOL    := $(GO) tool -modfile=tools/go.mod
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
LDFLAGS := -s -w -X main.version=$(VERSION)

COUNT    ?= 6
BENCH    ?= .
FUZZTIME ?= 20s
ARGS     ?=
DIR      ?=

.DEFAULT_GOAL := all
.PHONY: all help build test lint fmt bench fuzz golden score suites demo run

all: build test

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build ./monitor, one static binary
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o monitor ./cmd/monitor

test: ## run every test, with the race detector and in random order
	$(GO) test -race -shuffle=on ./...

lint: ## check the code; the tools' versions are pinned in tools/go.mod
	$(TOOL) golangci-lint run ./... ./testdata/feeds

fmt: ## format the code
	$(TOOL) gofumpt -w $$(git ls-files -co --exclude-standard '*.go')
	$(TOOL) goimports -local monitor -w $$(git ls-files -co --exclude-standard '*.go')

bench: ## run the benchmarks COUNT times and summarise; BENCH=regexp selects
	$(GO) test -run '^$$' -bench '$(BENCH)' -benchmem -count $(COUNT) ./... | tee bench.out
	$(TOOL) benchstat bench.out

fuzz: ## run each fuzz test for FUZZTIME
	@for file in $$(git grep -l '^func Fuzz' -- '*_test.go'); do \
		for name in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' $$file); do \
			echo "$$name in ./$$(dirname $$file)"; \
			$(GO) test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) ./$$(dirname $$file) || exit 1; \
		done; \
	done

golden: ## write the golden files anew from what the program does now; read the diff
	@for dir in $$(git grep -l 'flag.Bool("update"' -- '*_test.go' | xargs -n 1 dirname | sort -u); do \
		$(GO) test ./$$dir -update || exit 1; \
	done

score: ## how well texts are read, per language, over the project's own corpus
	$(GO) test ./internal/detect/extract -run Score -count=1 -v

suites: ## read copies of public test suites in DIR, each in a folder of its own; SUITES_ERRORS=1 says what was refused
	@test -d '$(DIR)' || { echo 'write make suites DIR=FOLDER' >&2; exit 2; }
	$(GO) test ./internal/fetch -run '^TestSuites$$' -count 1 -v -suites '$(abspath $(DIR))'

demo: ## show alerts from sample sources, without network or account
	$(GO) run ./cmd/monitor demo $(ARGS)

run: ## run the daemon; ARGS='--config FILE' and so on
	$(GO) run ./cmd/monitor run $(ARGS)
