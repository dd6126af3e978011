//! The files inside an Office package: other documents, objects of other programs, imported pieces, sound and film.
//! Pictures stay where they are, as in all other documents.

use std::collections::{HashSet, VecDeque};

use super::super::embedded::Embedded;
use super::super::package::{Package, Relation};
use super::super::tokens::Fault;
use super::super::{Limits, Outcome, Output, Stop};

/// Hands over the files that these parts and what belongs to them point to, in order, and those that nothing points
/// to. `text` is how reading the text ended.
pub(in super::super) fn objects(
    package: &mut Package<'_>,
    parts: &[String],
    limits: &Limits,
    text: Outcome,
    output: &mut dyn Output,
) -> Outcome {
    let mut embedded = Embedded::new(limits);
    let files = give(package, parts, &mut embedded, output);
    embedded.finish(text, files)
}

fn give(
    package: &mut Package<'_>,
    parts: &[String],
    embedded: &mut Embedded<'_>,
    output: &mut dyn Output,
) -> Result<(), Stop> {
    for target in targets(package, parts, embedded) {
        if embedded.is_full() {
            break;
        }
        let name = target.rsplit('/').next().unwrap_or(&target);
        match package.part(&target) {
            Ok(part) => embedded.give(name, part, output)?,
            Err(reason) => embedded.absent(name, reason, output)?,
        }
    }
    Ok(())
}

/// The names of the files, each once.
fn targets(
    package: &mut Package<'_>,
    parts: &[String],
    embedded: &mut Embedded<'_>,
) -> Vec<String> {
    let starts: HashSet<String> = parts.iter().map(|part| part.to_lowercase()).collect();
    let (mut found, mut seen) = (Vec::new(), HashSet::new());
    for part in parts {
        let mut waiting = VecDeque::from([part.clone()]);
        while let Some(part) = waiting.pop_front() {
            if !seen.insert(part.to_lowercase()) {
                continue;
            }
            for relation in relations(package, &part, embedded) {
                let target = relation.target.to_lowercase();
                if is_file(&relation.kind) {
                    if seen.insert(target) {
                        found.push(relation.target);
                    }
                } else if !starts.contains(&target) && package.has(&target) {
                    waiting.push_back(relation.target);
                }
            }
        }
    }
    let lost = package.names().into_iter();
    found.extend(lost.filter(|name| {
        name.contains("/embeddings/") && !name.contains("/_rels/") && !seen.contains(name)
    }));
    found
}

/// The relations of a part. A damaged list hides files: that is told.
fn relations(package: &mut Package<'_>, part: &str, embedded: &mut Embedded<'_>) -> Vec<Relation> {
    match package.relations(part) {
        Ok(relations) => relations,
        Err(Fault::Bad(reason) | Fault::Stop(Stop(reason))) => {
            embedded.note(reason);
            Vec::new()
        }
    }
}

/// Whether such a relation points to a file of its own.
fn is_file(kind: &str) -> bool {
    matches!(
        kind,
        "package" | "oleObject" | "aFChunk" | "afChunk" | "video" | "audio" | "media"
    )
}
