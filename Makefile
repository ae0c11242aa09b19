# What can be done here with one word. All set-up happens on first use, in .venv and nowhere else;
# the stamp files in .venv remember what is installed, so that a second run touches neither pip
# nor the network. To set up anew: make clean-venv.

VENV ?= .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --no-input
CONSTRAINTS := -c constraints.txt

# PyTorch: a CPU build unless asked for otherwise (make train TORCH=cuda).
TORCH ?= cpu
TORCH_VERSION := 2.13.0
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu

# Of two cores: tests wait on servers, browsers and the disk about as long as they compute. A file's
# tests stay with one worker and in their order: they share a workspace, a server, a browser.
WORKERS ?= 3
ARGS ?=

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help demo test train lint format types contract bench docs readme hooks no-nvidia clean clean-venv

help: ## List what make can do | 列出 make 能做的事
	@case "$${QINGLAN_LANG:-$${LC_ALL:-$${LC_MESSAGES:-$${LANG:-}}}}" in zh*) n=2 ;; *) n=1 ;; esac; \
	awk -F ':.*## ' -v n=$$n '/^[a-z-]+:.*## / { split($$2, says, " [|] "); printf "  make %-11s %s\n", $$1, says[n] }' $(MAKEFILE_LIST)

demo: $(VENV)/stamp-train ## Run the whole journey on made-up questions, in a fresh workspace | 在全新的工作区里用自拟题目跑完整个流程
	$(VENV)/bin/qinglan demo $(ARGS)

test: $(VENV)/stamp-train $(VENV)/stamp-dev ## Run all tests; choose some with ARGS="-k policy" | 运行全部测试；可用 ARGS="-k policy" 挑选
	$(PY) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

train: $(VENV)/stamp-train ## Install PyTorch (CPU) and the training stack | 安装 PyTorch（CPU 版）与训练所需的包

lint: $(VENV)/stamp-dev ## Check style and format | 检查风格与格式
	$(VENV)/bin/ruff check src tests scripts
	$(VENV)/bin/ruff format --check src tests scripts

format: $(VENV)/stamp-dev ## Mend style and format where a tool can | 能自动修正的风格与格式，就地修正
	$(VENV)/bin/ruff check --fix src tests scripts
	$(VENV)/bin/ruff format src tests scripts

types: $(VENV)/stamp-dev ## Check types | 检查类型
	$(VENV)/bin/mypy
	MYPYPATH=src:tests $(VENV)/bin/mypy scripts

contract: $(VENV)/stamp-dev ## Check which module may import which | 检查各模块的导入方向
	$(VENV)/bin/lint-imports

bench: $(VENV)/stamp-dev ## Run the benchmarks and print their figures (minutes) | 运行基准测试并打印结果（数分钟）
	@for file in tests/benchmarks/bench_*.py; do \
		[ -e "$$file" ] || continue; echo "== $$file"; $(PY) "$$file" $(ARGS) || exit 1; \
	done

docs: $(VENV)/stamp-dev ## Write docs/reference anew from the code | 由代码重新生成 docs/reference
	$(PY) scripts/make_reference.py

readme: $(VENV)/stamp-train ## Run the demo and put its real output into both READMEs | 运行演示，把真实输出写入两份 README
	$(PY) scripts/readme_figures.py

hooks: $(VENV)/stamp-dev ## Check style, types and contracts before each git commit | 每次 git commit 前检查风格、类型与导入方向
	$(VENV)/bin/pre-commit install

no-nvidia: ## Check that no CUDA package came along | 检查没有混入 CUDA 包
	@if $(PIP) list --format=freeze | grep -i '^nvidia-'; then \
		echo "CUDA packages are installed; make clean-venv, then make train" >&2; \
		echo "混入了 CUDA 包；请先 make clean-venv，再 make train" >&2; exit 1; fi

clean: ## Remove caches and build output; keep .venv | 清除缓存与构建产物，保留 .venv
	rm -rf build dist .mypy_cache .ruff_cache .import_linter_cache .pytest_cache .hypothesis
	find src tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +

clean-venv: ## Remove .venv | 删除 .venv
	rm -rf $(VENV)

$(VENV)/stamp-venv:
	@python=$$(PYTHON='$(PYTHON)' sh scripts/find_python.sh) && "$$python" -m venv --clear $(VENV)
	@touch $@

# `pip install -e .` fetches the build backend, so only a stale stamp needs the network.
$(VENV)/stamp-core: pyproject.toml constraints.txt | $(VENV)/stamp-venv
	$(PIP) install --quiet $(CONSTRAINTS) -e .
	@touch $@

$(VENV)/stamp-dev: pyproject.toml constraints.txt | $(VENV)/stamp-venv
	$(PIP) install --quiet $(CONSTRAINTS) -e '.[dev]'
	@touch $(VENV)/stamp-core $@

# PyTorch comes first and apart: asked for among other things, pip would take the plain wheel,
# which brings gigabytes of CUDA. Its CPU build is looked for where pip is told to look (a folder
# of wheels, a mirror), then at PyTorch's own CPU index.
$(VENV)/stamp-torch: constraints.txt | $(VENV)/stamp-venv
ifeq ($(TORCH),cuda)
	$(PIP) install --quiet $(CONSTRAINTS) 'torch==$(TORCH_VERSION)'
else
	@echo "installing torch $(TORCH_VERSION)+cpu / 正在安装 torch $(TORCH_VERSION)+cpu"
	@$(PIP) install --quiet $(CONSTRAINTS) 'torch==$(TORCH_VERSION)+cpu' 2>$(VENV)/torch.log \
		|| $(PIP) install --quiet $(CONSTRAINTS) --extra-index-url $(TORCH_INDEX) 'torch==$(TORCH_VERSION)+cpu' 2>>$(VENV)/torch.log \
		|| { cat $(VENV)/torch.log >&2; \
			echo "PyTorch's CPU build was not found. Put its wheel in a folder and set PIP_FIND_LINKS=FOLDER, or set TORCH_INDEX to a mirror." >&2; \
			echo "未找到 PyTorch 的 CPU 版。请把 wheel 放入某文件夹并设 PIP_FIND_LINKS=该文件夹，或把 TORCH_INDEX 设为镜像地址。" >&2; exit 1; }
endif
	@touch $@

$(VENV)/stamp-train: pyproject.toml constraints.txt $(VENV)/stamp-torch
	$(PIP) install --quiet $(CONSTRAINTS) -e '.[train]'
ifneq ($(TORCH),cuda)
	@$(MAKE) --no-print-directory no-nvidia
endif
	@touch $(VENV)/stamp-core $@
