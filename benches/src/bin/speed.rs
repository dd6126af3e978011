//! What the streams, the width of a question and highlighting cost, each against its simpler half in the same run.
//!
//! `xz -dc artikelen-150k.jsonl.xz > artikelen.jsonl`
//! `cargo run --release -p zv-benches --bin speed artikelen.jsonl [QUERIES [STATE]]`
//!
//! An index in the folder STATE is made when there is none, and then only its questions are measured.
//! Everything is measured in CPU time of one thread: all of it runs on one.

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

/// As the program has it: the same allocator keeps and gives back memory.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Articles of which only the indexing is measured, time and again.
const SAMPLE: usize = 30_000;
const ROUNDS: usize = 3;
/// Words of the text that is highlighted.
const LONG_TEXT: usize = 5_000_000;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().context("name the file with articles")?;
    if file == "memory" {
        let state = arguments.next().context("name the folder of the index")?;
        return memory(Path::new(&state));
    }
    let queries = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(300);
    let articles = articles(&file)?;
    if let Some(state) = arguments.next() {
        return questions(&articles, Path::new(&state), queries);
    }
    indexing(&articles[..SAMPLE.min(articles.len())])?;
    questions(&articles, tempfile::tempdir()?.path(), queries)?;
    highlighting()
}

fn questions(articles: &[String], state: &Path, queries: usize) -> Result<()> {
    let reader = indexed(articles, state)?;
    let snapshot = reader.snapshot()?;
    let words = drawn(articles);
    width(snapshot.as_ref(), &words, queries)?;
    wildcards(snapshot.as_ref())
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
    let (mut tokens, mut whole, mut sizes) = (Vec::new(), Vec::new(), (0, 0));
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
        let (exact, exact_bytes) = written_out(articles, terms::EXACT)?;
        let (all, all_bytes) = written_out(articles, terms::ALL)?;
        whole.push((megabytes / exact, megabytes / all));
        sizes = (exact_bytes, all_bytes);
    }
    for (what, rounds) in [("tokens alone", tokens), ("tokens and writer", whole)] {
        for (exact, all) in rounds {
            println!(
                "indexing, {what}: all streams {all:.1} MB, exact {exact:.1} MB per CPU second, ratio {:.2}",
                all / exact
            );
        }
    }
    let (exact, all) = (sizes.0 as f64 / 1e6, sizes.1 as f64 / 1e6);
    println!(
        "index of the text alone, {megabytes:.1} MB: all streams {all:.1} MB, exact {exact:.1} MB, ratio {:.2}",
        all / exact
    );
    Ok(())
}

/// CPU seconds to index the articles with one tokenizer, in one segment, and how many bytes that is.
fn written_out(articles: &[String], tokenizer: &str) -> Result<(f64, usize)> {
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
    let folder = RamDirectory::create();
    let start = cpu_seconds();
    let mut writer = Index::builder()
        .schema(schema.build())
        .tokenizers(tokenizers)
        .single_segment_index_writer(folder.clone(), 500_000_000)?;
    for article in articles {
        let mut document = TantivyDocument::default();
        document.add_text(text, article);
        writer.add_document(document)?;
    }
    writer.finalize()?;
    Ok((cpu_seconds() - start, folder.total_mem_usage()))
}

/// Anonymous memory of one thing after another.
fn memory(state: &Path) -> Result<()> {
    let mut before = anonymous_mib()?;
    let mut after = |what: &str| {
        let now = anonymous_mib()?;
        println!("{what}: {:.1} MiB", now - before);
        before = now;
        anyhow::Ok(())
    };
    std::hint::black_box(written("gemeentebesluiten"));
    after("dictionary and automata, beside what lies in the program")?;
    // More different words than the cache has places for, as long as words are.
    for number in 0..400_000_u32 {
        let letters = number.to_string().into_bytes();
        let letters: String = letters
            .into_iter()
            .map(|digit| char::from(digit + 49))
            .collect();
        let word = format!("vergunning{letters}");
        let mut tokens = zv_analyzers::stored_tokens(&word);
        while tokens.advance() {}
    }
    after("cache of word forms of one thread, full")?;
    let reader = EmbeddedReader::new(&state.join("index"), Blobs::open(&state.join("teksten"))?);
    let snapshot = reader.snapshot()?;
    std::hint::black_box(asked(
        snapshot.as_ref(),
        &search("besluit", Mode::Normaal)?,
    )?);
    after("opening the index, first question")?;
    snapshot.containing(None, "zzzz", &|_| true, 1)?;
    after("word lists of the index")
}

fn indexed(articles: &[String], state: &Path) -> Result<EmbeddedReader> {
    let blobs = Blobs::open(&state.join("teksten"))?;
    let index = state.join("index");
    if index.exists() {
        return Ok(EmbeddedReader::new(&index, blobs));
    }
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

/// The result, and the milliseconds that it took.
fn timed<T>(work: impl FnOnce() -> Result<T>) -> Result<(f64, T)> {
    let start = cpu_seconds();
    let result = work()?;
    Ok(((cpu_seconds() - start) * 1e3, result))
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
        let mut hits = [0, 0];
        for at in 0..queries {
            let question = class(&|n| word(at * 4 + n).to_owned());
            let turn = |mode| timed(|| asked(snapshot, &search(&question, mode)?));
            // The first of the two warms the cache for the second: take turns.
            let [wide, narrow] = if at % 2 == 0 {
                let wide = turn(Mode::Normaal)?;
                [wide, turn(Mode::Exact)?]
            } else {
                let narrow = turn(Mode::Exact)?;
                [turn(Mode::Normaal)?, narrow]
            };
            normal.push(wide.0);
            exact.push(narrow.0);
            hits = [hits[0] + wide.1, hits[1] + narrow.1];
        }
        let (wide, narrow) = (percentiles(normal), percentiles(exact));
        println!(
            "{name}: mode normaal {wide:.2?}, exact {narrow:.2?} ms (p50 p95 p99), ratio of p95 {:.2}; of hits {:.2}",
            wide[1] / narrow[1],
            hits[0] as f64 / hits[1] as f64
        );
    }
    Ok(())
}

/// Words that a beginning stands for, and what asking for all of them costs.
fn wildcards(snapshot: &dyn Snapshot) -> Result<()> {
    let (first, _) = timed(|| Ok(snapshot.containing(None, "zzzz", &|_| true, 1)?))?;
    println!("word lists: read in {first:.0} ms");
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
