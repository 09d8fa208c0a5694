"""What every section of a config is: frozen, closed, and known by a key."""

import hashlib
import json
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Positive = Annotated[int, Field(ge=1)]
Seed = Annotated[int, Field(ge=0, lt=2**31)]


class Section(BaseModel):
    """Frozen, and closed to names that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def key(self) -> str:
        """Eight hex digits that change exactly when a value of the section changes."""
        return digest(self.model_dump(mode="json"))


def digest(value: object) -> str:
    """Eight hex digits of a JSON-able value."""
    text = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:8]
