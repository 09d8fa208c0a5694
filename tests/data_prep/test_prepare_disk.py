"""A disk that is full while a corpus is prepared."""

import subprocess
import sys

PREPARE = """
import resource, signal, sys
from data_prep.prepare import prepare
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]),) * 2)
prepare(sys.argv[1], sys.argv[2], workers=1, progress=False)
"""


def test_a_store_without_room_names_its_file_and_is_taken_up_again(make_corpus, tmp_path):
    root = make_corpus({"F001_T1": 3, "M002_T1": 3})
    command = [sys.executable, "-c", PREPARE, str(root), str(tmp_path / "store")]
    full = subprocess.run([*command, "100000"], capture_output=True, text=True)
    assert full.returncode == 1 and ".npy" in full.stderr.splitlines()[-1], full.stderr
    assert "no room for 0.9 MB" in full.stderr and not (tmp_path / "store/store.json").exists()
    again = subprocess.run([*command, "10000000"], capture_output=True, text=True)
    assert again.returncode == 0, again.stderr
    assert (tmp_path / "store" / "store.json").is_file()
