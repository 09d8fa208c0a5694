"""Where libraries keep what they keep in a home, when there is none that can be written.

A container of another user has such a home. Snakemake then refuses to start, numba to define a
kernel; matplotlib looks for fonts anew in every process, IPython and Jupyter warn.
"""

import os
import tempfile
from pathlib import Path

from dsin_lib.config import results_root

PLACES = {
    "XDG_CACHE_HOME": "cache",  # Snakemake, numba, fontconfig
    "MPLCONFIGDIR": "matplotlib",
    "TORCHINDUCTOR_CACHE_DIR": "torchinductor",  # what torch.compile makes
    "IPYTHONDIR": "ipython",
    "JUPYTER_RUNTIME_DIR": "jupyter",
}
"""Variables that name a folder, and what it is called under ``results/.home``. HOME itself stays:
a config may name a folder of faces in it, which need not be writable."""


def places() -> dict[str, str]:
    """Variables for the processes of a DAG; none where the home can be written.

    A variable that is set stays as it is.
    """
    if takes_files(Path(os.path.expanduser("~"))):  # noqa: PTH111 (Path refuses an unknown home)
        return {}
    kept = results_root() / ".home"
    return {name: str(kept / to) for name, to in PLACES.items() if name not in os.environ}


def takes_files(folder: Path) -> bool:
    """Whether a file can be made in a folder, which is made if it can be.

    A relative path is a home that is not known, and gets no folder.
    """
    if not folder.is_absolute():
        return False
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        return False
    return True
