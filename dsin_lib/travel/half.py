"""Predictions and weights in half precision: a quarter of the room, the same decisions.

Scores are rounded down, so that a score is at or above an operating point exactly if it was: 0, 0.5
and every other point that half precision has (a tuned threshold is chosen among the rounded scores
themselves). To the nearest, 0.49999 would become 0.5 and a frame active.

A unit whose scores lie so close together that rounding would rank its frames otherwise keeps them
in single precision: one in ten of a trained book, most of a network that has learned hardly
anything.
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
MOVED = 1e-3
"""By how much rounding may move an area under the ROC curve, or an average precision."""


def rounded_down(values: Any) -> Float16[np.ndarray, "..."]:
    """The largest number of half precision that is not above each; nan stays nan."""
    exact = np.asarray(values, np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
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
    for name in (one for one in numbers if f"{one}{LABEL}" in predictions):
        if _ranked_otherwise(numbers[name], own[name], predictions[f"{name}{LABEL}"], own[SPLIT]):
            numbers[name] = own[name].to_numpy(np.float32)
    return pd.DataFrame({AT: at.to_numpy(np.int32), SPLIT: own[SPLIT], **numbers})


def _ranked_otherwise(
    half: np.ndarray, exact: pd.Series, labels: pd.Series, part: pd.Series
) -> bool:
    """Whether a unit's frames of a part are ranked otherwise, by the labels that they have."""
    before, y = exact.to_numpy(np.float64), labels.to_numpy(np.float64)
    for here in ((part == one).to_numpy() & ~np.isnan(y) for one in part.unique()):
        ranked = [_ranking(of[here], y[here] == 1) for of in (before, half.astype(np.float64))]
        if (abs(np.subtract(*ranked)) > MOVED).any():  # nan if it shows in one state only
            return True
    return False


def _ranking(scores: np.ndarray, active: np.ndarray) -> np.ndarray:
    """Area under the ROC curve and average precision, as scikit-learn's but many times faster."""
    order = np.argsort(-scores)
    last = np.append(np.diff(scores[order]) != 0, True)  # of those that score alike
    hits, taken = np.cumsum(active[order])[last], np.flatnonzero(last) + 1
    hits, found = hits.astype(np.float64), np.diff(hits, prepend=0)
    misses = taken - hits
    with np.errstate(invalid="ignore", divide="ignore"):
        below = found @ (misses[-1] - misses + np.diff(misses, prepend=0) / 2)
        return np.array([below / (hits[-1] * misses[-1]), (found * hits / taken).sum() / hits[-1]])


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
    scored = AT in arrow.column_names  # a table of labels has floats too, of few values
    floats = [of.name for of in arrow.schema if scored and pa.types.is_floating(of.type)]
    others = [name for name in arrow.column_names if name not in (*floats, AT)]
    encoding = {AT: "DELTA_BINARY_PACKED"} if scored else {}
    encoding |= dict.fromkeys(floats, "BYTE_STREAM_SPLIT")
    pq.write_table(
        arrow, out, compression="zstd", compression_level=19, use_dictionary=others,
        column_encoding=encoding, write_statistics=False, store_schema=False,
    )  # fmt: skip
    return out.getvalue()


def from_parquet(data: bytes) -> pd.DataFrame:
    """The table of :func:`as_parquet`."""
    return pq.read_table(io.BytesIO(data)).to_pandas()


def halved(weights: dict[str, Any]) -> bytes:
    """Tensors as a safetensors file, those of single precision in half unless one is too large."""
    from safetensors.numpy import save

    return save({name: _half(of) if of.dtype == np.float32 else of for name, of in weights.items()})


def _half(of: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):
        half = of.astype(np.float16)
    return half if np.isfinite(half).all() else of
