//! PowerPoint presentations: every slide a page, in the order of the show, with its notes and comments.

use std::collections::HashMap;

use super::super::package::{Package, core_properties, main_part};
use super::super::sink::Sink;
use super::super::tokens::{Fault, Step, Token};
use super::super::{Input, Limits, Outcome, Output, Stop};
use super::{Shared, drawn, flow, objects, part};

/// Where the list of slides usually lies.
const MAIN: &str = "ppt/presentation.xml";

/// Reads one `pptx` presentation.
pub fn read_pptx(input: &mut Input, limits: &Limits, output: &mut dyn Output) -> Outcome {
    let mut package = match Package::open(input, limits) {
        Ok(package) => package,
        Err(reason) => return Outcome::Unreadable(reason),
    };
    let mut sink = Sink::new(output);
    let mut parts = Vec::new();
    let result = presentation(&mut package, &mut parts, &mut sink);
    let text = sink.finish(result);
    objects(&mut package, &parts, limits, text, output)
}

/// Writes the text, and tells the parts in which files may lie.
fn presentation(
    package: &mut Package<'_>,
    parts: &mut Vec<String>,
    sink: &mut Sink<'_>,
) -> Result<(), Stop> {
    core_properties(package, sink)?;
    let slides = match slides(package) {
        Ok(slides) => slides,
        Err(fault) => return sink.past(Err(fault)),
    };
    parts.extend(slides.iter().cloned());
    parts.push(MAIN.to_owned());
    let authors = match authors(package) {
        Ok(authors) => authors,
        Err(fault) => {
            sink.past(Err(fault))?;
            HashMap::new()
        }
    };
    let shared = Shared {
        authors,
        ..Shared::default()
    };
    for name in slides {
        sink.begin_page()?;
        slide(package, &name, &shared, sink)?;
    }
    Ok(())
}

/// Names of the slides in the order of the show.
fn slides(package: &mut Package<'_>) -> Result<Vec<String>, Fault> {
    let main = main_part(package, MAIN)?;
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
    shared: &Shared,
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
            let result = xml.and_then(|xml| flow(xml, shared, sink));
            sink.past(result)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::super::key;
    use super::super::super::package::testing::{packed, relations, survives_damage};
    use super::super::super::testing::{Collected, input, limits};
    use super::*;

    fn shape(text: &str) -> String {
        format!(
            "<p:sp><p:txBody><a:bodyPr/><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>"
        )
    }

    fn whole() -> Vec<u8> {
        packed(&[
            ("docProps/core.xml", "<x><dc:title>Jaarplan</dc:title></x>"),
            (
                "ppt/presentation.xml",
                r#"<p:presentation><p:sldIdLst><p:sldId id="256" r:id="b"/><p:sldId id="257" r:id="a"/></p:sldIdLst></p:presentation>"#,
            ),
            (
                "ppt/_rels/presentation.xml.rels",
                &relations(&[
                    ("a", "slide", "slides/slide1.xml"),
                    ("b", "slide", "slides/slide2.xml"),
                ]),
            ),
            (
                "ppt/commentAuthors.xml",
                r#"<l><p:cmAuthor id="0" name="Piet"/></l>"#,
            ),
            (
                "ppt/slides/slide1.xml",
                &format!(
                    r#"<p:sld show="0">{}<a:fld type="slidenum"><a:t>7</a:t></a:fld></p:sld>"#,
                    shape("slotwoord")
                ),
            ),
            (
                "ppt/slides/slide2.xml",
                &format!(
                    "<p:sld>{}<a:tbl><a:tr><a:tc><a:p><a:t>links</a:t></a:p></a:tc><a:tc><a:p><a:t>rechts</a:t></a:p></a:tc></a:tr></a:tbl></p:sld>",
                    shape("welkom")
                ),
            ),
            (
                "ppt/slides/_rels/slide2.xml.rels",
                &relations(&[
                    ("n", "notesSlide", "../notesSlides/n.xml"),
                    ("c", "comments", "../comments/c.xml"),
                    ("h", "chart", "../charts/h.xml"),
                ]),
            ),
            ("ppt/notesSlides/n.xml", &shape("vertel over de dijk")),
            (
                "ppt/comments/c.xml",
                r#"<p:cmLst><p:cm authorId="0"><p:text>te lang</p:text></p:cm></p:cmLst>"#,
            ),
            (
                "ppt/charts/h.xml",
                "<c:chart><a:p><a:r><a:t>uitgaven</a:t></a:r></a:p></c:chart>",
            ),
        ])
    }

    fn read(bytes: &[u8]) -> (Collected, Outcome) {
        let mut out = Collected::default();
        let outcome = read_pptx(&mut input("plan.pptx", bytes), &limits(), &mut out);
        (out, outcome)
    }

    #[test]
    fn slides_come_in_the_order_of_the_show_with_notes_and_comments() {
        let (out, outcome) = read(&whole());
        assert_eq!(outcome, Outcome::Whole);
        assert_eq!(
            out.pages,
            [
                "welkom\nlinks\trechts\nuitgaven\nvertel over de dijk\n[opmerking van Piet] te lang\n",
                "[verborgen dia]\nslotwoord\n"
            ]
        );
        assert_eq!(out.rest, "");
        assert_eq!(out.values(key::TITLE), ["Jaarplan"]);
    }

    proptest! {
        #[test]
        fn damage_never_panics(
            cut: prop::sample::Index,
            flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
            noise: Vec<u8>,
        ) {
            survives_damage(&whole(), cut, &flips, |bytes| { read(bytes); });
            read(&noise);
        }
    }
}
