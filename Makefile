# SPDX-License-Identifier: GPL-2.0-only
# For people; Kbuild is for kbuild. `make help` lists the targets.

# Headers of the running kernel, or else of the newest kernel that has some.
headers := $(wildcard /lib/modules/$(shell uname -r)/build)
ifeq ($(headers),)
headers := $(lastword $(sort $(wildcard /usr/src/linux-headers-*-amd64 /usr/src/linux-headers-*-arm64)))
endif
KDIR ?= $(headers)
W ?= 1
C ?= 0
PREFIX ?= /usr/local

WEIR_VERSION := $(shell cat VERSION)
export WEIR_VERSION
kbuild = $(MAKE) -C $(KDIR) M=$(CURDIR) W=$(W) C=$(C) WEIR_CFLAGS="$(WEIR_CFLAGS)"

.PHONY: all
all: module userspace ## build weir.ko and the command line

.PHONY: module
module: ## build weir.ko for KDIR= (default: the running kernel's headers); C=1 runs sparse
	@test -n "$(KDIR)" || { echo "no kernel headers: make setup installs Debian's, or give KDIR=" >&2; exit 1; }
	+$(kbuild) WEIR_CFLAGS="-Werror $(WEIR_CFLAGS)" modules

.PHONY: userspace
userspace: ## build libweir and weir
	$(MAKE) -C userspace

.PHONY: tools
tools: userspace ## build what the tests run
	$(MAKE) -C tests/tools

.PHONY: install
install: all ## install the module, the command line and its pages (PREFIX=, DESTDIR=)
	+$(kbuild) INSTALL_MOD_PATH=$(DESTDIR) CONFIG_MODULE_SIG_ALL= modules_install
	$(if $(DESTDIR),,depmod $(notdir $(shell readlink -f /lib/modules/$(shell uname -r) 2>/dev/null)))
	$(MAKE) -C userspace install PREFIX=$(PREFIX) DESTDIR=$(DESTDIR)

.PHONY: install-ipvs
install-ipvs: install ## and make modprobe take weir_ipvs for ip_vs
	install -D -m 644 tools/modprobe/weir_ipvs.conf $(DESTDIR)/etc/modprobe.d/weir_ipvs.conf

.PHONY: setup
setup: ## install what is missing from Debian's packages
	@tools/setup build test

.PHONY: demo
demo: setup ## watch a director, a client and three nginx servers in a guest
	@tools/demo

.PHONY: check
check: setup ## run every test but those that need a debug kernel
	@tests/run all

.PHONY: check-debug
check-debug: ## run the scenarios on kernels with every detector on
	@tools/setup build test debug
	@tests/debug

.PHONY: lint
lint: setup ## what machines can say of style: sparse, shellcheck, layers, budgets
	@tests/lint

.PHONY: bench
bench: ## count instructions per packet, side by side with ip_vs (an hour and a half)
	@tools/setup build test debug
	@tools/bench/run --page doc/bench.md

.PHONY: gen
gen: ## regenerate what comes from tools/netlink/weir.yaml
	@tools/setup gen
	@tools/netlink/gen

.PHONY: clean
clean: ## remove what was built
	-@test -z "$(KDIR)" || $(kbuild) clean >/dev/null
	@$(MAKE) -s -C userspace clean
	@$(MAKE) -s -C tests/tools clean
	@$(MAKE) -s -C tests/unit clean

.PHONY: help
help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 14
