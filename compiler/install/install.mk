# install, uninstall, deb and completions; part of the Makefile.
PREFIX  ?= /usr/local
DESTDIR ?=
LIBDIR  ?= lib
VERSION := $(shell sed -n 's/.*CNNGEN_VERSION "\(.*\)".*/\1/p' compiler/version.h)
CNN     := $(BUILD)/libcnn.a
HERE    := compiler/install
INSTALL ?= install

# The runtime as a library for this machine: float, optimised, without the program's warnings and sanitizers.
$(BUILD)/libcnn/%.o: runtime/%.c runtime/cnn.h
	@mkdir -p $(@D)
	@$(CC) -std=c99 -O2 -fPIC -ffile-prefix-map=$(CURDIR)=. -c -o $@ $<

$(CNN): $(patsubst runtime/%.c,$(BUILD)/libcnn/%.o,$(wildcard runtime/*.c))
	@rm -f $@
	@$(AR) rcsD $@ $^

# Every installed file, below PREFIX, with where it comes from; install and uninstall read the same list.
INSTALLED = \
    bin/cnngen=$(BUILD)/cnngen \
    include/cnngen/cnn.h=runtime/cnn.h \
    $(LIBDIR)/libcnn.a=$(CNN) \
    $(LIBDIR)/pkgconfig/cnngen.pc=$(BUILD)/cnngen.pc \
    share/man/man1/cnngen.1=$(HERE)/cnngen.1 \
    share/bash-completion/completions/cnngen=$(HERE)/cnngen.bash \
    share/zsh/site-functions/_cnngen=$(HERE)/_cnngen \
    share/fish/vendor_completions.d/cnngen.fish=$(HERE)/cnngen.fish \
    share/doc/cnngen/README.md=README.md \
    share/doc/cnngen/copyright=LICENSE \
    $(foreach f,$(RUNTIME),share/cnngen/runtime/$(notdir $(f))=$(f)) \
    $(foreach f,$(sort $(wildcard specs/*.lua)),share/cnngen/specs/$(notdir $(f))=$(f)) \
    $(foreach f,$(sort $(shell find examples -type f ! -path '*/build/*' ! -name '.*' ! -name 'net.[ch]')),share/doc/cnngen/$(f)=$(f))

install: $(BUILD)/cnngen $(CNN)
	@sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' -e 's|@VERSION@|$(VERSION)|' $(HERE)/cnngen.pc.in > $(BUILD)/cnngen.pc
	@for pair in $(INSTALLED); do \
	    to="$(DESTDIR)$(PREFIX)/$${pair%%=*}" from="$${pair#*=}"; \
	    case $$to in */bin/*) mode=755 ;; *) mode=644 ;; esac; \
	    $(INSTALL) -d "$${to%/*}" && $(INSTALL) -m $$mode "$$from" "$$to" || exit 1; \
	done
	@echo "  installed below $(DESTDIR)$(PREFIX)"

# Folders of our own go, too, when nothing else is in them.
uninstall:
	@for pair in $(INSTALLED); do rm -f "$(DESTDIR)$(PREFIX)/$${pair%%=*}"; done
	@for folder in share/cnngen share/doc/cnngen include/cnngen; do \
	    ! test -d "$(DESTDIR)$(PREFIX)/$$folder" || find "$(DESTDIR)$(PREFIX)/$$folder" -depth -type d -empty -delete; \
	done

# build/cnngen_VERSION_ARCHITECTURE.deb. Same sources, same bytes: dates are SOURCE_DATE_EPOCH's, else the newest commit's.
deb: $(BUILD)/cnngen $(CNN)
	@CC="$(CC)" BUILD=$(BUILD) VERSION=$(VERSION) MAKE="$(MAKE)" $(HERE)/deb

# After a change of options or commands.
completions:
	lua5.4 $(HERE)/completion.lua $(HERE)

.PHONY: install uninstall deb completions
