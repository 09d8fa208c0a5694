"""Archives of runs taken apart and put together as a test wants them."""

import hashlib
import json
import zipfile

from dsin_lib.travel.archive import MANIFEST


def opened(path):
    """The manifest of an archive, and its other members."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    return json.loads(members.pop(MANIFEST)), members


def closed(path, manifest, members, *, summed=True):
    """Writes an archive; the sums of its members are made to fit unless they are to stay."""
    if summed:
        sums = {name: hashlib.sha256(data).hexdigest() for name, data in members.items()}
        manifest = {**manifest, "members": sums}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in {MANIFEST: json.dumps(manifest), **members}.items():
            archive.writestr(name, data)
    return path
