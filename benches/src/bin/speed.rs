//! What the streams, the width of a question and highlighting cost, each against its simpler half in the same run.
//!
//! `xz -dc artikelen-150k.jsonl.xz > artikelen.jsonl`
//! `cargo run --release -p zv-benches --bin speed artikelen.jsonl [QUERIES]`
//!
//! Indexing is measured in CPU time of one thread; queries and highlighting in wall time, in turn.

use anyhow::{Context, Result};
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::time::Instant;
use tantivy::directory::RamDirectory;
use tantivy::schema::{IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::TokenizerManager;
use tantivy::{Index, TantivyDocument};
use zv_analyzers::written;
use zv_benches::{document, percentiles};
use zv_shared::highlight::{first_matches, fragments};
use zv_shared::index::embedded::terms;
use zv_shared::index::{
    Blobs, EmbeddedReader, EmbeddedWriter, Entry, Search, Snapshot, Sort, Write as _,
    WriterSettings,
};
use zv_shared::plan::{Mode, NoWords, Plan, Widening, expand};
use zv_shared::query;

/// Articles of which only the indexing is measured, time and again.
const SAMPLE: usize = 30_000;
const ROUNDS: usize = 3;
/// Words of the text that is highlighted.
const LONG_TEXT: usize = 5_000_000;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().context("name the file with articles")?;
    let queries = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(300);
    let articles = articles(&file)?;
    indexing(&articles[..SAMPLE.min(articles.len())])?;
    dictionary_memory()?;
    let state = tempfile::tempdir()?;
    let reader = indexed(&articles, state.path())?;
    let snapshot = reader.snapshot()?;
    let words = drawn(&articles);
    drop(articles);
    width(snapshot.as_ref(), &words, queries)?;
    wildcards(snapshot.as_ref())?;
    highlighting()
}

fn articles(file: &str) -> Result<Vec<String>> {
    let mut articles = Vec::new();
    for line in BufReader::new(File::open(file)?).lines() {
        let article: serde_json::Value = serde_json::from_str(&line?)?;
        let field = |name: &str| article[name].as_str().unwrap_or_default().to_owned();
        articles.push(format!("{}\n\n{}\n", field("title"), field("text")));
    }
    Ok(articles)
}

/// CPU seconds of this thread so far.
fn cpu_seconds() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// Anonymous memory of this process in MiB.
fn anonymous_mib() -> Result<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("RssAnon:"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1));
    Ok(kib.context("RssAnon")?.parse::<f64>()? / 1024.0)
}

/// All streams against the words as written: the tokens alone, and with tantivy's writer behind them.
fn indexing(articles: &[String]) -> Result<()> {
    let bytes: usize = articles.iter().map(String::len).sum();
    let megabytes = bytes as f64 / 1e6;
    let (mut tokens, mut whole) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let [exact, all] =
            [zv_analyzers::exact_tokens, zv_analyzers::stored_tokens].map(|tokens| {
                let start = cpu_seconds();
                let mut count = 0usize;
                for article in articles {
                    let mut tokens = tokens(article);
                    while tokens.advance() {
                        count += tokens.token().term.len();
                    }
                }
                std::hint::black_box(count);
                megabytes / (cpu_seconds() - start)
            });
        tokens.push((exact, all));
        whole.push((
            written_out(articles, terms::EXACT)?,
            written_out(articles, terms::ALL)?,
        ));
    }
    for (what, rounds) in [("tokens alone", tokens), ("tokens and writer", whole)] {
        for (exact, all) in rounds {
            let [exact, all] = match what {
                "tokens alone" => [exact, all],
                _ => [megabytes / exact, megabytes / all],
            };
            println!(
                "indexing, {what}: all streams {all:.1} MB, exact {exact:.1} MB per CPU second, ratio {:.2}",
                all / exact
            );
        }
    }
    Ok(())
}

/// CPU seconds to index the articles with one tokenizer, in one segment.
fn written_out(articles: &[String], tokenizer: &str) -> Result<f64> {
    let mut schema = Schema::builder();
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(tokenizer)
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let text = schema.add_text_field(
        "text",
        TextOptions::default().set_indexing_options(indexing),
    );
    let tokenizers = TokenizerManager::default();
    terms::register(&tokenizers);
    let start = cpu_seconds();
    let mut writer = Index::builder()
        .schema(schema.build())
        .tokenizers(tokenizers)
        .single_segment_index_writer(RamDirectory::create(), 500_000_000)?;
    for article in articles {
        let mut document = TantivyDocument::default();
        document.add_text(text, article);
        writer.add_document(document)?;
    }
    writer.finalize()?;
    Ok(cpu_seconds() - start)
}

fn dictionary_memory() -> Result<()> {
    // In a thread of its own, so that its cache of words is not counted.
    let before = anonymous_mib()?;
    std::hint::black_box(zv_analyzers::known_forms("besluit"));
    println!(
        "dictionary: {:.1} MiB of anonymous memory beside the automaton in the program",
        anonymous_mib()? - before
    );
    Ok(())
}

fn indexed(articles: &[String], state: &Path) -> Result<EmbeddedReader> {
    let blobs = Blobs::open(&state.join("teksten"))?;
    let index = state.join("index");
    let writer = EmbeddedWriter::open(&index, blobs.clone(), WriterSettings::default())?;
    let start = Instant::now();
    for (at, article) in articles.iter().enumerate() {
        let document = document(&format!("{at:06}.txt"), None);
        let entry = Entry {
            text: article.as_str().into(),
            document,
        };
        writer.put_family(entry.document.family, vec![entry])?;
    }
    writer.commit("")?;
    writer.finish()?;
    println!(
        "{} articles indexed in {:.0?}",
        articles.len(),
        start.elapsed()
    );
    Ok(EmbeddedReader::new(&index, blobs))
}

/// Words of the articles, the same every time.
fn drawn(articles: &[String]) -> Vec<String> {
    let mut words = Vec::new();
    for (at, article) in articles.iter().step_by(149).enumerate() {
        let parts = written(article).parts.into_iter().map(|part| part.exact);
        let usable: Vec<String> = parts
            .filter(|word| word.len() > 3 && word.chars().all(char::is_alphabetic))
            .collect();
        words.extend(usable.get(at * 7 % usable.len().max(1)).cloned());
    }
    words
}

fn timed<T>(work: impl FnOnce() -> Result<T>) -> Result<(f64, T)> {
    let start = Instant::now();
    let result = work()?;
    Ok((start.elapsed().as_secs_f64() * 1e3, result))
}

fn search(question: &str, mode: Mode) -> Result<Search> {
    let mut search = Search::of(query::parse(question)?);
    search.widening = Widening {
        mode,
        ..Widening::default()
    };
    Ok(search)
}

/// Ten hits and the exact total.
fn asked(snapshot: &dyn Snapshot, search: &Search) -> Result<u64> {
    let (facets, _) = snapshot.facets_and_hits(search, &[], Sort::Relevantie, None, 10)?;
    Ok(facets.counts.total)
}

/// Questions in mode normal against the same in mode exact.
fn width(snapshot: &dyn Snapshot, words: &[String], queries: usize) -> Result<()> {
    let word = |n: usize| words[n % words.len()].as_str();
    type Class = fn(&dyn Fn(usize) -> String) -> String;
    let classes: [(&str, Class); 4] = [
        ("one word", |w| w(0)),
        ("two words", |w| format!("{} {}", w(0), w(1))),
        ("four-way OR", |w| {
            format!("{} OF {} OF {} OF {}", w(0), w(1), w(2), w(3))
        }),
        ("NEAR/10", |w| format!("{} NEAR/10 {}", w(0), w(1))),
    ];
    for (name, class) in classes {
        let (mut normal, mut exact) = (Vec::new(), Vec::new());
        for at in 0..queries {
            let question = class(&|n| word(at * 4 + n).to_owned());
            let turn = |mode| {
                let search = search(&question, mode)?;
                timed(|| asked(snapshot, &search))
            };
            // The first of the two warms the cache for the second: take turns.
            if at % 2 == 0 {
                normal.push(turn(Mode::Normaal)?.0);
                exact.push(turn(Mode::Exact)?.0);
            } else {
                exact.push(turn(Mode::Exact)?.0);
                normal.push(turn(Mode::Normaal)?.0);
            }
        }
        let (wide, narrow) = (percentiles(normal), percentiles(exact));
        println!(
            "{name}: mode normaal {wide:.2?}, exact {narrow:.2?} ms (p50 p95 p99), ratio of p95 {:.2}",
            wide[1] / narrow[1]
        );
    }
    Ok(())
}

/// Words that a beginning stands for, and what asking for all of them costs.
fn wildcards(snapshot: &dyn Snapshot) -> Result<()> {
    let before = anonymous_mib()?;
    let (first, _) = timed(|| Ok(snapshot.containing(None, "zzzz", &|_| true, 1)?))?;
    println!(
        "word lists: read in {first:.0} ms, {:.1} MiB",
        anonymous_mib()? - before
    );
    for beginning in ["b", "be", "ver", "aan", "ge", "over", "on", "hand", "in"] {
        let question = format!("{beginning}*");
        let Ok(search) = search(&question, Mode::Normaal) else {
            continue;
        };
        // Too many words is an error.
        let Ok(plan) = snapshot.plan(&search) else {
            continue;
        };
        let terms: usize = plan.leaves.iter().map(|leaf| leaf.alternatives.len()).sum();
        let most = most_frequent(snapshot, &plan)?;
        let times: Result<Vec<f64>> = (0..9)
            .map(|_| Ok(timed(|| Ok(snapshot.plan(&search)?))?.0))
            .collect();
        let lookup = percentiles(times?)[0];
        let one = self::search(&format!("={most}"), Mode::Normaal)?;
        let [many, one] = [&search, &one].map(|search| {
            let times: Result<Vec<f64>> = (0..15)
                .map(|_| Ok(timed(|| asked(snapshot, search))?.0))
                .collect();
            times.map(|times| percentiles(times)[0])
        });
        let (many, one) = (many?, one?);
        println!(
            "{question}: {terms} words looked up in {lookup:.2} ms; whole question {many:.2} ms, the one word \
             {most} {one:.2} ms, ratio {:.1}, without the lookup {:.1}",
            many / one,
            (many - lookup) / one
        );
    }
    Ok(())
}

/// Of the words of a plan the one in most documents.
fn most_frequent(snapshot: &dyn Snapshot, plan: &Plan) -> Result<String> {
    let mut most = (0, String::new());
    for (leaf, of) in plan.leaves.iter().enumerate() {
        for (at, alternative) in of.alternatives.iter().enumerate().take(2_000) {
            let documents = snapshot.documents_with(plan, leaf, at)?;
            if documents > most.0 {
                most = (documents, alternative.text.clone());
            }
        }
    }
    Ok(most.1)
}

/// A hit at the first and one at the last word of a long text.
fn highlighting() -> Result<()> {
    let filler =
        "de gemeente heeft een besluit over het verzoek genomen en deelt dit mee aan de aanvrager "
            .repeat(LONG_TEXT / 15);
    let search = search("slotwoord", Mode::Normaal)?;
    let plan = expand(&search.query, &search.widening, &NoWords)?;
    let first = format!("slotwoord {filler}");
    let last = format!("{filler} slotwoord");
    for _ in 0..ROUNDS {
        let [early, late] = [&first, &last].map(|text| {
            timed(|| {
                let found = fragments(text, &first_matches(text, &plan).0, 3);
                anyhow::ensure!(found.iter().any(|fragment| !fragment.marks.is_empty()));
                Ok(())
            })
        });
        let (early, late) = (early?.0, late?.0);
        println!(
            "highlighting {LONG_TEXT} words: a hit at the first word {early:.1} ms, at the last {late:.1} ms, ratio {:.2}",
            late / early
        );
    }
    Ok(())
}
