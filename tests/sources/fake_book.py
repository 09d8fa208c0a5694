"""A book whose trainings never ran and whose chapters were never executed, to be published.

Of its two chapters one shows trainings and one does not: `fusion` and `data`.
"""

import base64
import functools
import io

import nbformat
import numpy as np
import pandas as pd
import torch
from matplotlib import pyplot as plt
from PIL import Image

from dsin_lib.config import results_root
from dsin_lib.config.places import config_dir
from dsin_lib.runs.files import write

CODE = ("config = 'quick'", "draw(config);")


ALT = {"mystnb": {"image": {"alt": "Noise"}}}


HEALTHY = {"network": "mouth", "au": "AU01", "fed": True} | dict.fromkeys(
    ("prevalence", "mean", "spread", "saturated"), 0.5
)


MACHINE = "/" + "home/someone/project/a.py"


@functools.cache
def chart():
    """The PNG that matplotlib writes."""
    figure, axis = plt.subplots()
    axis.plot([1, 2])
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    plt.close(figure)
    return buffer.getvalue()


def pixels(png):
    return np.array(Image.open(io.BytesIO(png)).convert("RGBA"))


def contents(folder):
    """Every file of a folder, by its path in it."""
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def plain_cells():
    cells = [nbformat.v4.new_code_cell(code, id=f"c{n}") for n, code in enumerate(CODE)]
    cells[0].metadata.tags, cells[1].metadata = ["parameters"], nbformat.from_dict(ALT)
    return [nbformat.v4.new_markdown_cell("# A chapter", id="m0"), *cells]


def executed(config, *pngs):
    """A chapter as papermill leaves it, with these pictures."""
    cells = plain_cells()
    injected = nbformat.v4.new_code_cell(f"config = '{config.name}'", id="i0")
    injected.metadata.tags = ["injected-parameters"]
    outputs = [
        nbformat.v4.new_output(
            "display_data",
            {"image/png": base64.b64encode(png).decode(), "text/plain": "<Figure>"},
            metadata={"image/png": {"width": 300}},
        )
        for png in pngs
    ]
    glued = {"application/papermill.record/image/png": base64.b64encode(chart()).decode()}
    outputs.append(nbformat.v4.new_output("display_data", glued))
    cells[2].outputs, cells[2].execution_count = outputs, 3
    for cell in cells:
        cell.metadata["papermill"] = {"start_time": "2020-01-01"}
        cell.metadata["execution"] = {"iopub.status.busy": "2020-01-01"}
    notebook = nbformat.v4.new_notebook(cells=[*cells[:2], injected, cells[2]])
    how = {"parameters": {"config": config.name}, "exception": None, "input_path": MACHINE}
    notebook.metadata["papermill"] = how
    return notebook


def fill(trained):
    """Puts into the empty folder of results what a whole book leaves there."""
    config, runs = trained
    results_root().mkdir()
    (results_root() / "runs").symlink_to(runs)
    fill_chapters(config)
    return config


def fill_chapters(config, row="DSIN,50"):
    """The tables and chapters of a profile, whose runs are there."""
    (config_dir(config) / "tables").mkdir(parents=True)
    (config_dir(config) / "tables" / "table3.csv").write_text(f"row,AU01\n{row}\n")
    (config_dir(config) / "book").mkdir()
    for name, pngs in {"fusion": (chart(), chart()), "data": ()}.items():
        write_chapter(config, name, executed(config, *pngs))


def write_fake(run, device="cpu"):
    """What a training leaves, of next to nothing."""
    steps = run.row.steps
    write(
        run.folder,
        spec=run.spec,
        history=pd.DataFrame({"step": [1]}),
        health=pd.DataFrame([HEALTHY]),
        predictions=pd.DataFrame({"subject": ["F001"]}),
        weights={"pi.a": torch.zeros(1)},
        provenance={
            "seconds": dict.fromkeys(steps, 2.0),
            "cpu_seconds": dict.fromkeys(steps, 1.0),
            "epochs": dict.fromkeys(steps, 3),
            "frames": {"train": 30, "valid": 10, "test": 20},
            "subjects": {"train": ["F001", "F002"], "valid": ["F003"], "test": ["M001"]},
            "machine": {"system": "Linux", "device": device},
            **dict.fromkeys(("code", "data", "finished"), "x"),
        },
    )


def write_chapter(config, name, notebook):
    nbformat.write(notebook, config_dir(config) / "book" / f"{name}.ipynb")


def write_pages(folder):
    """A book of two chapters and a page of prose."""
    book = folder / "book"
    book.mkdir(parents=True)
    (folder / "_toc.yml").write_text(
        "root: book/prose\nparts: [{chapters: [{file: book/data}, {file: book/fusion}]}]\n"
    )
    (book / "prose.md").write_text("# Prose\n")
    for name in ("fusion", "data"):
        nbformat.write(nbformat.v4.new_notebook(cells=plain_cells()), book / f"{name}.ipynb")
    return folder
