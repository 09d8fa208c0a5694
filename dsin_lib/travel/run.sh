# Trains on a machine without a network what this folder was made for:
#   bash run SECONDS OUT        SECONDS in all, archives go to OUT; called again, it goes on
# DSIN_THERE: where all of it is unpacked and kept (none: .dsin beside this file).
set -eu
SECONDS_ASKED=${1:?say how many seconds}; OUT=$(mkdir -p "${2:?say where archives go}" && cd "$2" && pwd)
HERE=$(cd "$(dirname "$0")" && pwd); THERE=${DSIN_THERE:-$HERE/.dsin}; START=$(date +%s)
THERE=$(mkdir -p "$THERE" && cd "$THERE" && pwd); PY=${PYTHON:-python3}
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1 NUMBA_NUM_THREADS=1 PYTHONUNBUFFERED=1
has() { [ -e "$HERE/$1" ] || [ -e "$HERE/$1.part00" ]; }
content() { if [ -e "$HERE/$1" ]; then cat "$HERE/$1"; else cat "$HERE/$1".part??; fi; }
STAMP=$(cat "$HERE"/*.tar* | cksum)
if [ "$(cat "$THERE/.unpacked" 2>/dev/null)" != "$STAMP" ]; then  # or an earlier call stopped here
  rm -rf "$THERE/project" "$THERE/site" "$THERE/wheels"
  mkdir -p "$THERE/project" "$THERE/site" "$THERE/wheels" "$THERE/results/found"
  content code.tar.gz | tar xz -C "$THERE/project"
  if has wheels.tar; then
    content wheels.tar | tar x -C "$THERE/wheels"
    "$PY" -m pip install --quiet --no-index --no-deps --no-compile --disable-pip-version-check --target "$THERE/site" "$THERE"/wheels/*.whl
  fi
  if has found.tar; then content found.tar | tar x -C "$THERE/results/found"; fi
  echo "$STAMP" > "$THERE/.unpacked"
fi
export PYTHONPATH="$THERE/project:$THERE/site${PYTHONPATH:+:$PYTHONPATH}" DSIN_RESULTS="$THERE/results" XDG_CACHE_HOME="$THERE/cache"
CONFIG=@CONFIG@; case $CONFIG in *.yaml) CONFIG=$HERE/$CONFIG;; esac
cd "$THERE/project"
LEFT=$(( SECONDS_ASKED - $(date +%s) + START ))
exec "$PY" -m dsin_lib.travel.there "$CONFIG" --out "$OUT" --seconds "$LEFT"
