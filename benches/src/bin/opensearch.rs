//! The same articles and questions on the engine of the program, on a cluster of one node and on one of three, all on this
//! machine, one after another in one run.
//!
//! `xz -dc artikelen-150k.jsonl.xz > artikelen.jsonl`
//! `cargo run --release -p zv-benches --bin opensearch artikelen.jsonl [ARTICLES [QUERIES]]`
//!
//! Starts the nodes with `tests/cluster/knooppunten`, which says what that needs. Wall time, one question at a time. The
//! questions are also asked when a tenth is in, to see how they grow; and at the end it is looked at what reading how all
//! documents belong together takes, in time and memory of the program.

use anyhow::{Context, Result, ensure};
use std::io::{BufRead, BufReader};
use std::ops::Range;
use std::path::Path;
use std::process::Command;
use std::time::Instant;
use zv_benches::articles::Words;
use zv_benches::{document, percentiles};
use zv_shared::index::cluster::{Cluster, Login, Nodes};
use zv_shared::index::{
    Blobs, Claim, Embedded, Engine, Entry, Extract, FacetField, Search, Snapshot, Sort,
};
use zv_shared::{Readability, query};

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Articles between two commits.
const COMMIT: usize = 20_000;
/// A text that stands in each of so many articles is asked about.
const SAMPLE: usize = 150;

/// Milliseconds of each class of questions: p50, p95, p99.
type Classes = Vec<(String, [f64; 3])>;

/// What one engine took.
struct Measured {
    name: &'static str,
    /// Articles a second.
    rate: f64,
    /// Bytes of the index, without copies.
    bytes: u64,
    classes: Classes,
    /// What each question found, in all.
    hits: Vec<u64>,
}

/// The articles of one installation, and the words that are asked about.
struct Corpus {
    articles: Vec<String>,
    words: Words,
    queries: usize,
}

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().context("name the file with articles")?;
    let mut number = |usual: usize| match arguments.next() {
        Some(number) => number.parse().context("a number"),
        None => Ok(usual),
    };
    let (most, queries) = (number(usize::MAX)?, number(200)?);
    let articles = articles(&file, most)?;
    let text: usize = articles.iter().map(String::len).sum();
    println!(
        "{} articles, {:.1} MB of text",
        articles.len(),
        text as f64 / 1e6
    );
    let sample: Vec<String> = articles.iter().step_by(SAMPLE).cloned().collect();
    let corpus = Corpus {
        words: Words::drawn(&sample),
        articles,
        queries,
    };
    let folder = tempfile::tempdir()?;
    let texts = folder.path().join("teksten");
    let embedded = Embedded::new(&folder.path().join("index"), Blobs::open(&texts)?);
    let mut all = vec![measured("embedded", &embedded, &corpus)?];
    for (name, nodes) in [("one node", 1), ("three nodes", 3)] {
        let addresses = start(nodes)?;
        let cluster = Cluster::new(
            Nodes::new(&addresses, &Login::default())?,
            "meting",
            (3, u32::from(nodes > 1)),
            Blobs::open(&texts)?,
        );
        let result = measured(name, &cluster, &corpus);
        knooppunten(&["stop"])?;
        all.push(result?);
    }
    let (first, others) = all.split_first().context("an engine")?;
    for other in others {
        ensure!(
            first.hits == other.hits,
            "{} finds something else",
            other.name
        );
        println!(
            "{} against {}: rate {:.2}, size {:.2}",
            other.name,
            first.name,
            other.rate / first.rate,
            other.bytes as f64 / first.bytes as f64
        );
        for ((class, ours), (_, theirs)) in first.classes.iter().zip(&other.classes) {
            let ratio = |at: usize| theirs[at] / ours[at];
            println!(
                "  {class}: p50 {:.1}, p95 {:.1}, p99 {:.1} times",
                ratio(0),
                ratio(1),
                ratio(2)
            );
        }
    }
    Ok(())
}

fn articles(file: &str, most: usize) -> Result<Vec<String>> {
    let lines = BufReader::new(std::fs::File::open(file)?).lines();
    let each = lines.take(most).map(|line| {
        let article: serde_json::Value = serde_json::from_str(&line?)?;
        let field = |name: &str| article[name].as_str().unwrap_or_default().to_owned();
        Ok(format!("{}\n\n{}\n", field("title"), field("text")))
    });
    each.collect()
}

fn knooppunten(arguments: &[&str]) -> Result<String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/cluster/knooppunten");
    let output = Command::new(script).args(arguments).output()?;
    let told = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{told}");
    Ok(String::from_utf8(output.stdout)?)
}

fn start(nodes: u32) -> Result<Vec<String>> {
    let told = knooppunten(&["start", &nodes.to_string()])?;
    let addresses = told.lines().last().and_then(|line| line.split_once('='));
    let (_, addresses) = addresses.context("addresses")?;
    Ok(addresses.split(',').map(str::to_owned).collect())
}

fn measured(name: &'static str, engine: &dyn Engine, corpus: &Corpus) -> Result<Measured> {
    let all = corpus.articles.len();
    let mut seconds = 0.0;
    let mut last = (Vec::new(), Vec::new());
    for part in [0..all / 10, all / 10..all] {
        let (started, end) = (Instant::now(), part.end);
        indexed(engine, &corpus.articles, part)?;
        seconds += started.elapsed().as_secs_f64();
        last = asked(engine.index().snapshot()?.as_ref(), corpus)?;
        println!("{name}, of {end} articles (p50 / p95 / p99 in ms)");
        for (class, [p50, p95, p99]) in &last.0 {
            println!("  {class}: {p50:.1} / {p95:.1} / {p99:.1}");
        }
    }
    let rate = all as f64 / seconds;
    let stored = engine.generations()?.all;
    // A copy is as large as what it is a copy of.
    let copies = if name == "three nodes" { 2 } else { 1 };
    let bytes = stored.iter().map(|one| one.bytes).sum::<u64>() / copies;
    println!(
        "{name}: {rate:.0} articles a second ({seconds:.0} s), index {:.1} MB",
        bytes as f64 / 1e6
    );
    relations(engine)?;
    let (classes, hits) = last;
    Ok(Measured {
        name,
        rate,
        bytes,
        classes,
        hits,
    })
}

/// What it takes to have at hand how all documents belong together.
fn relations(engine: &dyn Engine) -> Result<()> {
    let writer = engine.writer(Claim::All)?;
    let (before, started) = (anonymous()?, Instant::now());
    let table = writer.relations()?;
    let grown = anonymous()?.saturating_sub(before);
    println!(
        "  relations of {} documents: {:.1} s, {} bytes a document",
        table.len(),
        started.elapsed().as_secs_f64(),
        grown / u64::from(table.len().max(1))
    );
    Ok(())
}

/// Bytes of memory of its own that this program has.
fn anonymous() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("RssAnon:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().nth(1));
    Ok(kibibytes.context("RssAnon")?.parse::<u64>()? * 1024)
}

fn indexed(engine: &dyn Engine, articles: &[String], part: Range<usize>) -> Result<()> {
    let writer = engine.writer(Claim::All)?;
    for (at, article) in articles.iter().enumerate().take(part.end).skip(part.start) {
        let mut document = document(&format!("{:04}/{at:06}.txt", at / 500), None);
        let key = format!("{}-txt-1", document.id);
        let extract = Extract {
            format: "txt".into(),
            properties: Vec::new(),
            readability: Readability::Leesbaar,
            reason: None,
            pages: 1,
            has_children: false,
        };
        writer.blobs().write(&key, &extract, article)?;
        document.text = Some(key);
        let entry = Entry {
            text: article.as_str().into(),
            document,
        };
        writer.put_family(entry.document.family, vec![entry])?;
        if (at + 1) % COMMIT == 0 {
            writer.commit("")?;
        }
    }
    writer.commit("")?;
    Ok(writer.finish()?)
}

/// The times of each class of questions, and what each of them found.
fn asked(snapshot: &dyn Snapshot, corpus: &Corpus) -> Result<(Classes, Vec<u64>)> {
    let mut times: Vec<(String, Vec<f64>)> = Vec::new();
    let mut hits = Vec::new();
    for at in 0..corpus.queries {
        let mut questions = corpus.words.questions(at).to_vec();
        let pair = questions[1].1.replacen(' ', " NEAR/10 ", 1);
        let start: String = questions[0].1.chars().take(5).collect();
        questions.push(("NEAR/10", pair));
        questions.push(("wildcard", format!("{start}*")));
        questions.push(("all facets", questions[0].1.clone()));
        for (class, question) in questions {
            let search = Search::of(query::parse(&question)?);
            let facets: &[FacetField] = match class {
                "all facets" => &FacetField::ALL,
                _ => &[],
            };
            let started = Instant::now();
            let found = snapshot.facets_and_hits(&search, facets, Sort::Relevantie, None, 10)?;
            let took = started.elapsed().as_secs_f64() * 1e3;
            hits.push(found.0.counts.total);
            match times.iter_mut().find(|(name, _)| name == class) {
                Some((_, times)) => times.push(took),
                None => times.push((class.to_owned(), vec![took])),
            }
        }
    }
    let classes = times.into_iter();
    let classes = classes.map(|(name, times)| {
        let [p50, p95, p99] = percentiles(times);
        (name, [p50, p95, p99])
    });
    Ok((classes.collect(), hits))
}
