//! What tells that a document is about a word without having it: the parts of a compound of the question, and words of
//! the same family. Owns how much that counts. It only ranks; no document is a hit for it.

use super::any_term::AnyTerm;
use super::covered::{Beside, Word};
use super::schema::Fields;
use crate::plan::{Kind, Leaf};
use tantivy::Term;
use tantivy::query::{BoostQuery, EmptyQuery};
use tantivy::schema::Field;
use zv_analyzers::Stream;

/// How much a part of a compound of the question counts, beside a form of the compound.
const PART: f32 = 0.5;
/// How much of the compound a document has that has all its parts.
const PARTS_SHARE: f32 = 0.7;
/// How much a related word counts, and how much of the word it is.
const RELATED: f32 = 0.7;
const RELATED_SHARE: f32 = 0.8;

/// What stands beside `leaf`, and how rare its word is; what it finds is for the caller to fill in.
pub fn word(leaf: &Leaf, fields: &Fields) -> Word {
    let field = fields.of(leaf.field);
    let terms = stored(leaf, Kind::Vorm).or_else(|| stored(leaf, Kind::Exact));
    let terms = terms.unwrap_or_default().iter();
    Word {
        found: Box::new(EmptyQuery),
        terms: terms
            .map(|term| Term::from_field_text(field, term))
            .collect(),
        beside: match (stored(leaf, Kind::Vorm), stored(leaf, Kind::Exact)) {
            // In mode exact nothing is widened, and names and paths have no forms.
            (Some(_), Some([word])) => beside(word, field),
            _ => Vec::new(),
        },
    }
}

/// The terms of the alternative of one kind, when it is one word.
fn stored(leaf: &Leaf, kind: Kind) -> Option<&[String]> {
    let (_, alternative) = leaf.active().find(|(_, found)| found.kind == kind)?;
    match alternative.steps.as_slice() {
        [only] => Some(only),
        _ => None,
    }
}

fn beside(word: &str, field: Field) -> Vec<Beside> {
    let forms = zv_analyzers::forms(word, false);
    let any = |words: &[String], streams: &[Stream], boost: f32| {
        let terms: Vec<String> = words
            .iter()
            .flat_map(|word| streams.iter().map(|stream| stream.stored(word)))
            .collect();
        Box::new(BoostQuery::new(AnyTerm::query(field, &terms), boost))
    };
    let mut out = Vec::new();
    let share = PARTS_SHARE / forms.parts.len().max(1) as f32;
    for part in &forms.parts {
        let streams = [Stream::Exact, Stream::Woordvorm, Stream::Deel];
        out.push(Beside {
            query: any(&[part.to_string()], &streams, PART),
            share,
            also: true,
        });
    }
    let lemmas = forms.lemmas.iter();
    let mut related: Vec<String> = lemmas
        .flat_map(|lemma| zv_analyzers::related(lemma))
        .collect();
    related.retain(|word| !forms.lemmas.iter().any(|lemma| **lemma == **word));
    if !related.is_empty() {
        out.push(Beside {
            query: any(&related, &[Stream::Exact, Stream::Woordvorm], RELATED),
            share: RELATED_SHARE,
            also: false,
        });
    }
    out
}
