# Sourced by the scripts beside it: finds Python, keeps the virtual environment in step with the lists of packages.
# The caller sets `root`, the folder of the project. Runs in bash 3.2 and newer.

venv="$root/.venv"
python="$venv/bin/python"

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "$@"
  exit 3
}

# pip keeps its cache under HOME; without one it would litter the root of the disk.
if [ -z "${HOME:-}" ]; then
  export PIP_NO_CACHE_DIR=1
fi
export PIP_DISABLE_PIP_VERSION_CHECK=1

is_new_enough() {
  "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
  local candidate
  for candidate in python3 python3.11 python3.12 python3.13 python3.14 python; do
    if command -v "$candidate" >/dev/null 2>&1 && is_new_enough "$candidate"; then
      printf '%s\n' "$candidate"
      return
    fi
  done
  return 1
}

make_venv() {
  local found
  found=$(find_python) || fail \
    'Wenjin needs Python 3.11 or newer, and none was found.' \
    $'\n  Debian, Ubuntu:  sudo apt install python3 python3-venv' \
    $'\n  Fedora:          sudo dnf install python3' \
    $'\n  macOS:           brew install python'
  if ! "$found" -c 'import ensurepip, venv' >/dev/null 2>&1; then
    fail 'This Python has no venv module. Install it, then call this script again:' \
      $'\n  Debian, Ubuntu:  sudo apt install python3-venv'
  fi
  # Left over from a Python that is gone, or half made.
  rm -rf "$venv"
  say "Making a virtual environment in .venv with $("$found" --version) ..."
  "$found" -m venv "$venv" || fail 'The virtual environment could not be made. Is the disk full or the folder read-only?'
}

# What decides whether an installation is still right: the lists, where the project lies, which Python it is.
fingerprint() {
  cat "$root/pyproject.toml" "$root/constraints.txt" | cksum
  printf '%s\n' "$root"
  "$python" --version
}

# install NAME ARGUMENTS...: calls pip with the arguments unless the stamp NAME says that nothing has changed since.
install() {
  local name=$1 stamp="$venv/wenjin-$1.stamp"
  shift
  if ! is_new_enough "$python"; then
    make_venv
  fi
  if [ "$(cat "$stamp" 2>/dev/null)" = "$(fingerprint)" ]; then
    return
  fi
  rm -f "$stamp"
  say "Installing packages ($name); the first time this takes a minute or more ..."
  "$python" -m pip install --quiet --constraint "$root/constraints.txt" "$@" || return 1
  fingerprint >"$stamp"
}

# pip knows dependency groups since 25.1; the one that comes with Python may be older.
renew_pip() {
  "$python" - <<'PYTHON' || "$python" -m pip install --quiet --upgrade 'pip>=25.1'
import sys
from importlib.metadata import version
sys.exit(tuple(int(part) for part in version("pip").split(".")[:2]) < (25, 1))
PYTHON
}

install_service() {
  install service --editable "$root" || fail 'The packages could not be installed. Is the package index reachable?' \
    'The lines above say what pip found. Call this script again to go on.'
}

install_models() {
  install models --editable "$root[models,onnx]"
}

install_onnx() {
  install onnx --editable "$root[onnx]"
}

# What writes reports as PDF and Word. Without it the print view works, and the service says what is missing.
install_reports() {
  install reports --editable "$root[reports]" \
    || say 'The packages for reports as PDF and Word could not be installed; reports have their print view.'
}

# Everything the tests need except the models.
install_development() {
  is_new_enough "$python" || make_venv
  renew_pip
  install development --editable "$root[postgres,redis]" --group "$root/pyproject.toml:dev" \
    || fail 'The packages for development could not be installed; the lines above say what pip found.'
  install_reports
}
