//! Visio drawings (VSDX): every page of the drawing a page, with its name and the text of its shapes. Never reads
//! the binary drawings of before 2013, nor stencils.

use std::io::Read;

use super::ooxml::objects;
use super::package::{Package, core_properties};
use super::sink::Sink;
use super::tokens::{Fault, Step, Token, Xml};
use super::{Input, Limits, Outcome, Output, Reason, Stop};

const PAGES: &str = "visio/pages/pages.xml";

/// Reads one `vsdx` drawing.
pub fn read_vsdx(input: &mut Input, limits: &Limits, output: &mut dyn Output) -> Outcome {
    let mut package = match Package::open(input, limits) {
        Ok(package) => package,
        Err(reason) => return Outcome::Unreadable(reason),
    };
    let mut sink = Sink::new(output);
    let result = drawing(&mut package, &mut sink);
    let text = sink.finish(result);
    objects(&mut package, &[PAGES.to_owned()], limits, text, output)
}

fn drawing(package: &mut Package<'_>, sink: &mut Sink<'_>) -> Result<(), Stop> {
    core_properties(package, sink)?;
    let pages = match pages(package) {
        Ok(pages) => pages,
        Err(fault) => {
            sink.past(Err(fault))?;
            let page = |name: &String| name.starts_with("visio/pages/page") && name != PAGES;
            let names = package.names().into_iter().filter(page);
            names.map(|part| (String::new(), part)).collect()
        }
    };
    for (name, part) in pages {
        sink.begin_page()?;
        sink.line(&name)?;
        let result = package.xml(&part).and_then(|xml| shapes(xml, sink));
        sink.past(result)?;
    }
    // A shape without text of its own shows that of its master.
    for part in package.names() {
        let shown = part.starts_with("visio/masters/master") && part != "visio/masters/masters.xml";
        if part == "visio/comments.xml" || shown {
            let result = package.xml(&part).and_then(|xml| shapes(xml, sink));
            sink.past(result)?;
        }
    }
    Ok(())
}

/// The pages in order: name and part.
fn pages(package: &mut Package<'_>) -> Result<Vec<(String, String)>, Fault> {
    if !package.has(PAGES) {
        return Err(Fault::Bad(Reason::Broken(format!(
            "er ontbreekt een onderdeel: {PAGES}"
        ))));
    }
    let relations = package.relations(PAGES)?;
    let mut pages = Vec::new();
    let mut name = String::new();
    package.xml(PAGES)?.each(|token| {
        if let Token::Start(tag) = token {
            match tag.local() {
                "Page" => name = tag.attr("Name").unwrap_or_default(),
                "Rel" => {
                    let id = tag.attr("id").unwrap_or_default();
                    let part = relations.iter().find(|relation| relation.id == id);
                    pages.extend(part.map(|part| (name.clone(), part.target.clone())));
                }
                _ => {}
            }
        }
        Ok(Step::Into)
    })?;
    Ok(pages)
}

/// The text of all shapes, or of all comments, of a part.
fn shapes<R: Read>(xml: Xml<R>, sink: &mut Sink<'_>) -> Result<(), Fault> {
    let mut open = 0;
    let result = xml.each(|token| {
        match token {
            Token::Start(tag) if is_text(tag.local()) => open += 1,
            Token::End(name) if is_text(super::tokens::local(name)) => {
                open -= 1;
                sink.paragraph()?;
            }
            Token::Text(text) if open > 0 => {
                for (at, line) in text.split('\n').enumerate() {
                    if at > 0 {
                        sink.paragraph()?;
                    }
                    sink.text(line)?;
                }
            }
            _ => {}
        }
        Ok(Step::Into)
    });
    sink.end_part()?;
    result
}

fn is_text(element: &str) -> bool {
    matches!(element, "Text" | "CommentEntry")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::key;
    use super::super::package::testing::{packed, relations, survives_damage};
    use super::super::testing::read_bytes;
    use super::*;

    fn file() -> Vec<u8> {
        packed(&[
            (
                "[Content_Types].xml",
                r#"<Types><Override ContentType="application/vnd.ms-visio.drawing.main+xml"/></Types>"#,
            ),
            ("docProps/core.xml", "<c><dc:title>Processen</dc:title></c>"),
            (
                PAGES,
                r#"<Pages><Page Name="Tweede"><Rel r:id="r2"/></Page><Page Name="Eerste"><Rel r:id="r1"/></Page></Pages>"#,
            ),
            (
                "visio/pages/_rels/pages.xml.rels",
                &relations(&[("r1", "page", "page1.xml"), ("r2", "page", "page2.xml")]),
            ),
            (
                "visio/pages/page1.xml",
                "<PageContents><Shapes><Shape><Cell V='3'/><Text><cp IX='0'/>Besluit\nop bezwaar</Text></Shape></Shapes></PageContents>",
            ),
            (
                "visio/pages/page2.xml",
                "<PageContents><Shapes><Shape><Text>Aan<pp IX='0'/>vraag</Text></Shape><Shape><Text>Toets</Text></Shape></Shapes></PageContents>",
            ),
        ])
    }

    #[test]
    fn pages_come_in_order_with_their_names() {
        let (format, out, outcome) = read_bytes("x.zip", &file());
        assert_eq!((format.as_str(), outcome), ("vsdx", Outcome::Whole));
        assert_eq!(
            out.pages,
            ["Tweede\nAanvraag\nToets\n", "Eerste\nBesluit\nop bezwaar\n"]
        );
        assert_eq!(out.values(key::TITLE), ["Processen"]);
    }

    proptest! {
        #[test]
        fn damage_never_panics(
            cut: prop::sample::Index,
            flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        ) {
            survives_damage(&file(), cut, &flips, |bytes| { read_bytes("a.vsdx", bytes); });
        }
    }
}
