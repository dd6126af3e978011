//! What tells that a document is about a word without having it: the parts of a compound of the question, and words of
//! the same family. Owns how much that counts. It only ranks; no document is a hit for it.

use super::any_word::Beside;
use super::evidence::Evidence;
use super::schema::Fields;
use crate::plan::{Kind, Leaf};
use tantivy::schema::Field;
use zv_analyzers::Stream;

/// How much a part of a compound of the question counts, beside a form of the compound.
const PART: f32 = 0.5;
/// How much of the compound a document has that has all its parts.
const PARTS_SHARE: f32 = 0.7;
/// How much a related word counts, and how much of the word it is.
const RELATED: f32 = 0.7;
const RELATED_SHARE: f32 = 0.8;

/// What stands beside `leaf`.
pub fn beside(leaf: &Leaf, fields: &Fields) -> Vec<Beside> {
    match (stored(leaf, Kind::Vorm), stored(leaf, Kind::Exact)) {
        // In mode exact nothing is widened, and names and paths have no forms.
        (Some(_), Some([word])) => of_word(word, fields.of(leaf.field)),
        _ => Vec::new(),
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

fn of_word(word: &str, field: Field) -> Vec<Beside> {
    let forms = zv_analyzers::forms(word, false);
    let any = |words: &[String], streams: &[Stream], weight: f32| {
        let terms: Vec<String> = words
            .iter()
            .flat_map(|word| streams.iter().map(|stream| stream.stored(word)))
            .collect();
        Evidence {
            weight,
            ..Evidence::of(field, terms)
        }
    };
    let mut out = Vec::new();
    let share = PARTS_SHARE / forms.parts.len().max(1) as f32;
    for part in &forms.parts {
        let streams = [Stream::Exact, Stream::Woordvorm, Stream::Deel];
        out.push(Beside {
            evidence: any(&[part.to_string()], &streams, PART),
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
            evidence: any(&related, &[Stream::Exact, Stream::Woordvorm], RELATED),
            share: RELATED_SHARE,
            also: false,
        });
    }
    out
}
