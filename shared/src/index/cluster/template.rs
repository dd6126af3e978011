//! The index that the cluster keeps: its fields and how they are analysed. Owns names of fields and the generation. Changing
//! anything here means raising [`FORMAT`].
//!
//! The cluster analyses nothing. A text comes to it as positions, a space between each two; the terms of one position
//! stand behind each other with [`TOGETHER`] between them. Words stand at odd positions, the marks of units at the even
//! ones before them: see `positions.rs`.

use super::positions::GAP;
use crate::TextField;
use crate::index::{DateField, FacetField};
use serde_json::{Map, Value, json};

/// Raised when what is written changes.
pub const FORMAT: &str = "opensearch-1";
/// Between terms of one position. The tokenizer on whitespace of Lucene takes this for whitespace: the one for groups of
/// characters is told what a boundary is.
pub const TOGETHER: char = '\u{1f}';
/// A position without a term.
pub const NOTHING: &str = "\u{1}";
/// What ends a text.
pub const END: &str = "\u{3}einde";
/// Values that one question may name, such as words or families.
pub const MOST_VALUES: usize = 1_000_000;
/// Buckets that one answer may hold; the limit of a cluster is 65,535 for all of an answer together.
pub const BUCKETS: usize = 2_000;

/// The whole document as JSON in a string.
pub const DOCUMENT: &str = "document";
/// Identity, 32 hexadecimal digits.
pub const ID: &str = "id";
/// Identity of the family.
pub const FAMILY: &str = "familie";
/// Size and modification time of a top-level file.
pub const SIZE_AND_TIME: &str = "omvang_tijd";
/// Names that an export gives it.
pub const IDENTITY: &str = "kenmerk";
/// `bron 0 folder` of a top-level file, in hexadecimal digits: names are bytes.
pub const FOLDER: &str = "folder";
/// Content hash.
pub const CONTENT: &str = "inhoud";
/// Key of its text.
pub const BLOB: &str = "blob";
/// Names of the dates that it lacks.
pub const UNDATED: &str = "ongedateerd";
/// Sort key by path.
pub const PATH_ORDER: &str = "padvolgorde";
/// The file that it is, or is in: `bron/path`.
pub const FILE: &str = "bestand";
/// Its rights as one word: see `rights.rs`.
pub const ACCESS: &str = "toegang";
/// Days with messages of a chat.
pub const MESSAGE_DAYS: &str = "berichtdag";
/// Size in bytes.
pub const SIZE: &str = "omvang";
/// Pages.
pub const PAGES: &str = "paginas";
/// Same content.
pub const SAME: &str = "zelfde";
/// Nearly the same text.
pub const NEAR: &str = "bijna";
/// Conversation.
pub const THREAD: &str = "draad";
/// The source of a document that is gone from it.
pub const GONE: &str = "verdwenen";

/// The field that words of a question stand in.
pub fn text(field: Option<TextField>) -> &'static str {
    match field {
        None => "tekst",
        Some(TextField::Titel) => "titel",
        Some(TextField::Van) => "van_x",
        Some(TextField::Aan) => "aan_x",
        Some(TextField::Pad) => "pad_x",
    }
}

/// All fields with text.
pub const TEXTS: [Option<TextField>; 5] = [
    None,
    Some(TextField::Titel),
    Some(TextField::Van),
    Some(TextField::Aan),
    Some(TextField::Pad),
];

/// The field with the words of a text as written, each once: what wildcards are looked up in.
pub fn words(field: Option<TextField>) -> String {
    format!("{}_woorden", text(field))
}

/// The field of a facet; years and months are those of one date.
pub fn facet(facet: FacetField, date: DateField) -> String {
    match facet {
        FacetField::Jaar | FacetField::Maand => format!("{}_{}", facet.name(), date.name()),
        _ => format!("facet_{}", facet.name()),
    }
}

/// The fields of the first and the last day of a date.
pub fn days(date: DateField) -> [String; 2] {
    ["eerste", "laatste"].map(|which| format!("{}_{which}", date.name()))
}

/// What is asked of the cluster when the index is made.
pub fn index(shards: u32, replicas: u32) -> Value {
    let split = format!("([^{TOGETHER}]+)");
    json!({
        "settings": {
            "number_of_shards": shards,
            "number_of_replicas": replicas,
            // Only a commit makes visible what was written.
            "refresh_interval": "-1",
            "index.translog.durability": "request",
            "index.max_terms_count": MOST_VALUES,
            "index.max_regex_length": 100_000,
            "analysis": {
                "tokenizer": {"posities": {
                    "type": "char_group",
                    "tokenize_on_chars": [" "],
                    "max_token_length": 1_048_576
                }},
                "filter": {
                    "niets": {"type": "stop", "stopwords": [NOTHING]},
                    "samen": {
                        "type": "pattern_capture",
                        "preserve_original": false,
                        "patterns": [split]
                    }
                },
                "analyzer": {"termen": {
                    "type": "custom",
                    "tokenizer": "posities",
                    "filter": ["niets", "samen"]
                }}
            },
            "similarity": {"zv": {"type": "scripted", "script": {"source": SIMILARITY}}}
        },
        "mappings": {
            "dynamic": "strict",
            "_source": {"includes": [DOCUMENT]},
            "_meta": generation(),
            "properties": properties()
        }
    })
}

/// How much a term counts in a document: how often it stands there against how long that is. How rare it is, is told by
/// the question: what others may see must not count.
const SIMILARITY: &str =
    "return query.boost * 2.2 * doc.freq / (doc.freq + 0.3 + 0.9 * doc.length / 600.0);";

/// What `_meta` must say for this program to search the index.
pub fn generation() -> Value {
    json!({
        "formaat": FORMAT,
        "analyse": zv_analyzers::fingerprint(),
    })
}

fn properties() -> Value {
    let mut fields = Map::new();
    for field in TEXTS {
        let analysed = json!({
            "type": "text",
            "analyzer": "termen",
            "index_options": "positions",
            "position_increment_gap": GAP,
            "similarity": "zv"
        });
        fields.insert(text(field).to_owned(), analysed);
        fields.insert(words(field), keyword());
    }
    let keywords = [
        ID,
        FAMILY,
        SIZE_AND_TIME,
        IDENTITY,
        FOLDER,
        CONTENT,
        BLOB,
        UNDATED,
        PATH_ORDER,
        FILE,
        ACCESS,
        SAME,
        NEAR,
        THREAD,
        GONE,
    ];
    for name in keywords {
        fields.insert(name.to_owned(), keyword());
    }
    for date in DateField::ALL {
        for name in days(date) {
            fields.insert(name, json!({"type": "long"}));
        }
    }
    for one in FacetField::ALL {
        for date in DateField::ALL {
            fields.insert(facet(one, date), keyword());
        }
    }
    for name in [MESSAGE_DAYS, SIZE, PAGES] {
        fields.insert(name.to_owned(), json!({"type": "long"}));
    }
    let stored = json!({"type": "keyword", "index": false, "doc_values": false});
    fields.insert(DOCUMENT.to_owned(), stored);
    Value::Object(fields)
}

fn keyword() -> Value {
    json!({"type": "keyword"})
}
