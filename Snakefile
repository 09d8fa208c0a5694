"""The DAG: corpora -> stores, features -> each (row, fold, seed), each sweep -> tables -> notebooks -> site.

`make book` calls it; by hand, from the project's root:
    .venv/bin/snakemake --cores 2 -n                     what would be done, and why
    .venv/bin/snakemake --cores 2 --config profile=smoke
"""

import os
import sys

sys.path.insert(0, workflow.basedir)  # this checkout's code, whatever the environment has installed
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [workflow.basedir, os.environ.get("PYTHONPATH")]))
os.environ["JUPYTER_PATH"] = os.path.join(workflow.basedir, "dsin_lib", "jupyter")  # the chapters' kernel

from dsin_lib.config import PROJECT, digest, load_config, results_root
from dsin_lib.config.places import config_dir, corpus_dir, store_dir
from dsin_lib.runs import needs
from dsin_lib.runs.chapters import CHAPTERS, book, chapters, runs, sweeps, without_corpus
from dsin_lib.runs.code import notebook_code
from dsin_lib.runs.rows import ROWS, TRAINED
from dsin_lib.runs.run import Run, distinct, runs_of
from dsin_lib.runs.stores import store_options, stores_of, table_of
from dsin_lib.runs.sweeps import SWEEPS, record_of, sweep_key
from dsin_lib.systems.ensure import features_of

PROFILE = config.get("profile", "quick")
CONFIG = load_config(PROFILE)
HOME, PY = config_dir(CONFIG), sys.executable
BOOK, EXECUTED, SITE = PROJECT / "book", HOME / "book", HOME / "site"
SHOWN, ABSENT, LEFT_OUT = chapters(CONFIG), without_corpus(CONFIG), CONFIG.reporting.leave_out
OPTIONS = " ".join(["--licensed"] * CONFIG.corpora.table_3.source.licensed + [f"--absent {name}" for name in ABSENT] + [f"--left-out {name}" for name in LEFT_OUT])
LIB = PROJECT / "dsin_lib"


def stores(asked):
    """What some runs read: each store's record, and corpus and preprocessing that make it."""
    return {str(path): made for path, made in stores_of(asked).items()}


OWN = {str(store_dir(of, CONFIG.preprocessing) / "store.json"): (of, CONFIG.preprocessing) for of in CONFIG.corpora.named()}
STORES = OWN | stores(run for part in book(CONFIG).values() for run in part)
CORPORA = {str(corpus_dir(of) / "corpus.json"): of for of, _ in STORES.values() if not of.source.licensed}


def corpus_record(w):
    return str(results_root() / "corpora" / w.corpus / "corpus.json")


def store_record(w):
    return str(results_root() / "stores" / w.store / "store.json")


def corpus_of(store):
    of = STORES[store][0]
    return [] if of.source.licensed else str(corpus_dir(of) / "corpus.json")


def options_of(store):
    """The options of the command line that make a store."""
    return " ".join(store_options(CONFIG, *STORES[store]))


def record(run):
    return str(run.folder / "provenance.json")


def features(run):
    """The features that a missing run's system reads, by the record written when one is made."""
    wanted = [] if run.is_there() else features_of(run.row)
    return {str(feature.record_path(run.store)): feature for feature in wanted}


# A run that is there is read as it is, whatever Snakemake makes of times and inputs: no rule makes it.
MISSING = [run for part in book(CONFIG).values() for run in distinct(part) if not run.is_there()]
FEATURES = {path: feature for run in MISSING for path, feature in features(run).items()}


def records(rows):
    return [record(run) for run in runs_of(CONFIG, rows)]


def sweep_records(names):
    return [str(record_of(CONFIG, name, fold, seed)) for name in names for fold in SWEEPS[name].folds(CONFIG) for seed in SWEEPS[name].seeds(CONFIG)]


def run_of(w):
    return Run(CONFIG, ROWS[w.row], int(w.fold), int(w.seed))


def swept(w):
    return SWEEPS[w.sweep].at(CONFIG, int(w.fold), int(w.seed))


def before_run(w):
    own = run_of(w)
    return [*stores([own]), *features(own), *(record(start) for start in own.starts)]


def before_sweep(w):
    """What a sweep starts from: rows of Table 3, and sweeps some runs of which it shares."""
    fold, seed = int(w.fold), int(w.seed)
    first = Run(CONFIG, ROWS["pp_face"], fold, seed)
    after = SWEEPS[w.sweep].after
    rows = [record(first.of(name)) for name in after if name in ROWS]
    beside = [name for name in sweeps(CONFIG) if name in after and fold in SWEEPS[name].folds(CONFIG) and seed in SWEEPS[name].seeds(CONFIG)]
    shared = [str(record_of(CONFIG, name, fold, seed)) for name in beside]
    made = swept(w)
    return [*rows, *shared, *stores(made), *(path for run in distinct(made) for path in features(run))]


def shown(chapter):
    """Changes with whatever a chapter shows."""
    names = [run.folder.name for run in runs(chapter, CONFIG)]
    sections = [CONFIG.corpora, CONFIG.preprocessing, CONFIG.evaluation, CONFIG.reporting]
    return digest([CONFIG.name, [section.key() for section in sections], names])


def made_by(chapter):
    """The code that a chapter runs, directly or not, the data beside it, and what else it reads."""
    code = notebook_code(PROJECT / "book" / f"{chapter}.ipynb")
    rooms = sorted({path.parent for path in code})
    data = [path for room in rooms for path in sorted(room.iterdir()) if path.suffix in {".json", ".csv", ".yaml"}]
    read = sorted(path for pattern in CHAPTERS[chapter].files for path in PROJECT.glob(pattern))
    return [str(path) for path in [*code, *data, *read]]


wildcard_constraints:
    row="|".join(ROWS),
    fold=r"\d",
    seed=r"\d+",
    chapter="|".join(CHAPTERS),
    sweep="|".join(SWEEPS),
    store=r"[^/]+",


localrules: site


rule site:
    input:
        str(HOME / "site" / "index.html"),
        str(HOME / "tables" / "table3.csv"),
        sweep_records([name for name in sweeps(CONFIG) if SWEEPS[name].seeds_of != "seeds"]),  # no chapter need ask for them


rule corpus:
    output: str(results_root() / "corpora" / "{corpus}" / "corpus.json"),
    params:
        options=lambda w, output: f"--table {table_of(CONFIG, CORPORA[output[0]])}",
        key=lambda w, output: CORPORA[output[0]].pictures_key(),
    threads: 2
    resources:
        mem_mb=needs.MEMORY["corpus"],
        runtime=lambda w, threads: needs.to_render(CORPORA[corpus_record(w)], threads),
    priority: 100  # both cores at once, so before trainings, of which a core takes one each
    message: "Rendering the open corpus {wildcards.corpus}"
    log: str(HOME / "logs" / "{corpus}.log"),
    shell: "cd {PROJECT:q} && {PY:q} -m data_prep corpus --config {PROFILE:q} {params.options} --workers {threads} 2>&1 | tee {log:q}"


rule store:
    input: lambda w: corpus_of(store_record(w)),
    output: str(results_root() / "stores" / "{store}" / "store.json"),
    params:
        options=lambda w, output: options_of(output[0]),
        key=lambda w, output: STORES[output[0]][1].key(),
    threads: 2
    resources:
        mem_mb=needs.MEMORY["store"],
        runtime=lambda w, threads: needs.to_prepare(STORES[store_record(w)][0], threads),
    priority: 100
    message: "Finding faces, aligning them, cutting patches: {wildcards.store}"
    log: str(HOME / "logs" / "store_{store}.log"),
    shell: "cd {PROJECT:q} && {PY:q} -m data_prep store --config {PROFILE:q} {params.options} --workers {threads} 2>&1 | tee {log:q}"


rule feature:
    input: str(results_root() / "stores" / "{store}" / "store.json"),
    output: str(results_root() / "stores" / "{store}" / "features" / "{feature}.json"),
    params:
        feature=lambda w, output: FEATURES[output[0]].arguments,
        options=lambda w, input: options_of(input[0]),
    threads: 2
    resources:
        mem_mb=needs.MEMORY["feature"],
        runtime=lambda w, input, threads: needs.to_prepare(STORES[input[0]][0], threads),
    priority: 100
    message: "Computing the feature {wildcards.feature} of {wildcards.store}"
    log: str(HOME / "logs" / "feature_{store}_{feature}.log"),
    shell: "cd {PROJECT:q} && {PY:q} -m data_prep feature {params.feature} --config {PROFILE:q} {params.options} --workers {threads} 2>&1 | tee {log:q}"


rule run:
    wildcard_constraints: key="|".join([run.folder.name.rsplit("_", 1)[1] for run in MISSING] or ["none"])
    input: before_run,
    output: str(results_root() / "runs" / "{row}" / "fold{fold}_seed{seed}_{key}" / "provenance.json"),
    threads: CONFIG.training.threads
    resources:
        gpu=1,  # a share of a card, where there is one; dag.py says how many it has
        mem_mb=needs.MEMORY["run"],
        runtime=lambda w: needs.to_train(run_of(w)),
    priority: 1  # chapters fill the core that a chain of trainings leaves idle
    message: "Training {wildcards.row}, fold {wildcards.fold}, seed {wildcards.seed}"
    log: str(HOME / "logs" / "{row}_fold{fold}_seed{seed}_{key}.log"),
    shell:
        "cd {PROJECT:q} && {PY:q} -m dsin_lib run {wildcards.row} --config {PROFILE:q} "
        "--fold {wildcards.fold} --seed {wildcards.seed} > {log:q} 2>&1"


rule sweep:
    input: before_sweep,
    output: str(HOME / "sweeps" / "{sweep}_fold{fold}_seed{seed}.json"),
    params: key=lambda w: sweep_key(CONFIG, w.sweep, int(w.fold), int(w.seed)),
    threads: CONFIG.training.threads
    resources:
        gpu=1,
        mem_mb=needs.MEMORY["sweep"],
        runtime=lambda w: sum(needs.to_train(run) for run in swept(w)),
    priority: 1
    message: "Training the runs of the sweep {wildcards.sweep}, fold {wildcards.fold}, seed {wildcards.seed}"
    log: str(HOME / "logs" / "sweep_{sweep}_fold{fold}_seed{seed}.log"),
    shell:
        "cd {PROJECT:q} && {PY:q} -m dsin_lib sweep {wildcards.sweep} --config {PROFILE:q} "
        "--fold {wildcards.fold} --seed {wildcards.seed} > {log:q} 2>&1"


rule tables:
    input:
        records(TRAINED),
        sweep_records([name for name in sweeps(CONFIG) if name == "table_4"]),
        [str(path) for path in sorted((LIB / "scores").glob("*.py"))],
        str(LIB / "reporting" / "tables.py"),
    output: str(HOME / "tables" / "table3.csv"),
    params: evaluation=CONFIG.evaluation.key(),
    message: "Computing the tables"
    log: str(HOME / "logs" / "tables.log"),
    shell: "cd {PROJECT:q} && {PY:q} -m dsin_lib tables --config {PROFILE:q} > {log:q} 2>&1"


rule notebook:
    input:
        list(OWN),
        lambda w: list(stores(runs(w.chapter, CONFIG))),
        notebook=str(PROJECT / "book" / "{chapter}.ipynb"),
        runs=lambda w: records(CHAPTERS[w.chapter].rows) + sweep_records(CHAPTERS[w.chapter].sweeps),
        code=lambda w: made_by(w.chapter),
    output: str(HOME / "book" / "{chapter}.ipynb"),
    params: shows=lambda w: shown(w.chapter),
    message: "Executing the chapter {wildcards.chapter}"
    log: str(HOME / "logs" / "{chapter}.log"),
    shell:
        "cd {BOOK:q} && {PY:q} -m papermill {input.notebook:q} {output:q} -p config {PROFILE:q} "
        "--no-progress-bar > {log:q} 2>&1"


rule book:
    input:
        notebooks=expand(str(HOME / "book" / "{chapter}.ipynb"), chapter=SHOWN),
        pages=[str(path) for path in sorted((PROJECT / "book").rglob("*")) if path.suffix in {".md", ".bib", ".css", ".html", ".svg"}],
        settings=[str(PROJECT / "_config.yml"), str(PROJECT / "_toc.yml"), *[str(PROJECT / "dsin_lib/reporting/site" / name) for name in ("build.py", "references.py")]],
    output: str(HOME / "site" / "index.html"),
    message: "Building the site"
    log: str(HOME / "logs" / "site.log"),
    shell:
        "cd {PROJECT:q} && {PY:q} -m dsin_lib.reporting.site.build --executed {EXECUTED:q} --out {SITE:q} {OPTIONS} "
        "2>&1 | tee {log:q}"
