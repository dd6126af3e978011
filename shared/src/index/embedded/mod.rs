//! The embedded engine: tantivy in a folder of the state, one subfolder per generation. Owns files, locks and
//! durability of that folder; knows nothing of drives or people.
//!
//! A generation is schema number, analyzer fingerprint and engine format together. Every commit repeats it, and
//! an index of another generation is never searched: it would lose hits silently.

mod alike;
mod any_word;
mod beside;
mod bits;
mod bm25;
mod collapse;
mod compile;
pub mod copy;
mod count;
mod cursor;
mod engine;
mod entry;
mod evidence;
mod excluded;
mod family;
mod gather;
mod generations;
mod hits;
mod lists;
mod overlap;
mod positional;
mod read;
mod reader;
mod recent;
mod relations;
mod room;
mod schema;
mod scope;
mod statistics;
pub mod terms;
mod values;
mod visible;
mod window;
mod words;
mod words_scorer;
mod writer;

pub use engine::Embedded;
pub use reader::Reader;
pub use writer::{Writer, WriterSettings};

use super::IndexError;
use super::engine::EachDocument;
use generations::current;
use schema::Fields;
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;
use tantivy::directory::MmapDirectory;
use tantivy::{Directory, Index, ReloadPolicy};

/// Raised when tantivy writes another file format.
const ENGINE_FORMAT: &str = "tantivy-7";
/// Names the folder of the current generation.
const CURRENT: &str = "HUIDIG";

/// What every commit carries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Payload {
    generation: Generation,
    program: String,
    checkpoint: String,
}

/// Everything that decides whether an index can be searched by this program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Generation {
    schema: u32,
    analyzer: String,
    engine: String,
}

impl Generation {
    fn ours() -> Self {
        Generation {
            schema: schema::SCHEMA_VERSION,
            analyzer: zv_analyzers::fingerprint(),
            engine: ENGINE_FORMAT.to_owned(),
        }
    }
}

impl Payload {
    fn with(checkpoint: &str) -> Result<String, IndexError> {
        let payload = Payload {
            generation: Generation::ours(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
            checkpoint: checkpoint.to_owned(),
        };
        serde_json::to_string(&payload).map_err(|error| IndexError::Engine(error.to_string()))
    }
}

/// Creates an empty index in `folder`, with a first commit that says its generation.
fn create(folder: &Path) -> Result<Index, IndexError> {
    fs::create_dir_all(folder).map_err(|error| io(folder, error))?;
    let (schema, _) = schema::build();
    let index = Index::create_in_dir(folder, schema)?;
    terms::register(index.tokenizers());
    let mut writer: tantivy::IndexWriter = index.writer_with_num_threads(1, 15_000_000)?;
    let mut commit = writer.prepare_commit()?;
    commit.set_payload(&Payload::with("")?);
    commit.commit()?;
    index
        .directory()
        .sync_directory()
        .map_err(|error| io(folder, error))?;
    Ok(index)
}

/// The files of the index in `folder`.
fn mapped(folder: &Path) -> Result<MmapDirectory, IndexError> {
    MmapDirectory::open(folder).map_err(|error| IndexError::Engine(error.to_string()))
}

/// Opens an index in its folder; refuses one of another generation.
fn open(directory: impl Directory) -> Result<(Index, Fields), IndexError> {
    let directory: Box<dyn Directory> = Box::new(directory);
    let index = Index::open(directory)?;
    let payload = index.load_metas()?.payload.unwrap_or_default();
    let ours =
        serde_json::from_str::<Payload>(&payload).is_ok_and(|p| p.generation == Generation::ours());
    if !ours {
        return Err(IndexError::OtherGeneration);
    }
    terms::register(index.tokenizers());
    let (_, fields) = schema::build();
    Ok((index, fields))
}

/// As [`super::Engine::stored_documents`], of the index in `folder`.
fn stored_documents(folder: &Path, each: EachDocument<'_>) -> Result<bool, IndexError> {
    let generation = current(folder)?.ok_or(IndexError::Missing)?;
    let index = Index::open(mapped(&generation)?)?;
    let Ok(field) = index.schema().get_field(schema::DOCUMENT) else {
        return Err(IndexError::OtherGeneration);
    };
    let reader = index
        .reader_builder()
        .reload_policy(ReloadPolicy::Manual)
        .try_into()?;
    for segment in reader.searcher().segment_readers() {
        let store = segment
            .get_store_reader(4)
            .map_err(|error| io(&generation, error))?;
        for found in store.iter(segment.alive_bitset()) {
            if !each(entry::stored(&found?, field))? {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

fn io(path: &Path, error: std::io::Error) -> IndexError {
    IndexError::Io(path.display().to_string(), error)
}

impl From<tantivy::TantivyError> for IndexError {
    fn from(error: tantivy::TantivyError) -> Self {
        IndexError::Engine(error.to_string())
    }
}
