# Trains on a machine without a network what this folder was made for:
#   bash run SECONDS OUT        SECONDS in all, archives go to OUT; called again, it goes on
# DSIN_THERE: where all of it is unpacked and kept (none: .dsin beside this file).
set -eu
SECONDS_ASKED=${1:?say how many seconds}; OUT=$(mkdir -p "${2:?say where archives go}" && cd "$2" && pwd)
HERE=$(cd "$(dirname "$0")" && pwd); THERE=${DSIN_THERE:-$HERE/.dsin}; START=$(date +%s)
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1 NUMBA_NUM_THREADS=1 PYTHONUNBUFFERED=1
PY=${PYTHON:-python3}
mkdir -p "$THERE/site" "$THERE/project" "$THERE/results/found"
for first in "$HERE"/*.part00; do
  [ -e "$first" ] || continue
  file=${first%.part00}; cat "$file".part?? > "$THERE/$(basename "$file")"
done
from() { [ -e "$THERE/$1" ] && echo "$THERE/$1" || echo "$HERE/$1"; }
if [ ! -e "$THERE/.unpacked" ]; then
  tar xzf "$(from code.tar.gz)" -C "$THERE/project"
  mkdir -p "$THERE/wheels"; tar xf "$(from wheels.tar)" -C "$THERE/wheels"
  if ls "$THERE"/wheels/*.whl >/dev/null 2>&1; then
    "$PY" -m pip install --quiet --no-index --no-deps --no-compile --disable-pip-version-check --target "$THERE/site" "$THERE"/wheels/*.whl
  fi
  [ -e "$(from found.tar)" ] && tar xf "$(from found.tar)" -C "$THERE/results/found"
  touch "$THERE/.unpacked"
fi
export PYTHONPATH="$THERE/project:$THERE/site${PYTHONPATH:+:$PYTHONPATH}" DSIN_RESULTS="$THERE/results" XDG_CACHE_HOME="$THERE/cache"
CONFIG=@CONFIG@; case $CONFIG in *.yaml) CONFIG=$HERE/$CONFIG;; esac
cd "$THERE/project"
LEFT=$(( SECONDS_ASKED - $(date +%s) + START ))
exec "$PY" -m dsin_lib.travel.there "$CONFIG" --out "$OUT" --seconds "$LEFT"
