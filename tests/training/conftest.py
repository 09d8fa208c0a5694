"""What tests of the training share: a folder of their own that begins with trained runs."""

import pytest
from made import made


@pytest.fixture
def apart(copied):
    """A copy of one row's run, in a results folder of the test's own that holds its starts too."""

    def apart(row):
        return made(copied(row), row)

    return apart
