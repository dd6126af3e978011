//! What rights on files cost a question: the same questions of everything and of what somebody in G groups may see, in
//! turn, on one index. Limit: p95 with 10,000 groups at most twice that without rights.
//!
//! `cargo run --release -p zv-benches --bin rights [DOCUMENTS [QUESTIONS]]`

use anyhow::Result;
use std::time::Instant;
use zv_benches::{document, percentiles};
use zv_shared::index::{
    Blobs, EmbeddedReader, EmbeddedWriter, Entry, FacetField, Reach, Scope, Search, Snapshot, Sort,
    Write as _, WriterSettings,
};
use zv_shared::{Access, Principals, query};

/// As the program has it: the same allocator keeps and gives back memory.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Groups that documents are for.
const GROUPS: usize = 20_000;
const WORDS: usize = 5_000;
const FACETS: [FacetField; 6] = [
    FacetField::Bron,
    FacetField::Map,
    FacetField::Soort,
    FacetField::Formaat,
    FacetField::Jaar,
    FacetField::Taal,
];

fn main() -> Result<()> {
    let number = |at: usize, default: usize| {
        let given = std::env::args().nth(at).and_then(|n| n.parse().ok());
        given.unwrap_or(default)
    };
    let (documents, questions) = (number(1, 200_000), number(2, 500));
    let state = tempfile::tempdir()?;
    let blobs = Blobs::open(&state.path().join("blobs"))?;
    let index = state.path().join("index");
    let writer = EmbeddedWriter::open(&index, blobs.clone(), WriterSettings::default())?;
    let mut chance = Chance(1);
    for at in 0..documents {
        let mut document = document(&format!("map-{:03}/{at:06}.txt", at % 500), None);
        let groups = (0..2).map(|_| format!("sid:S-1-5-21-1-2-3-{}", chance.below(GROUPS)));
        document.access = Access::only(groups).tidy();
        let text: Vec<String> = (0..120).map(|_| chance.word()).collect();
        let text = text.join(" ").into();
        writer.put_family(document.id, vec![Entry { document, text }])?;
    }
    writer.commit("1")?;
    writer.finish()?;
    let whole = EmbeddedReader::new(&index, blobs).snapshot()?;
    for groups in [1, 100, 1_000, 10_000] {
        measure(whole.as_ref(), groups, questions)?;
    }
    Ok(())
}

/// Asks each question of everything and with rights, in turn, so that both meet the same machine.
fn measure(whole: &dyn Snapshot, groups: usize, questions: usize) -> Result<()> {
    let own = (0..groups).map(|group| format!("sid:S-1-5-21-1-2-3-{group}"));
    let mut scope = Scope::nothing();
    scope.add("bench", Reach::Rights(Principals::new(own)));
    let began = Instant::now();
    let part = whole.within(&scope)?;
    let first = began.elapsed().as_secs_f64() * 1e3;
    let everything = Scope::everything();
    let mut chance = Chance(7);
    let (mut without, mut with) = (Vec::new(), Vec::new());
    let mut found = 0;
    for number in 0..questions {
        let joint = [" ", " OF ", " NIET "][number % 3];
        let text = format!("{}{joint}{}", chance.word(), chance.word());
        let search = Search::of(query::parse(&text)?);
        let ask = |scope: &Scope| -> Result<(f64, u64)> {
            let began = Instant::now();
            let (facets, _) = whole.within(scope)?.facets_and_hits(
                &search,
                &FACETS,
                Sort::Relevantie,
                None,
                20,
            )?;
            Ok((began.elapsed().as_secs_f64() * 1e3, facets.counts.total))
        };
        without.push(ask(&everything)?.0);
        let (time, total) = ask(&scope)?;
        with.push(time);
        found += total;
    }
    let (without, with) = (percentiles(without), percentiles(with));
    println!(
        "{groups:>6} groups, {} documents seen, {found} hits: first {first:.1} ms; p50 {:.2} / {:.2} ms; p95 {:.2} / {:.2} ms: ratio {:.2}",
        part.ids(&Search::of(zv_shared::Query::All))?.len(),
        with[0],
        without[0],
        with[1],
        without[1],
        with[1] / without[1]
    );
    Ok(())
}

/// Small and always the same for the same seed (xorshift).
struct Chance(u64);

impl Chance {
    fn below(&mut self, number: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as usize % number
    }

    /// Low numbers more often, as words are.
    fn word(&mut self) -> String {
        let most = 1 + self.below(WORDS);
        format!("woord{}", self.below(most))
    }
}
