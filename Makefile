# cnngen: `make` builds, `make check` tests, `make shapes` is the first thing to try. `make deps` installs what is needed.
CC       ?= cc
BUILD    ?= build
CFLAGS   ?= -O2 -g
WARNINGS := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror
SANITIZE ?=
LUA_CFLAGS := $(shell pkg-config --cflags lua5.4 2>/dev/null || echo -I/usr/include/lua5.4)

# Everything but libc is linked in: cnngen is one self-contained program.
HDF5_CFLAGS := $(patsubst -I%,-isystem %,$(shell pkg-config --cflags hdf5-serial 2>/dev/null || echo -I/usr/include/hdf5/serial))
LIBS := -Wl,-Bstatic -lhdf5_serial -lsz -laec -llua5.4 -ljansson -lpng16 -lprotobuf-c -lz -Wl,-Bdynamic -lm -ldl

SOURCES   := $(wildcard compiler/*.c compiler/layers/*.c)
SOURCES   := $(filter-out compiler/embed_tool.c,$(SOURCES))
LEXERS    := $(wildcard compiler/*.re)
TEMPLATES := $(sort $(wildcard templates/*))
RUNTIME   := $(sort $(wildcard runtime/*))
PRELUDE   := $(sort $(wildcard compiler/*.lua))
EMBEDDED  := $(TEMPLATES) $(RUNTIME) $(PRELUDE)
PROTOCOLS := $(wildcard compiler/*.proto)
OBJECTS   := $(SOURCES:%.c=$(BUILD)/%.o) $(LEXERS:%.re=$(BUILD)/%.o) $(PROTOCOLS:%.proto=$(BUILD)/%.pb-c.o) $(BUILD)/embedded.o
MAIN      := $(BUILD)/compiler/main.o
LIBRARY   := $(BUILD)/libcnngen.a
COMPILE    = $(CC) -std=c11 -D_POSIX_C_SOURCE=200809L $(CFLAGS) $(SANITIZE) $(WARNINGS) -Icompiler -I$(BUILD)/compiler $(LUA_CFLAGS) $(HDF5_CFLAGS) -MMD -MP

cnngen: $(BUILD)/cnngen
	@cp $< $@

$(BUILD)/cnngen: $(MAIN) $(LIBRARY)
	@echo "  link  $@"
	@$(CC) $(CFLAGS) $(SANITIZE) -o $@ $^ $(LIBS)

$(LIBRARY): $(filter-out $(MAIN),$(OBJECTS))
	@rm -f $@
	@$(AR) rcs $@ $^

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  cc    $<"
	@$(COMPILE) -c -o $@ $<

$(BUILD)/%.o: $(BUILD)/%.c
	@echo "  cc    $<"
	@$(COMPILE) -c -o $@ $<

$(BUILD)/%.c: %.re
	@mkdir -p $(@D)
	@echo "  re2c  $<"
	@re2c -W -Werror --no-debug-info --no-generation-date --no-version -i -o $@ $<

$(BUILD)/%.pb-c.c $(BUILD)/%.pb-c.h: %.proto
	@mkdir -p $(@D)
	@echo "  proto $<"
	@protoc-c --proto_path=$(<D) --c_out=$(@D) $<

$(patsubst %.c,$(BUILD)/%.o,$(wildcard compiler/import*.c)): $(BUILD)/compiler/onnx.pb-c.h

$(BUILD)/embed_tool: compiler/embed_tool.c
	@mkdir -p $(@D)
	@$(CC) -std=c11 -D_POSIX_C_SOURCE=200809L -O1 $(WARNINGS) -Icompiler -o $@ $<

$(BUILD)/embedded.c: $(BUILD)/embed_tool $(EMBEDDED)
	@$(BUILD)/embed_tool $(foreach f,$(EMBEDDED),$(f)=$(f)) > $@.tmp && mv $@.tmp $@

.SECONDARY:
-include $(OBJECTS:.o=.d)

# The main job: a network that tells circles from squares, trained to the end, and what it has learned.
shapes: cnngen
	./cnngen summary specs/shapes.lua
	./cnngen specs/shapes.lua -o $(BUILD)/shapes.c
	./cnngen train specs/shapes.lua --data shapes --epochs 20 -o $(BUILD)/shapes.safetensors
	./cnngen show specs/shapes.lua --weights $(BUILD)/shapes.safetensors --data shapes

# What Debian 12 must have; as root. CI and tests need a second compiler and an interpreter for the tests, too.
deps:
	apt-get update -q
	apt-get install -y -q --no-install-recommends gcc g++ make pkg-config libc6-dev liblua5.4-dev re2c libjansson-dev \
	    libhdf5-dev libpng-dev libprotobuf-c-dev protobuf-c-compiler zlib1g-dev clang lua5.4

# Compilers and emulators for the part `targets` of the tests: 415 MB to fetch, 1.9 GB installed; without them its cases are skipped.
deps-targets:
	apt-get update -q
	apt-get install -y -q --no-install-recommends clang clang-19 lld nodejs qemu-user qemu-system-arm gcc-arm-none-eabi \
	    gcc-aarch64-linux-gnu libc6-dev-arm64-cross gcc-arm-linux-gnueabihf libc6-dev-armhf-cross \
	    gcc-riscv64-linux-gnu libc6-dev-riscv64-cross gcc-i686-linux-gnu libc6-dev-i386-cross \
	    gcc-s390x-linux-gnu libc6-dev-s390x-cross gcc-mips-linux-gnu libc6-dev-mips-cross \
	    gcc-powerpc64-linux-gnu libc6-dev-ppc64-cross

# All tests; T=name runs one part: unit, golden, generated, cli, ci, selftest, weights, weight_formats, examples, models, published, shape_cases, export, onnx, readme, report, reproducible, guarantees, threads, targets, numeric, sweep.
check: $(BUILD)/cnngen
	BUILD=$(BUILD) CC="$(CC)" tests/run $(T)

# The committed output in generated/ and the expected messages are made anew; read the difference before you commit it.
accept: cnngen
	tests/generate ./cnngen generated
	lua5.4 tests/golden.lua ./cnngen --accept

# The whole test suite with the address, undefined behaviour and leak sanitizers in cnngen.
check-sanitized:
	$(MAKE) check BUILD=build/sanitized CNNGEN=build/sanitized/cnngen CFLAGS="-O1 -g" \
	    SANITIZE="-fsanitize=address,undefined -fno-sanitize-recover=all"

# More networks, each compiled both ways, for every target; TARGET="mips wasm" for some.
check-targets: cnngen
	lua5.4 tests/targets.lua ./cnngen $(BUILD)/targets all $(TARGET)

# Speed of the generated code beside plain loops, the machine's own peak and every peer that pip can install. PEERS=none: without pip.
bench: cnngen
	BUILD=$(BUILD) bench/run --results bench $(BENCH)

# Convolutions of 220 shapes: right (three compilers, sanitizers) and how fast. W=correct, sanitized or speed does one of these.
sweep: cnngen
	lua5.4 bench/sweep.lua $(or $(W),all) $(BUILD)/sweep $(BUILD)/cnngen

$(BUILD)/unit/%: tests/unit/%.c tests/unit/test.h $(LIBRARY)
	@mkdir -p $(@D)
	@echo "  cc    $<"
	@$(COMPILE) -Iruntime -o $@ $< $(LIBRARY) $(LIBS)

unit: $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(wildcard tests/unit/*.c))

clean:
	rm -rf $(BUILD) cnngen

.PHONY: shapes deps deps-targets check check-targets accept check-sanitized bench sweep unit clean
