# Every target works as the only command on a machine with Python 3.11 or newer, pip and make.
# Nothing has to be set. PORT=8000 asks for a port; SHORT=1 makes `test` run a short selection.

BIN := .venv/bin
SHORT_TESTS := tests/house tests/integrations/test_embedded_postgres.py $(wildcard tests/api/test_smoke*.py)

.DEFAULT_GOAL := help
.PHONY: help install demo test coverage lint openapi bench-data bench proof-crash proof-api proof-model proof-sync proof-client clean
# Two targets at once would share one .venv in the making.
.NOTPARALLEL:

help:
	@echo "make demo         start everything and play the story / jalankan semua dan mainkan ceritanya"
	@echo "make test         every check and test / semua pemeriksaan dan uji"
	@echo "make coverage     the tests again, with the lines that they reach / cakupan uji"
	@echo "make lint         the checks alone / pemeriksaan saja"
	@echo "make openapi      write openapi.json / tulis openapi.json"
	@echo "make bench-data   fill the benchmark's database, once / isi basis data uji beban, sekali"
	@echo "make bench        measure / ukur"
	@echo "make proof-crash  the long form of the crash test / uji mati mendadak, bentuk panjang"
	@echo "make proof-api    the long form of the API tests / uji API, bentuk panjang"
	@echo "make proof-model  the long form of the random lives / riwayat acak, bentuk panjang"
	@echo "make proof-sync   20 devices on a bad link, long with PUSKESOS_PROOF=long / 20 perangkat, sambungan buruk"
	@echo "make proof-client clients made of the whole OpenAPI document / klien dari seluruh dokumen OpenAPI"
	@echo "make clean        remove what was installed and built / hapus yang dipasang dan dibangun"

install:
	@sh scripts/bootstrap.sh

demo: install
	@$(if $(PORT),PUSKESOS_PORT=$(PORT)) $(BIN)/puskesos demo

lint: install
	@sh scripts/bootstrap.sh uv lock --check
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/deptry app
	$(BIN)/deptry --config clients/python/pyproject.toml clients/python/src

ifdef SHORT
test: install
	$(BIN)/python -m pytest $(SHORT_TESTS)
else
test: lint
	$(BIN)/python -m pytest -n 2 --dist loadfile
endif

coverage: install
	$(BIN)/python -m pytest --cov=app --cov-report=term:skip-covered -n 2 --dist loadfile

openapi: install
	@$(BIN)/puskesos openapi

bench-data: install
	@$(BIN)/puskesos bench data

bench: install
	@$(BIN)/puskesos bench run

proof-crash: install
	PUSKESOS_PROOF=long $(BIN)/python -m pytest tests/crash

proof-api: install
	PUSKESOS_PROOF=long $(BIN)/python -m pytest tests/api_contract tests/authorization

proof-model: install
	PUSKESOS_PROOF=long $(BIN)/python -m pytest tests/model

proof-sync: install
	PUSKESOS_PROOF=$(or $(PUSKESOS_PROOF),issue) $(BIN)/python -m pytest -s tests/client/test_sync_proof.py

proof-client: install
	PUSKESOS_PROOF=long $(BIN)/python -m pytest tests/client/test_generated_client.py

# The data of the demo and of the benchmark stay: they may be somebody's work.
clean:
	rm -rf .venv .tools dist htmlcov .coverage .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
