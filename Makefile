# Everything that is done with this repository. `make help` lists it.

SHELL := /bin/bash
.DEFAULT_GOAL := help

# ---------------------------------------------------------------- building

# The functions, by logical id in template.yaml. CreateInvite is built from functions/create-invite.
FUNCTIONS := TokenClaims CreateInvite SendInvite RedeemInvite ListInvites DeleteInvite PreviewInvite AccessRequests Unsubscribe Directory DirectorySync Tally Mailer MailFeedback Web

# The web app, which is built into one of them.
UI := functions/web/ui

# How functions are built, here and in infra/local/stack: without the RPC mode of old runtimes, without HTTP/2 (neither DynamoDB nor
# Secrets Manager needs it, and it is a twentieth of the binary), without paths, symbols and debug tables.
BUILD_TAGS  := lambda.norpc,nethttpomithttp2
BUILD_FLAGS := -trimpath
LINK_FLAGS  := -s -w

# Names of a function: create-invite of CreateInvite, and the other way round.
folder = $(shell sed -E 's/([a-z])([A-Z])/\1-\2/g' <<<"$(1)" | tr A-Z a-z)
logical = $(shell awk -F- '{ for (i = 1; i <= NF; i++) printf "%s%s", toupper(substr($$i, 1, 1)), substr($$i, 2) }' <<<"$(1)")

# SAM calls build-<LogicalId> with ARTIFACTS_DIR in a copy of the tree (BuildMethod: makefile).
# Beside the program lies what else makes a new version of a function: the template and its parameters, as a digest. SAM makes one only if the
# code is another.
RELEASE ?= $(shell { cat template.yaml samconfig.toml; echo "$(ARGS)"; } | git hash-object --stdin)
export RELEASE
.PHONY: $(FUNCTIONS:%=build-%)
$(FUNCTIONS:%=build-%): build-%:
	@echo "$$RELEASE" >"$(ARTIFACTS_DIR)/release"
	CGO_ENABLED=0 GOOS=linux GOARCH=arm64 go build -tags $(BUILD_TAGS) $(BUILD_FLAGS) -ldflags="$(LINK_FLAGS)" \
		-o "$(ARTIFACTS_DIR)/bootstrap" ./functions/$(call folder,$*)

# The web app is part of what the function is made of.
build-Web: ui

# The Python tools of infra/requirements.txt, each with its checksum, in a virtual environment that is made anew when that file changes.
VENV := .local/venv
$(VENV)/installed: infra/requirements.txt
	@echo "Installing the SAM CLI and cfn-lint into $(VENV)"
	@rm -rf $(VENV) && python3 -m venv $(VENV) && $(VENV)/bin/pip install -q --no-deps --require-hashes -r $< && touch $@

# Which of samconfig.toml's environments: default, staging or prod.
ENV ?= default
SAM := SAM_CLI_TELEMETRY=0 $(VENV)/bin/sam
# Checking and building ask AWS nothing, but want to know where.
SAM_REGION := $(or $(AWS_REGION),us-east-1)

##@ Running

.PHONY: run
run: ## Bring up the whole stack on this machine: http://127.0.0.1:8080 (PORT, DATA_DIR)
	@echo "Building the local stack (the first time takes a minute)"
	@go build -o .local/local ./infra/local && exec .local/local run

.PHONY: invoke
invoke: ## Run one event through one function: FUNCTION=redeem-invite EVENT=infra/events/redeem-invite.json
	@go run ./infra/local invoke -function "$(FUNCTION)" -event "$(EVENT)"

.PHONY: ui
ui: ## Build the web app, if its sources have changed, and say what its pages weigh
	@go run ./infra/local ui

.PHONY: reset
reset: ## Delete the local stack's data
	@go run ./infra/local reset

.PHONY: build
build: ## Build every function for Lambda (arm64) into .local/build/<LogicalId>, and say how large it is zipped
	@for f in $(FUNCTIONS); do \
		mkdir -p .local/build/$$f && $(MAKE) --no-print-directory -s build-$$f ARTIFACTS_DIR=.local/build/$$f && \
		printf '%-14s %9d bytes zipped\n' $$f "$$(gzip -6 -c .local/build/$$f/bootstrap | wc -c)" || exit 1; \
	done

##@ Checking

# Tests that the race detector makes minutes longer, and that race nothing of their own: three do one thing after the other, thousands of times, and the
# acceptance suite, the bench and chaos speak to functions that are processes of their own, by the stack that infra/local's tests race. And one counts
# allocations, of which the detector makes its own.
UNRACED := ./infra/acceptance ./infra/bench ./infra/chaos ./infra/crash ./infra/export ./infra/growth ./infra/model
space := $(subst ,, )

# The tests write how much holds into a folder that is new each time: those that know of it are never answered from the test cache.
# That all cases hold is said if all tests have passed; the matrix counts what held in any event.
.PHONY: test
test: ui lint vulnerabilities ## Run every check and test but those in a browser, and say how much of the rights matrix and of the cases holds
	npm --prefix $(UI) run --silent test
	@held=$$(mktemp -d) && export HELD=$$held && status=0; \
	echo "go test $(UNRACED)"; go test $(UNRACED) || status=1; \
	echo "go test -race, all others"; go test -race $$(go list ./... | grep -vE '/($(subst $(space),|,$(UNRACED:./%=%)))$$') || status=1; \
	cat $$held/matrix || status=1; [ $$status -ne 0 ] || cat $$held/cases || status=1; rm -rf $$held; exit $$status

.PHONY: e2e
e2e: ui $(UI)/e2e/node_modules ## Test the web app in a browser, on a stack of its own (CHROMIUM; TESTS, a pattern of names)
	@npm --prefix $(UI)/e2e run --silent test -- $(if $(TESTS),--test-name-pattern='$(TESTS)') main.ts

.PHONY: screenshots
screenshots: ui $(UI)/e2e/node_modules ## Take the pictures of the README anew
	@npm --prefix $(UI)/e2e run --silent screenshots

# What drives the browser is installed for these alone: running the stack needs none of it.
$(UI)/e2e/node_modules: $(UI)/e2e/package-lock.json
	npm ci --silent --prefix $(UI)/e2e && touch $@

.PHONY: lint
lint: ui $(UI)/e2e/node_modules ## Check formatting, vet, staticcheck, tidy modules; the web app's types, and that those of the API are made of its document
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "gofmt would change:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	go vet ./...
	go tool staticcheck ./...
	go mod tidy -diff
	npm --prefix $(UI) run --silent check
	npm --prefix $(UI)/e2e run --silent check

# A database that is out of reach is said loudly, here and at the end of .ci/run, and fails nothing, unless ADVISORIES=required.
NOT_CHECKED := .local/not-checked
.PHONY: vulnerabilities
vulnerabilities: ## Check what is called, and packages of npm, against the databases of known vulnerabilities (GOVULNDB names a mirror; ADVISORIES=required)
	@mkdir -p .local && rm -f $(NOT_CHECKED); \
	check() { \
		local of=$$1 unreachable=$$2 status=0; shift 2; \
		out=$$("$$@" 2>&1) || status=$$?; echo "$$out"; \
		[ $$status -ne 0 ] && grep -q "$$unreachable" <<<"$$out" || return $$status; \
		echo "WARNING: known vulnerabilities of $$of were NOT checked: their database is out of reach from here" | tee -a $(NOT_CHECKED); \
		[ "$(ADVISORIES)" != required ]; \
	}; \
	check "what Go's code calls" '^govulncheck: fetching vulnerabilities' go tool govulncheck ./... || exit 1; \
	for folder in $(UI) $(UI)/e2e infra/local/engine; do \
		check "the packages of $$folder" 'audit endpoint returned an error' npm audit --package-lock-only --prefix $$folder || exit 1; \
	done

.PHONY: sbom
sbom: build ## Write down what the functions and the web app are made of, and check its licenses: .local/sbom/group-invites.cdx.json
	@go run ./infra/sbom

.PHONY: upgrade
upgrade: ui ## Try this version beside the last one, on one table: functions of either answer, by chance and in both orders (SEED; TESTS, a pattern of names; ARGS=-alone)
	@go run ./infra/upgrade $(if $(SEED),-seed $(SEED)) $(if $(TESTS),-run '$(TESTS)') $(ARGS)

.PHONY: lint-template
lint-template: $(VENV)/installed ## Check template.yaml with cfn-lint and by `sam validate --lint` (needs Python)
	$(VENV)/bin/cfn-lint --config-file infra/cfnlint.yaml -t template.yaml
	$(SAM) validate --lint --region $(SAM_REGION)

.PHONY: sam
sam: $(VENV)/installed ## Build as SAM does, into .aws-sam, and check that each function got its own program (needs Python)
	@mkdir -p .local && $(SAM) build --config-env $(ENV) --region $(SAM_REGION) >.local/sam-build.log 2>&1 || { cat .local/sam-build.log; exit 1; }
	@go run ./infra/artifacts

.PHONY: golden
golden: ui ## Write anew what is made of something else: costs, openapi.json and its types for the web app; look at the diff
	go test ./shared/dynamo -run TestCosts -update
	go test ./functions/web -run TestOpenAPI -update
	go run ./infra/costs >/dev/null
	npm --prefix $(UI) run --silent schema

.PHONY: costs
costs: ui ## Measure what operations take on this machine, and write anew what they cost on AWS, into the README
	@go run ./infra/costs -measure

.PHONY: bench
bench: ui ## Measure how fast operations are and what they take, for some minutes on a machine that does nothing else, and write infra/bench/REPORT.md
	@go run ./infra/bench

.PHONY: check-invariants
check-invariants: ## Read a whole table and say what in it must not be: that of the running local stack (DATA_DIR), or of STACK
	@go run ./infra/invariants $(if $(STACK),-stack '$(STACK)',-local) $(ARGS)

SEQUENCES ?= 10000
.PHONY: model
model: ## Hold the services to a model, in SEQUENCES random sequences of all operations (10000; ARGS=-rapid.seed=N)
	go test ./infra/model -run TestModel -v -timeout 0 -rapid.checks $(SEQUENCES) $(ARGS)

.PHONY: world
world: ## Let storms pass over links under DynamoDB's limits, and write infra/simulator/REPORT.md
	go test ./infra/simulator -run TestWorld -count=1 -timeout 60m -report REPORT.md

.PHONY: growth
growth: ## Show that operations take the same with 100,000 links in a group and a million members, and write infra/growth/REPORT.md
	go test ./infra/growth -run TestGrowth -count=1 -timeout 60m -report REPORT.md

.PHONY: chaos
chaos: ui ## Have the table go wrong in every way while people come, judge histories of concurrent clients, and write infra/chaos/REPORT.md (SEED; ARGS)
	go run ./infra/chaos -report infra/chaos/REPORT.md $(if $(SEED),-seed $(SEED)) $(ARGS)

# The store's are tests of what is above it. All of its mutants take hours: ARGS='-sample 100' tries some.
STORE := shared/dynamo=shared/directory,shared/invite,shared/tally,functions/tally,functions/mailer,shared/outbox,shared/mirror,shared/erasure,shared/accessrequest,shared/event,infra/export,infra/restore
PACKAGES ?= shared/linkcode shared/directory shared/invite=shared/dynamo $(STORE)
.PHONY: mutation
mutation: ## Change PACKAGES in small ways, see which changes their tests notice, and write infra/mutation/reports (PACKAGES=shared/linkcode; ARGS=-jobs 1)
	@go run ./infra/mutation $(ARGS) $(PACKAGES)

FUZZ_TIME ?= 30s
.PHONY: fuzz
fuzz: ## Run every fuzz test for FUZZ_TIME each (30s)
	@for p in $$(go list ./shared/...); do \
		for f in $$(go test -list '^Fuzz' $$p | grep '^Fuzz'); do \
			echo "$$p $$f"; go test -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZ_TIME) $$p || exit 1; \
		done; \
	done

APIFUZZ := .local/apifuzz
$(APIFUZZ)/installed: infra/apifuzz/requirements.txt
	@echo "Installing Schemathesis into $(APIFUZZ)"
	@rm -rf $(APIFUZZ) && python3 -m venv $(APIFUZZ) && $(APIFUZZ)/bin/pip install -q -r $< && touch $@

.PHONY: fuzz-api
fuzz-api: ui $(APIFUZZ)/installed ## Send requests made of the API's document, right and wrong ones, to a stack of its own (ARGS; needs Python)
	@go run ./infra/apifuzz -schemathesis "$(CURDIR)/$(APIFUZZ)/bin/st" $(ARGS)

.PHONY: test-engines
test-engines: ui ## Run the tests that need a table on Amazon's DynamoDB Local (needs Java 17; ARGS='-run PATTERN package')
	@go run ./infra/engines $(ARGS)

.PHONY: nightly
nightly: model chaos mutation fuzz fuzz-api test-engines ## What takes too long for every change: the model, a table that goes wrong, mutants, the fuzz tests, requests made of the API's document, another engine

##@ Deploying

.PHONY: deploy
deploy: sam ## Build, and deploy the stack of ENV (default, staging, prod; ARGS=--guided asks for parameters)
	$(SAM) deploy --config-env $(ENV) $(ARGS)

.PHONY: smoke
smoke: $(VENV)/installed ## Create, redeem, list and delete a link on the deployed stack of ENV (SMOKE_TOKEN, SMOKE_SECOND_TOKEN)
	@set -o pipefail; $(SAM) list stack-outputs --config-env $(ENV) --output json | go run ./infra/smoke

.PHONY: logs
logs: $(VENV)/installed ## Follow what a function logs in the stack of ENV: FUNCTION=redeem-invite
	@$(SAM) logs --config-env $(ENV) --name $(call logical,$(FUNCTION)) --tail $(ARGS)

.PHONY: delete
delete: $(VENV)/installed ## Delete the stack of ENV, after asking; its table and its key ring stay
	$(SAM) delete --config-env $(ENV) $(ARGS)
	@echo "The table and the key ring of the stack are kept. The README tells how to delete them as well."

.PHONY: released
released: ## Record that VERSION (such as 1.2.3) has been tagged: what comes next is tried beside it
	@git rev-parse --verify --quiet 'refs/tags/v$(VERSION)^{commit}' >/dev/null || { echo "there is no tag v$(VERSION)"; exit 1; }
	@echo "v$(VERSION) $$(git rev-parse 'refs/tags/v$(VERSION)^{commit}')" >infra/upgrade/last
	@left=$$(sed '/^# What this version does/q' infra/upgrade/left-out) && echo "$$left" >infra/upgrade/left-out
	@git --no-pager diff --stat -- infra/upgrade

##@ Tidying

.PHONY: clean
clean: ## Delete what was built and installed here, but not the local stack's data
	rm -rf .aws-sam .local/build .local/sbom $(NOT_CHECKED) .local/bin .local/local .local/last .local/e2e .local/venv .local/apifuzz .local/dynamodb-local infra/local/engine/node_modules $(UI)/node_modules $(UI)/e2e/node_modules $(UI)/.built
	find $(UI)/dist -mindepth 1 ! -name .gitkeep -delete

.PHONY: help
help:
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z0-9-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
