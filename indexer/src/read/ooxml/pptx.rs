//! PowerPoint presentations: every slide a page, in the order of the show, with its notes and comments.

use std::collections::HashMap;

use super::super::package::{Package, core_properties, main_part};
use super::super::sink::Sink;
use super::super::tokens::{Fault, Step, Token};
use super::super::{Input, Limits, Outcome, Output, Stop};
use super::{drawn, flow, part};

/// Reads one `pptx` presentation.
pub fn read_pptx(input: &mut Input, limits: &Limits, output: &mut dyn Output) -> Outcome {
    let mut package = match Package::open(input, limits) {
        Ok(package) => package,
        Err(reason) => return Outcome::Unreadable(reason),
    };
    let mut sink = Sink::new(output);
    let result = presentation(&mut package, &mut sink);
    sink.finish(result)
}

fn presentation(package: &mut Package<'_>, sink: &mut Sink<'_>) -> Result<(), Stop> {
    core_properties(package, sink)?;
    let slides = match slides(package) {
        Ok(slides) => slides,
        Err(fault) => return sink.past(Err(fault)),
    };
    let authors = match authors(package) {
        Ok(authors) => authors,
        Err(fault) => {
            sink.past(Err(fault))?;
            HashMap::new()
        }
    };
    for name in slides {
        sink.begin_page()?;
        slide(package, &name, &authors, sink)?;
    }
    Ok(())
}

/// Names of the slides in the order of the show.
fn slides(package: &mut Package<'_>) -> Result<Vec<String>, Fault> {
    let main = main_part(package, "ppt/presentation.xml")?;
    let relations = package.relations(&main)?;
    let by_id: HashMap<&str, &str> = relations
        .iter()
        .map(|relation| (relation.id.as_str(), relation.target.as_str()))
        .collect();
    let mut slides = Vec::new();
    package.xml(&main)?.each(|token| {
        if let Token::Start(tag) = token
            && tag.local() == "sldId"
            && let Some(id) = tag.attr_exact("r:id")
            && let Some(target) = by_id.get(id.as_str())
        {
            slides.push((*target).to_owned());
        }
        Ok(Step::Into)
    })?;
    Ok(slides)
}

/// Names of the people who comment, by their number.
fn authors(package: &mut Package<'_>) -> Result<HashMap<String, String>, Fault> {
    let mut authors = HashMap::new();
    for list in ["ppt/commentAuthors.xml", "ppt/authors.xml"] {
        if !package.has(list) {
            continue;
        }
        package.xml(list)?.each(|token| {
            if let Token::Start(tag) = token
                && let (Some(id), Some(name)) = (tag.attr_exact("id"), tag.attr_exact("name"))
            {
                authors.insert(id, name);
            }
            Ok(Step::Into)
        })?;
    }
    Ok(authors)
}

fn slide(
    package: &mut Package<'_>,
    name: &str,
    authors: &HashMap<String, String>,
    sink: &mut Sink<'_>,
) -> Result<(), Stop> {
    part(package, name, sink)?;
    drawn(package, name, sink)?;
    let relations = match package.relations(name) {
        Ok(relations) => relations,
        Err(fault) => return sink.past(Err(fault)),
    };
    for relation in &relations {
        if relation.kind == "notesSlide" {
            part(package, &relation.target, sink)?;
        }
    }
    for relation in &relations {
        if relation.kind == "comments" {
            let xml = package.xml(&relation.target);
            let result = xml.and_then(|xml| flow(xml, authors, sink));
            sink.past(result)?;
        }
    }
    Ok(())
}
