//! Word documents: which parts hold text, in which order. Word keeps no pages in its files, so neither do we.

use std::collections::HashSet;

use super::super::package::{Package, Relation, core_properties, main_part};
use super::super::sink::Sink;
use super::super::{Input, Limits, Outcome, Output, Stop};
use super::{DRAWN, drawn, part};

/// Reads one `docx` document.
pub fn read_docx(input: &mut Input, limits: &Limits, output: &mut dyn Output) -> Outcome {
    let mut package = match Package::open(input, limits) {
        Ok(package) => package,
        Err(reason) => return Outcome::Unreadable(reason),
    };
    let mut sink = Sink::new(output);
    let result = document(&mut package, &mut sink);
    sink.finish(result)
}

fn document(package: &mut Package<'_>, sink: &mut Sink<'_>) -> Result<(), Stop> {
    core_properties(package, sink)?;
    let main = match main_part(package, "word/document.xml") {
        Ok(main) => main,
        Err(fault) => return sink.past(Err(fault)),
    };
    part(package, &main, sink)?;
    let relations = match package.relations(&main) {
        Ok(relations) => relations,
        Err(fault) => return sink.past(Err(fault)),
    };
    let mut seen = HashSet::new();
    for wanted in ["header", "footer", "footnotes", "endnotes", "comments"] {
        for relation in of_kind(&relations, wanted) {
            if seen.insert(relation.target.clone()) && package.has(&relation.target) {
                part(package, &relation.target, sink)?;
                drawn(package, &relation.target, sink)?;
            }
        }
    }
    for relation in relations
        .iter()
        .filter(|r| DRAWN.contains(&r.kind.as_str()))
    {
        if seen.insert(relation.target.clone()) {
            part(package, &relation.target, sink)?;
        }
    }
    Ok(())
}

fn of_kind<'r>(relations: &'r [Relation], kind: &'r str) -> impl Iterator<Item = &'r Relation> {
    relations
        .iter()
        .filter(move |relation| relation.kind == kind)
}
