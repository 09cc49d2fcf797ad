#!/usr/bin/env bash
# Brings the list of the screens' sentences in step with the source; nothing has to be compiled.
set -euo pipefail
cd "$(dirname "$0")/.."
.venv/bin/python tools/sentences.py
