"""The DAG: corpus -> store -> each (row, fold, seed) -> tables -> notebooks -> site.

`make book` calls it; by hand, from the project's root:
    .venv/bin/snakemake --cores 2 -n                     what would be done, and why
    .venv/bin/snakemake --cores 2 --config profile=smoke
"""

import sys

from dsin_lib.config import PROJECT, digest, load_config, results_root
from dsin_lib.experiments import PATCH_ROWS, ROWS, TRAINED, run_spec
from dsin_lib.paths import config_dir, corpus_dir, run_dir, store_dir

PROFILE = config.get("profile", "quick")
CONFIG = load_config(PROFILE)
HOME, PY = config_dir(CONFIG), sys.executable
FOLDS, SEEDS = CONFIG.evaluation.folds, CONFIG.evaluation.seeds
CHAPTERS = {  # notebook -> the rows whose runs it shows
    "data": (),
    "label_statistics": (),
    "faces_and_facs": (),
    "preprocessing": (),
    "patch_prediction": ("pp_face_ncb", *PATCH_ROWS),
    "fusion": ("pp_mouth", "pp_face", "pp_f"),
    "structure_inference": ("pp_f", "dsin_2", "dsin_10"),
    "bp4d_ablation": TRAINED,
    "ledger": TRAINED,
    "audit": (),
}
NOTE = "--licensed" if CONFIG.corpus.source.licensed else ""
STORE = str(store_dir(CONFIG) / "store.json")
CORPUS = [] if CONFIG.corpus.source.licensed else str(corpus_dir(CONFIG) / "corpus.json")


def run_record(row, fold, seed):
    return str(run_dir(CONFIG, ROWS[row], int(fold), int(seed)) / "provenance.json")


def records(rows):
    return [run_record(row, fold, seed) for row in rows for fold in FOLDS for seed in SEEDS]


def shown(rows):
    """Changes with whatever a chapter over some rows shows."""
    specs = [run_spec(CONFIG, ROWS[row], 0, 0) for row in rows]
    sections = [CONFIG.corpus, CONFIG.preprocessing, CONFIG.evaluation, CONFIG.reporting]
    return digest([CONFIG.name, [section.key() for section in sections], specs])


wildcard_constraints:
    row="|".join(ROWS),
    fold=r"\d",
    seed=r"\d+",
    chapter="|".join(CHAPTERS),


localrules: site


rule site:
    input: str(HOME / "site" / "index.html"),


rule corpus:
    output: CORPUS,
    params: key=CONFIG.corpus.pictures_key(),
    threads: 2
    message: "Rendering the open corpus"
    log: str(HOME / "logs" / "corpus.log"),
    shell: "cd {PROJECT} && {PY} -m data_prep corpus --config {PROFILE} --workers {threads} 2>&1 | tee {log}"


rule store:
    input: CORPUS,
    output: STORE,
    params: key=CONFIG.preprocessing.key(),
    threads: 2
    message: "Finding faces, aligning them, cutting patches"
    log: str(HOME / "logs" / "store.log"),
    shell: "cd {PROJECT} && {PY} -m data_prep store --config {PROFILE} --workers {threads} 2>&1 | tee {log}"


rule run:
    input:
        STORE,
        lambda w: [run_record(start, w.fold, w.seed) for start in ROWS[w.row].starts_from],
    output: str(results_root() / "runs" / "{row}" / "fold{fold}_seed{seed}_{key}" / "provenance.json"),
    threads: CONFIG.training.threads
    priority: 1  # chapters fill the core that a chain of trainings leaves idle
    message: "Training {wildcards.row}, fold {wildcards.fold}, seed {wildcards.seed}"
    log: str(HOME / "logs" / "{row}_fold{fold}_seed{seed}_{key}.log"),
    shell:
        "cd {PROJECT} && {PY} -m dsin_lib run {wildcards.row} --config {PROFILE} "
        "--fold {wildcards.fold} --seed {wildcards.seed} > {log} 2>&1"


rule tables:
    input:
        records(CHAPTERS["bp4d_ablation"]),
        expand(str(PROJECT / "dsin_lib" / "{file}.py"), file=["evaluation/f1", "evaluation/thresholds", "reporting/tables", "reporting/baselines", "reporting/predictions"]),
    output: str(HOME / "tables" / "table3.csv"),
    params: evaluation=CONFIG.evaluation.key(),
    message: "Computing the tables"
    log: str(HOME / "logs" / "tables.log"),
    shell: "cd {PROJECT} && {PY} -m dsin_lib tables --config {PROFILE} > {log} 2>&1"


rule notebook:
    input:
        STORE,
        notebook=str(PROJECT / "book" / "{chapter}.ipynb"),
        runs=lambda w: records(CHAPTERS[w.chapter]),
        tables=lambda w: rules.tables.output if w.chapter in ("bp4d_ablation", "ledger") else [],
        code=[str(path) for path in sorted((PROJECT / "dsin_lib" / "reporting").glob("*.py"))],
    output: str(HOME / "book" / "{chapter}.ipynb"),
    params: shows=lambda w: shown(CHAPTERS[w.chapter]),
    message: "Executing the chapter {wildcards.chapter}"
    log: str(HOME / "logs" / "{chapter}.log"),
    shell:
        "cd {PROJECT}/book && {PY} -m papermill {input.notebook} {output} -p config {PROFILE} "
        "--no-progress-bar > {log} 2>&1"


rule book:
    input:
        notebooks=expand(str(HOME / "book" / "{chapter}.ipynb"), chapter=CHAPTERS),
        pages=[str(path) for path in sorted((PROJECT / "book").rglob("*")) if path.suffix in {".md", ".bib", ".css", ".html", ".svg"}],
        settings=[str(PROJECT / "_config.yml"), str(PROJECT / "_toc.yml"), str(PROJECT / "dsin_lib/reporting/site.py")],
    output: str(HOME / "site" / "index.html"),
    message: "Building the site"
    log: str(HOME / "logs" / "site.log"),
    shell:
        "cd {PROJECT} && {PY} -m dsin_lib.reporting.site --executed {HOME}/book --out {HOME}/site {NOTE} "
        "2>&1 | tee {log}"
