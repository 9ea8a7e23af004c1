# The front door: `make help` lists the targets. CMakeLists.txt is the build, CMakePresets.json
# its kinds (build/release, build/asan, ..), tools/deps the packages that it needs.

PYTHON ?= /usr/bin/python3
PREFIX ?= /usr/local
FUZZ_SECONDS ?= 60
SECONDS ?= 600
export PYTHON

# $(call build,PRESET,TARGETS): what cmake found is shown only when it did not work.
build = @mkdir -p build && cmake --preset $(1) >build/$(1).log 2>&1 || { cat build/$(1).log; exit 2; }; \
        cmake --build --preset $(1) --target $(2)

all: ## build the program and the library (the default); they lie in build/release
	@tools/deps build
	$(call build,release,all)

demo: all ## the first two minutes
	@tools/demo

check: ## everything that a change must pass
	@tools/deps build check wasm page
	@$(PYTHON) tests/run --build build/release build/asan --compile build/clang

asan tsan: ## the tests, with the sanitizers for addresses and undefined behaviour, or for threads
	@tools/deps build check
	@$(PYTHON) tests/run --build build/$@

lint: ## what clang-tidy has to say
	@tools/deps build check lint
	$(call build,clang,all)
	@sed -n 's/^ *"file": "\(.*\)",*$$/\1/p' build/clang/compile_commands.json | grep -E "$(CURDIR)/(src|cli)/" | \
	    xargs -n 4 -P "$$(nproc)" clang-tidy -p build/clang --quiet --extra-arg=-UNDEBUG 2>build/lint.log

analyze: ## what cppcheck and gcc's -fanalyzer have to say
	@tools/deps build lint
	@tools/analyze

memory: ## the short unit programs under valgrind: values that were never set
	@tools/deps build check
	$(call build,release,all tests)
	@tools/memory build/release

nightly: ## lint, analyze, memory, tsan, asan with all tests, the fuzzers, torture, ten times as many random models: what takes too long for every change
	@$(MAKE) lint analyze memory tsan fuzz torture
	@DFOO_TIMES=2 $(PYTHON) tests/run --build build/asan
	@DFOO_TIMES=10 DFOO_SEED=$$(date +%Y%j) $(PYTHON) tests/run --build build/release

cover: ## which lines the tests run: a summary, and build/coverage/index.html
	@tools/deps build check lint
	@find build/coverage -name '*.gcda' -delete 2>/dev/null || true
	@$(PYTHON) tests/run --build build/coverage
	@gcovr --root . --filter src/ --filter cli/ --html-details build/coverage/index.html --txt - build/coverage

bench bench-quick: ## training steps beside numpy, and PyTorch and JAX once bench/venv has them; then the parts
	@tools/deps build check
	$(call build,release,dfoo bench)
	@$(PYTHON) bench/run.py $(if $(filter bench-quick,$@),--quick)
	@for part in $(if $(filter bench,$@),gemm latency predict step); do build/release/bench/$$part || exit 1; done

fuzz: ## FUZZ_SECONDS of random input for each reader; an input that breaks it goes to tests/fuzz/NAME
	@tools/deps build check lint
	$(call build,fuzz,tests)
	@for program in build/fuzz/tests/fuzz/fuzz_*; do \
	    [ -x "$$program" ] || continue; \
	    name=$${program##*/fuzz_}; \
	    mkdir -p tests/fuzz/$$name build/fuzz/inputs/$$name; \
	    "$$program" -max_total_time=$(FUZZ_SECONDS) -artifact_prefix=tests/fuzz/$$name/ \
	        build/fuzz/inputs/$$name tests/fuzz/$$name || exit 1; \
	done

torture: ## SECONDS of random trials: no memory, calls that fail, kills, damaged files, hostile names, little space
	@tools/deps build check
	$(call build,release,all tests)
	@$(PYTHON) tests/torture/torture.py --seconds $(SECONDS)

docs: all ## the parts of docs/ that are made from the program's output
	@tools/docs
	@tools/pictures

single: ## the library as two files, build/single/dfoo.c and dfoo.h, to be copied into a program
	@tools/deps build
	@tools/amalgamate build/single

wheel: ## the Python package for every Linux, in build/wheels: x86_64, aarch64, and its source
	@tools/deps build check
	@tools/wheel --sdist

page: ## the whole program as one page for browsers, build/page/dfoo.html
	@tools/deps build wasm
	@tools/page

install: all ## program, libraries, header, manual pages, completions to PREFIX (below DESTDIR)
	@cmake --install build/release --prefix $(PREFIX)

uninstall: ## remove what the last install from here put there (below DESTDIR)
	@tools/uninstall build/release/install_manifest.txt

clean: ## remove build/
	rm -rf build

help: ## this list
	@awk -F ':.*## ' '/^[a-z -]+:.*## / { printf "make %-18s %s\n", $$1, $$2 }' Makefile

.PHONY: all single wheel page demo check asan tsan nightly lint analyze memory cover bench bench-quick fuzz torture docs install uninstall clean help
