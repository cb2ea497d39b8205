# The commands of daily work. `just` lists them.

_default:
    @just --list --unsorted

# Make or refresh the environment in .venv/
setup:
    bin/setup

# Serve a small demo (options as for bin/demo)
dev *options: setup
    .venv/bin/enishi demo --receipts 2000 {{ options }}

# Run tests; without arguments the static checks too
test *arguments:
    bin/test {{ arguments }}

# What CI runs
check:
    .ci/run

# Format and fix what can be fixed by itself
fmt: setup
    .venv/bin/ruff format
    .venv/bin/ruff check --fix

# Bring the database to the schema of this code, and write the schema down
migrate: setup
    .venv/bin/enishi migrate
    .venv/bin/python -m enishi.kit.database.schema_dump

# The tests that follow a customer's life through the running product, and the pages in a browser
e2e: setup
    .venv/bin/pytest tests/e2e tests/browser

# Measure what is fast against what it is compared with (options as for `enishi bench`)
bench *options: setup
    .venv/bin/enishi bench {{ options }}
