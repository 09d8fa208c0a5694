"""Predictions and weights in half precision: a quarter of the room, the same decisions.

Scores are rounded down, so that a score is at or above an operating point exactly if it was: 0, 0.5
and every other point that half precision has (a tuned threshold is chosen among the rounded scores
themselves). To the nearest, 0.49999 would become 0.5 and a frame active.
"""

import io
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from jaxtyping import Float16

from dsin_lib.runs.predictions import KEYS, LABEL

AT, SPLIT = "at", "split"
"""Columns of rounded predictions: the frame's line in the table of labels, and its part."""


def rounded_down(values: Any) -> Float16[np.ndarray, "..."]:
    """The largest number of half precision that is not above each; nan stays nan."""
    exact = np.asarray(values, np.float64)
    near = exact.astype(np.float16)
    return np.where(near > exact, np.nextafter(near, np.float16(-np.inf)), near)


def labels_of(predictions: pd.DataFrame) -> pd.DataFrame:
    """Frames and their labels of a run's predictions, each frame once, in order."""
    columns = [name for name in predictions if name.endswith(LABEL)]
    return predictions[[*KEYS, *columns]].drop_duplicates(KEYS).sort_values(KEYS, ignore_index=True)


def scores_of(predictions: pd.DataFrame, labels: pd.DataFrame) -> pd.DataFrame:
    """What :func:`predictions_of` needs to give a run's predictions back, without its labels.

    Args:
        predictions: As of :class:`dsin_lib.runs.files.Files`.
        labels: As :func:`labels_of` gives them.
    """
    lines = labels[KEYS].assign(**{AT: np.arange(len(labels), dtype=np.int32)})
    at = predictions[KEYS].merge(lines, on=KEYS, how="left", validate="many_to_one")[AT]
    own = predictions.drop(columns=[*KEYS, *(n for n in predictions if n.endswith(LABEL))])
    numbers = {name: rounded_down(own[name]) for name in own if name != SPLIT}
    return pd.DataFrame({AT: at.to_numpy(np.int32), SPLIT: own[SPLIT], **numbers})


def predictions_of(scores: pd.DataFrame, labels: pd.DataFrame) -> pd.DataFrame:
    """The predictions again, scores in the steps of half precision and labels as they were."""
    frames = labels.iloc[scores[AT].to_numpy()].reset_index(drop=True)
    numbers = scores.drop(columns=[AT, SPLIT]).astype(np.float32)
    after = len([name for name in labels if name.endswith(LABEL)])  # scores come before labels
    parts = [
        frames[KEYS],
        numbers.iloc[:, :after],
        frames.drop(columns=KEYS),
        numbers.iloc[:, after:],
    ]
    return pd.concat([*parts, scores[[SPLIT]]], axis=1)


def as_parquet(table: pd.DataFrame) -> bytes:
    """A table as a small parquet file."""
    out = io.BytesIO()
    arrow = pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata()
    halves = [field.name for field in arrow.schema if pa.types.is_float16(field.type)]
    others = [name for name in arrow.column_names if name not in (*halves, AT)]
    encoding = {AT: "DELTA_BINARY_PACKED"} if AT in arrow.column_names else {}
    encoding |= dict.fromkeys(halves, "BYTE_STREAM_SPLIT")
    pq.write_table(
        arrow, out, compression="zstd", compression_level=19, use_dictionary=others,
        column_encoding=encoding, write_statistics=False, store_schema=False,
    )  # fmt: skip
    return out.getvalue()


def from_parquet(data: bytes) -> pd.DataFrame:
    """The table of :func:`as_parquet`."""
    return pq.read_table(io.BytesIO(data)).to_pandas()


def halved(weights: dict[str, Any]) -> bytes:
    """Tensors as a safetensors file, those of single precision in half."""
    from safetensors.numpy import save

    return save({
        name: of.astype(np.float16) if of.dtype == np.float32 else of
        for name, of in weights.items()
    })  # fmt: skip
