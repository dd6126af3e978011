//! Retrieval sets through the engine as the product uses it, beside stock tantivy Dutch and, when asked, Lucene's
//! DutchAnalyzer: MRR@10, success@1/10/100, and success@10 where a word of the question only stands in a compound.
//!
//! `cargo run --release -p zv-benches --bin ir FOLDER [SET...] [--lucene]`
//!
//! FOLDER has a folder per set with `docs.jsonl` (or `.xz`; `id`, `text` and sometimes `title`), `queries.tsv`,
//! `qrels.tsv` and, when there is one, `compound_subset.tsv`. Only `text` and `title` are indexed; a document without
//! a title has its id for one, as a file would have its name. Questions are read as plain text: any of the words.
//! `--lucene` needs Python with `venv`; see `benches/lucene.py`.

use anyhow::{Context, Result, ensure};
use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tantivy::collector::TopDocs;
use tantivy::query::QueryParser;
use tantivy::schema::{
    Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions, Value,
};
use tantivy::tokenizer::{
    LowerCaser, SimpleTokenizer, TextAnalyzer, Token, TokenFilter, TokenStream, Tokenizer,
};
use tantivy::{Index, TantivyDocument};
use zv_benches::document;
use zv_shared::index::{
    Blobs, EmbeddedReader, EmbeddedWriter, Entry, Search, Sort, Write as _, WriterSettings,
};
use zv_shared::plan::{Mode, Widening};
use zv_shared::query;

/// Deepest rank that counts.
const DEPTH: usize = 100;

fn main() -> Result<()> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let lucene = arguments.iter().any(|argument| argument == "--lucene");
    arguments.retain(|argument| argument != "--lucene");
    let (folder, names) = arguments.split_first().context("name the folder")?;
    let mut sets: Vec<PathBuf> = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    sets.retain(|set| documents_of(set).is_some());
    sets.sort_unstable();
    println!(
        "{:<18} {:<22} {:>6} {:>6} {:>6} {:>6}  in compounds",
        "set", "chain", "MRR@10", "S@1", "S@10", "S@100"
    );
    for set in sets {
        let name = set.file_name().unwrap_or_default().to_string_lossy();
        if names.is_empty() || names.iter().any(|wanted| *wanted == name) {
            measure(&Set::read(&set)?, &name)?;
        }
    }
    if lucene {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("lucene.py");
        let status = Command::new("python3")
            .arg(script)
            .arg(folder)
            .args(names)
            .status()?;
        ensure!(status.success(), "Lucene could not be measured");
    }
    Ok(())
}

fn measure(set: &Set, name: &str) -> Result<()> {
    let work = tempfile::tempdir()?;
    let reader = ours(set, work.path())?;
    for mode in [Mode::Normaal, Mode::Exact] {
        let found = |question: &str| asked(&reader, question, mode);
        set.print(name, &format!("zoekenvind {}", mode.name()), found)?;
    }
    let stock = Stock::index(set)?;
    set.print(name, "tantivy Dutch", |question| stock.asked(question))
}

fn documents_of(set: &Path) -> Option<PathBuf> {
    let names = ["docs.jsonl", "docs.jsonl.xz"];
    let paths = names.map(|name| set.join(name));
    paths.into_iter().find(|path| path.is_file())
}

/// A retrieval set.
struct Set {
    /// Id, title and text.
    documents: Vec<(String, Option<String>, String)>,
    /// Id and text.
    questions: Vec<(String, String)>,
    relevant: HashMap<String, HashSet<String>>,
    /// Questions with a word that the relevant document only has in a compound, or the other way round.
    compound: HashSet<String>,
}

impl Set {
    fn read(folder: &Path) -> Result<Self> {
        let path = documents_of(folder).context("no documents")?;
        let lines = match path.extension().is_some_and(|extension| extension == "xz") {
            true => {
                let unpacked = Command::new("xz").arg("-dc").arg(&path).output()?;
                ensure!(unpacked.status.success(), "{}", path.display());
                String::from_utf8(unpacked.stdout)?
            }
            false => fs::read_to_string(&path)?,
        };
        let mut documents = Vec::new();
        for line in lines.lines() {
            let value: serde_json::Value = serde_json::from_str(line)?;
            let field = |name: &str| value[name].as_str().map(str::to_owned);
            let (id, text) = (field("id").context("id")?, field("text").context("text")?);
            documents.push((id, field("title"), text));
        }
        let rows = |name: &str| -> Result<Vec<Vec<String>>> {
            let text = fs::read_to_string(folder.join(name))?;
            let row = |line: &str| line.split('\t').map(str::to_owned).collect();
            Ok(text.lines().map(row).collect())
        };
        let mut relevant: HashMap<String, HashSet<String>> = HashMap::new();
        for row in rows("qrels.tsv")? {
            let [question, _, document, grade] = row.as_slice() else {
                continue;
            };
            if grade != "0" {
                let known = relevant.entry(question.clone()).or_default();
                known.insert(document.clone());
            }
        }
        let questions = rows("queries.tsv")?
            .into_iter()
            .filter_map(|row| Some((row.first()?.clone(), row.get(1)?.clone())));
        let compound = match folder.join("compound_subset.tsv").is_file() {
            true => rows("compound_subset.tsv")?,
            false => Vec::new(),
        };
        Ok(Set {
            documents,
            questions: questions.collect(),
            relevant,
            compound: compound
                .into_iter()
                .skip(1)
                .filter_map(|row| row.into_iter().next())
                .collect(),
        })
    }

    /// Asks every question and prints how well the answers do.
    fn print(
        &self,
        name: &str,
        chain: &str,
        found: impl Fn(&str) -> Result<Vec<String>>,
    ) -> Result<()> {
        let (mut all, mut compound) = (Score::default(), Score::default());
        for (id, question) in &self.questions {
            let relevant = self.relevant.get(id);
            let hits = found(question)?;
            let rank = hits
                .iter()
                .position(|hit| relevant.is_some_and(|relevant| relevant.contains(hit)));
            all.add(rank);
            if self.compound.contains(id) {
                compound.add(rank);
            }
        }
        let [mrr, one, ten, hundred] = all.shares();
        println!(
            "{name:<18} {chain:<22} {mrr:>6.3} {one:>6.3} {ten:>6.3} {hundred:>6.3}  S@10 {:.3} of {}",
            compound.shares()[2],
            compound.questions
        );
        Ok(())
    }
}

#[derive(Default)]
struct Score {
    questions: usize,
    reciprocal: f64,
    within: [usize; 3],
}

impl Score {
    /// `rank` of the first relevant hit, from 0.
    fn add(&mut self, rank: Option<usize>) {
        self.questions += 1;
        let Some(rank) = rank else { return };
        if rank < 10 {
            self.reciprocal += 1.0 / (rank + 1) as f64;
        }
        for (within, depth) in self.within.iter_mut().zip([1, 10, DEPTH]) {
            *within += usize::from(rank < depth);
        }
    }

    /// MRR@10 and success@1, 10 and 100.
    fn shares(&self) -> [f64; 4] {
        let questions = self.questions.max(1) as f64;
        let [one, ten, hundred] = self.within.map(|hits| hits as f64 / questions);
        [self.reciprocal / questions, one, ten, hundred]
    }
}

/// Indexes the set as an index run would.
fn ours(set: &Set, state: &Path) -> Result<EmbeddedReader> {
    let blobs = Blobs::open(&state.join("teksten"))?;
    let index = state.join("index");
    let writer = EmbeddedWriter::open(&index, blobs.clone(), WriterSettings::default())?;
    for (id, title, text) in &set.documents {
        let document = document(id, title.as_deref());
        let entry = Entry {
            text: text.as_str().into(),
            document,
        };
        writer.put_family(entry.document.family, vec![entry])?;
    }
    writer.commit("")?;
    writer.finish()?;
    Ok(EmbeddedReader::new(&index, blobs))
}

fn asked(reader: &EmbeddedReader, question: &str, mode: Mode) -> Result<Vec<String>> {
    let mut search = Search::of(query::parse_plain(question)?);
    search.widening = Widening {
        mode,
        ..Widening::default()
    };
    let page = reader
        .snapshot()?
        .hits(&search, Sort::Relevantie, None, DEPTH)?;
    let hits = page.hits.into_iter();
    Ok(hits.map(|hit| hit.document.place.to_string()).collect())
}

/// tantivy with its own Dutch chain: words, lower case, the stemmer of its `Language::Dutch`.
struct Stock {
    index: Index,
    searcher: tantivy::Searcher,
    id: Field,
    text: Field,
}

impl Stock {
    fn index(set: &Set) -> Result<Self> {
        let mut schema = Schema::builder();
        let indexing = TextFieldIndexing::default()
            .set_tokenizer("dutch")
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        let id = schema.add_text_field("id", STRING | STORED);
        let text = schema.add_text_field(
            "text",
            TextOptions::default().set_indexing_options(indexing),
        );
        let index = Index::create_in_ram(schema.build());
        let dutch = TextAnalyzer::builder(SimpleTokenizer::default())
            .filter(LowerCaser)
            .filter(Dutch)
            .build();
        index.tokenizers().register("dutch", dutch);
        let mut writer = index.writer(50_000_000)?;
        for (name, title, words) in &set.documents {
            let mut document = TantivyDocument::default();
            document.add_text(id, name);
            for words in title.iter().chain([words]) {
                document.add_text(text, words);
            }
            writer.add_document(document)?;
        }
        writer.commit()?;
        let searcher = index.reader()?.searcher();
        Ok(Stock {
            index,
            searcher,
            id,
            text,
        })
    }

    fn asked(&self, question: &str) -> Result<Vec<String>> {
        // Its query language would refuse or reinterpret other signs.
        let word = |c: char| match c.is_alphanumeric() {
            true => c,
            false => ' ',
        };
        let plain: String = question.to_lowercase().chars().map(word).collect();
        let parser = QueryParser::for_index(&self.index, vec![self.text]);
        let query = parser.parse_query(&plain)?;
        let top = TopDocs::with_limit(DEPTH).order_by_score();
        let mut ids = Vec::new();
        for (_, address) in self.searcher.search(&query, &top)? {
            let document: TantivyDocument = self.searcher.doc(address)?;
            let id = document.get_first(self.id).and_then(|id| id.as_str());
            ids.push(id.unwrap_or_default().to_owned());
        }
        Ok(ids)
    }
}

/// The stemmer behind tantivy's `Language::Dutch`.
#[derive(Clone)]
struct Dutch;

impl TokenFilter for Dutch {
    type Tokenizer<T: Tokenizer> = DutchTokenizer<T>;

    fn transform<T: Tokenizer>(self, tokenizer: T) -> DutchTokenizer<T> {
        DutchTokenizer(tokenizer)
    }
}

#[derive(Clone)]
struct DutchTokenizer<T>(T);

impl<T: Tokenizer> Tokenizer for DutchTokenizer<T> {
    type TokenStream<'a> = Stemmed<T::TokenStream<'a>>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Self::TokenStream<'a> {
        Stemmed {
            words: self.0.token_stream(text),
            stemmer: frostem::Stemmer::new(frostem::Algorithm::Dutch),
        }
    }
}

struct Stemmed<T> {
    words: T,
    stemmer: frostem::Stemmer,
}

impl<T: TokenStream> TokenStream for Stemmed<T> {
    fn advance(&mut self) -> bool {
        if !self.words.advance() {
            return false;
        }
        let token = self.words.token_mut();
        token.text = self.stemmer.stem(&token.text).into_owned();
        true
    }

    fn token(&self) -> &Token {
        self.words.token()
    }

    fn token_mut(&mut self) -> &mut Token {
        self.words.token_mut()
    }
}
