# cnngen: `make` builds, `make check` tests, `make shapes` is the first thing to try. `make deps` installs what is needed.
CC       ?= cc
BUILD    ?= build
CFLAGS   ?= -O2 -g
WARNINGS := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror
SANITIZE ?=
LUA_CFLAGS := $(shell pkg-config --cflags lua5.4 2>/dev/null || echo -I/usr/include/lua5.4)

# Everything but libc is linked in: cnngen is one self-contained program.
LIBS := -Wl,-Bstatic -llua5.4 -ljansson -lpng16 -lz -Wl,-Bdynamic -lm -ldl

SOURCES   := $(wildcard compiler/*.c compiler/layers/*.c)
SOURCES   := $(filter-out compiler/embed_tool.c,$(SOURCES))
LEXERS    := $(wildcard compiler/*.re)
TEMPLATES := $(sort $(wildcard templates/*))
RUNTIME   := $(sort $(wildcard runtime/*))
PRELUDE   := $(sort $(wildcard compiler/*.lua))
EMBEDDED  := $(TEMPLATES) $(RUNTIME) $(PRELUDE)
OBJECTS   := $(SOURCES:%.c=$(BUILD)/%.o) $(LEXERS:%.re=$(BUILD)/%.o) $(BUILD)/embedded.o
COMPILE    = $(CC) -std=c11 -D_POSIX_C_SOURCE=200809L $(CFLAGS) $(SANITIZE) $(WARNINGS) -Icompiler $(LUA_CFLAGS) -MMD -MP

cnngen: $(BUILD)/cnngen
	cp $< $@

$(BUILD)/cnngen: $(OBJECTS)
	$(CC) $(CFLAGS) $(SANITIZE) -o $@ $^ $(LIBS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(COMPILE) -c -o $@ $<

$(BUILD)/%.o: $(BUILD)/%.c
	$(COMPILE) -c -o $@ $<

$(BUILD)/%.c: %.re
	@mkdir -p $(@D)
	re2c -W -Werror --no-debug-info --no-generation-date --no-version -i -o $@ $<

$(BUILD)/embed_tool: compiler/embed_tool.c
	@mkdir -p $(@D)
	$(CC) -std=c11 -D_POSIX_C_SOURCE=200809L -O1 $(WARNINGS) -Icompiler -o $@ $<

$(BUILD)/embedded.c: $(BUILD)/embed_tool $(EMBEDDED)
	$(BUILD)/embed_tool $(foreach f,$(EMBEDDED),$(f)=$(f)) > $@.tmp && mv $@.tmp $@

.SECONDARY:
-include $(OBJECTS:.o=.d)

clean:
	rm -rf $(BUILD) cnngen

.PHONY: clean
