"""The DAG: corpora -> stores -> each (row, fold, seed), each study -> tables -> notebooks -> site.

`make book` calls it; by hand, from the project's root:
    .venv/bin/snakemake --cores 2 -n                     what would be done, and why
    .venv/bin/snakemake --cores 2 --config profile=smoke
"""

import os
import sys

sys.path.insert(0, workflow.basedir)  # this checkout's code, whatever the environment has installed
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [workflow.basedir, os.environ.get("PYTHONPATH")]))
os.environ["JUPYTER_PATH"] = os.path.join(workflow.basedir, "dsin_lib", "jupyter")  # the chapters' kernel

from dsin_lib.runs.chapters import chapters, without_corpus
from dsin_lib.config import PROJECT, load_config, results_root
from dsin_lib.runs.rows import ROWS, TRAINED, run_spec
from dsin_lib.config.places import config_dir, corpus_dir, run_dir, store_dir, study_record
from dsin_lib.config.sections import digest
from dsin_lib.runs.sweeps import STUDIES, study_key

PROFILE = config.get("profile", "quick")
CONFIG = load_config(PROFILE)
HOME, PY = config_dir(CONFIG), sys.executable
BOOK, EXECUTED, SITE = PROJECT / "book", HOME / "book", HOME / "site"
FOLDS, SEEDS = CONFIG.evaluation.folds, CONFIG.evaluation.seeds
CHAPTERS, ABSENT, LEFT_OUT = chapters(CONFIG), without_corpus(CONFIG), CONFIG.reporting.leave_out
OPTIONS = " ".join(["--licensed"] * CONFIG.corpus.source.licensed + [f"--absent {name}" for name in ABSENT] + [f"--left-out {name}" for name in LEFT_OUT])
TRIALS = {name: study.trials(CONFIG) for name, study in STUDIES.items()}


def corpus_and_store(trial):
    """A trial's store, the command line options that make it, and its corpus."""
    own = trial.of(CONFIG)
    changes = [f"{key.split('.')[1]}={value}" for key, value in trial.change.items() if key.startswith("preprocessing.")]
    options = ["--second"] * trial.second + [f"--preprocessing {','.join(changes)}"] * bool(changes)
    return str(store_dir(own) / "store.json"), (" ".join(options), own)


STORE = str(store_dir(CONFIG) / "store.json")
STORES = {STORE: ("", CONFIG)} | dict(corpus_and_store(trial) for trials in TRIALS.values() for trial in trials)
CORPORA = {
    str(corpus_dir(own) / "corpus.json"): ("--second" if own.corpus != CONFIG.corpus else "", own)
    for _, own in STORES.values()
    if not own.corpus.source.licensed
}


def corpus_of(store):
    own = STORES[store][1]
    return [] if own.corpus.source.licensed else str(corpus_dir(own) / "corpus.json")


def stores_of(studies):
    """What the trials of some studies read, the profile's own store first."""
    return list(dict.fromkeys([STORE, *(corpus_and_store(trial)[0] for name in studies for trial in TRIALS[name])]))


def run_record(row, fold, seed):
    return str(run_dir(CONFIG, ROWS[row], int(fold), int(seed)) / "provenance.json")


def records(rows):
    return [run_record(row, fold, seed) for row in rows for fold in FOLDS for seed in SEEDS]


def study_records(studies):
    return [str(study_record(CONFIG, name, fold, seed)) for name in studies for fold in STUDIES[name].folds(CONFIG) for seed in STUDIES[name].seeds(CONFIG)]


def before_study(wildcards):
    """What a study starts from: rows of Table 3 and the study whose trials it shares."""
    study, fold, seed = STUDIES[wildcards.study], int(wildcards.fold), int(wildcards.seed)
    shared = [str(study_record(CONFIG, study.after, fold, seed))] if study.after else []
    return [run_record(start, fold, seed) for start in study.starts] + shared


def shown(chapter):
    """Changes with whatever a chapter shows."""
    rows, studies = CHAPTERS[chapter]
    specs = [run_spec(CONFIG, ROWS[row], 0, 0) for row in rows] + [study_key(CONFIG, name, 0, 0) for name in studies]
    sections = [CONFIG.corpus, CONFIG.preprocessing, CONFIG.evaluation, CONFIG.reporting]
    return digest([CONFIG.name, [section.key() for section in sections], specs])


wildcard_constraints:
    row="|".join(ROWS),
    fold=r"\d",
    seed=r"\d+",
    chapter="|".join(CHAPTERS),
    study="|".join(STUDIES),


localrules: site


rule site:
    input: str(HOME / "site" / "index.html"),


rule corpus:
    output: str(results_root() / "corpora" / "{corpus}" / "corpus.json"),
    params:
        options=lambda w, output: CORPORA[output[0]][0],
        key=lambda w, output: CORPORA[output[0]][1].corpus.pictures_key(),
    threads: 2
    priority: 100  # both cores at once, so before trainings, of which a core takes one each
    message: "Rendering the open corpus {wildcards.corpus}"
    log: str(HOME / "logs" / "{corpus}.log"),
    shell: "cd {PROJECT:q} && {PY:q} -m data_prep corpus --config {PROFILE:q} {params.options} --workers {threads} 2>&1 | tee {log:q}"


rule store:
    input: lambda w: corpus_of(str(results_root() / "stores" / w.store / "store.json")),
    output: str(results_root() / "stores" / "{store}" / "store.json"),
    params:
        options=lambda w, output: STORES[output[0]][0],
        key=lambda w, output: STORES[output[0]][1].preprocessing.key(),
    threads: 2
    priority: 100
    message: "Finding faces, aligning them, cutting patches: {wildcards.store}"
    log: str(HOME / "logs" / "store_{store}.log"),
    shell: "cd {PROJECT:q} && {PY:q} -m data_prep store --config {PROFILE:q} {params.options} --workers {threads} 2>&1 | tee {log:q}"


rule run:
    input:
        STORE,
        lambda w: [run_record(start, w.fold, w.seed) for start in ROWS[w.row].starts_from],
    output: str(results_root() / "runs" / "{row}" / "fold{fold}_seed{seed}_{key}" / "provenance.json"),
    threads: CONFIG.training.threads
    resources: gpu=1  # a share of a card, where there is one; dag.py says how many it has
    priority: 1  # chapters fill the core that a chain of trainings leaves idle
    message: "Training {wildcards.row}, fold {wildcards.fold}, seed {wildcards.seed}"
    log: str(HOME / "logs" / "{row}_fold{fold}_seed{seed}_{key}.log"),
    shell:
        "cd {PROJECT:q} && {PY:q} -m dsin_lib run {wildcards.row} --config {PROFILE:q} "
        "--fold {wildcards.fold} --seed {wildcards.seed} > {log:q} 2>&1"


rule study:
    input:
        before_study,
        stores=lambda w: stores_of([w.study]),
    output: str(HOME / "studies" / "{study}_fold{fold}_seed{seed}.json"),
    params: key=lambda w: study_key(CONFIG, w.study, int(w.fold), int(w.seed)),
    threads: CONFIG.training.threads
    resources: gpu=1
    priority: 1
    message: "Training the runs of the study {wildcards.study}, fold {wildcards.fold}, seed {wildcards.seed}"
    log: str(HOME / "logs" / "study_{study}_fold{fold}_seed{seed}.log"),
    shell:
        "cd {PROJECT:q} && {PY:q} -m dsin_lib study {wildcards.study} --config {PROFILE:q} "
        "--fold {wildcards.fold} --seed {wildcards.seed} > {log:q} 2>&1"


rule tables:
    input:
        records(TRAINED),
        study_records(["table_4"]),
        expand(str(PROJECT / "dsin_lib" / "{file}.py"), file=["evaluation/f1", "evaluation/thresholds", "reporting/tables", "reporting/baselines", "reporting/predictions"]),
    output: str(HOME / "tables" / "table3.csv"),
    params: evaluation=CONFIG.evaluation.key(),
    message: "Computing the tables"
    log: str(HOME / "logs" / "tables.log"),
    shell: "cd {PROJECT:q} && {PY:q} -m dsin_lib tables --config {PROFILE:q} > {log:q} 2>&1"


rule notebook:
    input:
        lambda w: stores_of(CHAPTERS[w.chapter][1]),
        notebook=str(PROJECT / "book" / "{chapter}.ipynb"),
        runs=lambda w: records(CHAPTERS[w.chapter][0]) + study_records(CHAPTERS[w.chapter][1]),
        tables=lambda w: rules.tables.output if w.chapter in ("bp4d_ablation", "disfa_ablation", "ledger") else [],
        code=[str(path) for folder in ("reporting", "evaluation", "paper") for path in sorted((PROJECT / "dsin_lib" / folder).glob("*.*"))],
    output: str(HOME / "book" / "{chapter}.ipynb"),
    params: shows=lambda w: shown(w.chapter),
    message: "Executing the chapter {wildcards.chapter}"
    log: str(HOME / "logs" / "{chapter}.log"),
    shell:
        "cd {BOOK:q} && {PY:q} -m papermill {input.notebook:q} {output:q} -p config {PROFILE:q} "
        "--no-progress-bar > {log:q} 2>&1"


rule book:
    input:
        notebooks=expand(str(HOME / "book" / "{chapter}.ipynb"), chapter=CHAPTERS),
        pages=[str(path) for path in sorted((PROJECT / "book").rglob("*")) if path.suffix in {".md", ".bib", ".css", ".html", ".svg"}],
        settings=[str(PROJECT / "_config.yml"), str(PROJECT / "_toc.yml"), str(PROJECT / "dsin_lib/reporting/site.py")],
    output: str(HOME / "site" / "index.html"),
    message: "Building the site"
    log: str(HOME / "logs" / "site.log"),
    shell:
        "cd {PROJECT:q} && {PY:q} -m dsin_lib.reporting.site --executed {EXECUTED:q} --out {SITE:q} {OPTIONS} "
        "2>&1 | tee {log:q}"
