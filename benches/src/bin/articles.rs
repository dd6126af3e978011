//! 150,000 law articles: indexing rate and memory, index size, and query latency through HTTP and of the engine
//! alone against bare tantivy running the same query over the same fields.
//!
//! `xz -dc artikelen-150k.jsonl.xz > artikelen.jsonl`
//! `cargo run --release -p zv-benches --bin articles artikelen.jsonl [QUERIES]`
//!
//! Each line of the file is `{"id", "title", "text"}`; words are drawn from the texts themselves.

use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;
use tantivy::collector::{Count, TopDocs};
use tantivy::query::{
    BooleanQuery, BoostQuery, DisjunctionMaxQuery, Occur, PhraseQuery, Query, TermQuery,
};
use tantivy::schema::IndexRecordOption;
use tantivy::{Index, Term};
use zv_analyzers::{Stream, written, written_apart};
use zv_benches::articles::{Articles, Words};
use zv_benches::{Client, Server, bytes_below, percentiles, program, run};
use zv_shared::index::{Blobs, EmbeddedReader, Search, Sort};

const ADDRESS: &str = "127.0.0.1:18471";

fn main() -> Result<()> {
    let file = std::env::args()
        .nth(1)
        .context("name the file with articles")?;
    let queries = std::env::args()
        .nth(2)
        .and_then(|n| n.parse().ok())
        .unwrap_or(300);
    let work = tempfile::tempdir()?;
    let articles = Articles::write(Path::new(&file), work.path())?;
    let state = index(&articles, work.path())?;
    let words = Words::drawn(&articles.sample);
    engine(&state, &words, queries)?;
    http(&state, &words, queries)
}

fn index(articles: &Articles, work: &Path) -> Result<PathBuf> {
    let indexed = |state: &Path, folder: &Path| {
        run(Command::new(program()?)
            .arg("--staat")
            .arg(state)
            .args(["index", "--json"])
            .arg(folder))
    };
    let small = indexed(&work.join("staat-klein"), &articles.small)?;
    let state = work.join("staat");
    let all = indexed(&state, &articles.all)?;
    let megabytes = articles.text_bytes as f64 / 1e6;
    println!(
        "indexing: {megabytes:.0} MB of text in {:.1} s = {:.1} MB/s",
        all.seconds,
        megabytes / all.seconds
    );
    println!(
        "anonymous memory: {:.0} MiB at all, {:.0} MiB at 10,000 files, ratio {:.2}",
        all.anonymous_mib,
        small.anonymous_mib,
        all.anonymous_mib / small.anonymous_mib
    );
    for part in ["index", "teksten"] {
        let bytes = bytes_below(&state.join(part))?;
        println!(
            "{part}: {:.0} MB = {:.2} of the text",
            bytes as f64 / 1e6,
            bytes as f64 / articles.text_bytes as f64
        );
    }
    Ok(state)
}

/// Milliseconds that `work` takes.
fn timed<T>(work: impl FnOnce() -> Result<T>) -> Result<(f64, T)> {
    let start = Instant::now();
    let result = work()?;
    Ok((start.elapsed().as_secs_f64() * 1e3, result))
}

fn engine(state: &Path, words: &Words, queries: usize) -> Result<()> {
    let reader = EmbeddedReader::new(&state.join("index"), Blobs::open(&state.join("teksten"))?);
    let snapshot = reader.snapshot()?;
    let generation = fs::read_to_string(state.join("index/HUIDIG"))?;
    let bare = Bare::open(&state.join("index").join(generation.trim()))?;
    println!("engine alone, 10 hits and exact total (ms p50 p95 p99), ours / bare tantivy:");
    for class in 0..4 {
        let (mut ours, mut theirs, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        for at in 0..queries {
            let (_, question) = words
                .questions(at)
                .into_iter()
                .nth(class)
                .context("class")?;
            // A compound also stands for its words written apart, in any form: bare tantivy cannot ask that.
            if question
                .split(' ')
                .any(|word| written_apart(word).is_some())
            {
                continue;
            }
            let query = zv_shared::query::parse(&question)?;
            let search = Search::of(query);
            let bare_query = bare.query(class, &question);
            // The first of the two warms the cache for the second: take turns.
            let our_turn = || {
                timed(|| {
                    let (facets, page) =
                        snapshot.facets_and_hits(&search, &[], Sort::Relevantie, None, 10)?;
                    Ok((facets.counts.total, page))
                })
            };
            let their_turn = || timed(|| bare.search(bare_query.as_ref()));
            let ((our_time, (total, _)), (their_time, (their_total, _))) = if at % 2 == 0 {
                let first = our_turn()?;
                (first, their_turn()?)
            } else {
                let first = their_turn()?;
                (our_turn()?, first)
            };
            ensure!(
                total == their_total as u64,
                "{question}: {total} is not {their_total}"
            );
            ours.push(our_time);
            theirs.push(their_time);
            ratios.push(our_time / their_time);
        }
        let name = words.questions(0)[class].0;
        let sums: [f64; 2] = [ours.iter().sum(), theirs.iter().sum()];
        println!(
            "  {name}: {:.2?} / {:.2?}, ratio of sums {:.2}, of medians {:.2}",
            percentiles(ours),
            percentiles(theirs),
            sums[0] / sums[1],
            percentiles(ratios)[0]
        );
    }
    Ok(())
}

/// The same index, asked by hand.
struct Bare {
    searcher: tantivy::Searcher,
    index: Index,
}

impl Bare {
    fn open(folder: &Path) -> Result<Self> {
        let index = Index::open_in_dir(folder)?;
        let searcher = index.reader()?.searcher();
        Ok(Bare { searcher, index })
    }

    fn search(&self, query: &dyn Query) -> Result<(usize, Vec<tantivy::TantivyDocument>)> {
        let (count, top) = self
            .searcher
            .search(query, &(Count, TopDocs::with_limit(10).order_by_score()))?;
        let documents = top
            .into_iter()
            .map(|(_, address)| self.searcher.doc(address));
        Ok((count, documents.collect::<tantivy::Result<_>>()?))
    }

    fn query(&self, class: usize, question: &str) -> Box<dyn Query> {
        if class == 2 {
            return self.evidence(question, true);
        }
        let words: Vec<&str> = question.split(' ').filter(|word| *word != "OF").collect();
        let occur = if class == 3 {
            Occur::Should
        } else {
            Occur::Must
        };
        let clauses: Vec<_> = words
            .into_iter()
            .map(|word| (occur, self.evidence(word, false)))
            .collect();
        Box::new(BooleanQuery::new(clauses))
    }

    /// The same words in text and title: as written, or also their forms and compounds.
    fn evidence(&self, text: &str, exact: bool) -> Box<dyn Query> {
        let title = self.words("titel", text, exact);
        Box::new(DisjunctionMaxQuery::with_tie_breaker(
            vec![
                self.words("tekst", text, exact),
                Box::new(BoostQuery::new(title, 1.5)) as Box<dyn Query>,
            ],
            0.2,
        ))
    }

    fn words(&self, field: &str, text: &str, exact: bool) -> Box<dyn Query> {
        let Ok(field) = self.index.schema().get_field(field) else {
            return Box::new(tantivy::query::EmptyQuery);
        };
        let term = |text: &str| Term::from_field_text(field, text);
        let one = |term| Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs));
        let parts = written(text).parts;
        let [word] = parts.as_slice() else {
            let terms = parts.iter().map(|part| term(&part.exact));
            return Box::new(PhraseQuery::new(terms.collect()));
        };
        if exact {
            return one(term(&word.exact));
        }
        let lemmas = word.lemmas.iter().flat_map(|lemma| {
            let marked = [Stream::Woordvorm, Stream::Deel].map(|stream| stream.stored(lemma));
            [term(lemma), term(&marked[0]), term(&marked[1])]
        });
        let mut terms: Vec<Term> = lemmas.chain([term(&word.exact)]).collect();
        terms.sort_unstable();
        terms.dedup();
        let any = terms.into_iter().map(|term| one(term) as Box<dyn Query>);
        Box::new(BooleanQuery::union(any.collect()))
    }
}

fn http(state: &Path, words: &Words, queries: usize) -> Result<()> {
    let server = Server::start(state, ADDRESS)?;
    let mut client = server.connect()?;
    println!("through HTTP, storing the question and 10 highlighted hits (ms p50 p95 p99):");
    for class in 0..4 {
        let mut times = Vec::new();
        for at in 0..queries {
            let question = words.questions(at)[class].1.clone();
            times.push(timed(|| asked(&mut client, &question, None))?.0);
        }
        println!(
            "  {}: {:.1?}",
            words.questions(0)[class].0,
            percentiles(times)
        );
    }
    let mut times = Vec::new();
    for at in 0..queries {
        let question = words.questions(at)[1 + at % 3].1.clone();
        let folder = format!("alles/{:04}", at % 200);
        times.push(timed(|| asked(&mut client, &question, Some(&folder)))?.0);
    }
    println!(
        "  filter, all facets and 10 highlighted hits: {:.1?}",
        percentiles(times)
    );
    Ok(())
}

/// Stores a question, then reads its hits; with a folder as filter also totals and all facets.
fn asked(client: &mut Client, question: &str, folder: Option<&str>) -> Result<()> {
    let mut body = serde_json::json!({ "vraag": question });
    if let Some(folder) = folder {
        body["filters"] = serde_json::json!({ "map": [folder, "alles"] });
    }
    let stored = client.request(
        "POST",
        "/v1/zoekopdrachten",
        "application/json",
        &body.to_string(),
    )?;
    ensure!(
        stored.status == 303,
        "{question}: status {} {}",
        stored.status,
        String::from_utf8_lossy(&stored.body)
    );
    let location = stored.location.context("Location")?;
    if folder.is_some() {
        let facets = client.request("GET", &location, "application/json", "")?;
        ensure!(facets.status == 200, "{location}: status {}", facets.status);
    }
    let hits = client.request(
        "GET",
        &format!("{location}/resultaten?aantal=10"),
        "application/json",
        "",
    )?;
    ensure!(
        hits.status == 200,
        "{location}/resultaten: status {}",
        hits.status
    );
    Ok(())
}
