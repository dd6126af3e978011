//! Word and PowerPoint documents (OOXML): the text of any part in WordprocessingML or DrawingML. Which parts, in
//! which order, is up to [`docx`] and [`pptx`]. Never reads legacy or encrypted documents.

mod docx;
mod objects;
mod pptx;

use std::collections::HashMap;
use std::io::Read;

pub use docx::read_docx;
pub(super) use objects::objects;
pub use pptx::read_pptx;

use super::Stop;
use super::package::Package;
use super::sink::Sink;
use super::tokens::{Fault, Step, Tag, Token, Xml, local};

/// Parts that hold text of their own beside the part that points to them.
pub(super) const DRAWN: [&str; 3] = ["chart", "chartEx", "diagramData"];

/// Writes the text of a part in WordprocessingML or DrawingML; `authors` are the people who comment, by number.
fn flow<R: Read>(
    xml: Xml<R>,
    authors: &HashMap<String, String>,
    sink: &mut Sink<'_>,
) -> Result<(), Fault> {
    let mut walk = Walk {
        authors: authors.clone(),
        ..Walk::default()
    };
    let result = xml.each(|token| walk.token(token, sink));
    sink.end_part()?;
    result
}

/// Writes the text of one part, and notes it when that fails.
pub(super) fn part(package: &mut Package<'_>, name: &str, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let nobody = HashMap::new();
    let result = package.xml(name).and_then(|xml| flow(xml, &nobody, sink));
    sink.past(result)
}

/// Writes the charts and diagrams that a part points to.
pub(super) fn drawn(package: &mut Package<'_>, of: &str, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let relations = match package.relations(of) {
        Ok(relations) => relations,
        Err(fault) => return sink.past(Err(fault)),
    };
    for relation in relations {
        if DRAWN.contains(&relation.kind.as_str()) {
            part(package, &relation.target, sink)?;
        }
    }
    Ok(())
}

/// Which text the innermost element holds.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Holds {
    #[default]
    Nothing,
    Text,
    Deleted,
}

/// Where the walk stands.
#[derive(Default)]
struct Walk {
    authors: HashMap<String, String>,
    holds: Holds,
    /// The program does not show the current run.
    vanished: bool,
    /// Deletions and moves-away around the current place.
    deletions: usize,
    /// For each `AlternateContent` around the current place: whether a branch was taken.
    branches: Vec<bool>,
    /// Inside the cached labels of a chart.
    labels: bool,
}

impl Walk {
    fn token(&mut self, token: Token<'_>, sink: &mut Sink<'_>) -> Result<Step, Fault> {
        match token {
            Token::Start(tag) => self.start(tag, sink),
            Token::End(name) => {
                self.end(local(name), sink)?;
                Ok(Step::Into)
            }
            Token::Text(text) => {
                match self.holds {
                    Holds::Nothing => {}
                    Holds::Text if self.deletions == 0 && self.vanished => sink.hidden(text),
                    Holds::Text if self.deletions == 0 => sink.text(text)?,
                    Holds::Text | Holds::Deleted => sink.removed(text),
                }
                Ok(Step::Into)
            }
        }
    }

    fn start(&mut self, tag: &Tag<'_>, sink: &mut Sink<'_>) -> Result<Step, Fault> {
        self.holds = Holds::Nothing;
        match tag.local() {
            // A diagram's own `t` holds paragraphs, not text.
            "t" if tag.name() != "dgm:t" => self.holds = Holds::Text,
            // The text of a slide comment.
            "text" => self.holds = Holds::Text,
            "v" if self.labels => self.holds = Holds::Text,
            "delText" => self.holds = Holds::Deleted,
            "r" => self.vanished = false,
            "vanish" => {
                let value = tag.attr("val");
                self.vanished = !matches!(value.as_deref(), Some("0" | "false" | "off"));
            }
            "del" | "moveFrom" => self.deletions += 1,
            "tab" | "ptab" => sink.text("\t")?,
            "br" | "cr" => sink.paragraph()?,
            "noBreakHyphen" => sink.text("-")?,
            "tr" => sink.row(),
            "txbxContent" => sink.begin_beside(),
            "strCache" | "strDim" => self.labels = true,
            // Word art, such as the mark CONCEPT behind a page.
            "textpath" => sink.line(&tag.attr("string").unwrap_or_default())?,
            "footnote" | "endnote" => sink.paragraph()?,
            "comment" | "cm" | "reply" => self.comment(tag, sink)?,
            "sld" if tag.attr_exact("show").is_some_and(|show| show == "0") => {
                sink.line("[verborgen dia]")?;
            }
            "AlternateContent" => self.branches.push(false),
            "Choice" | "Fallback" => return Ok(self.branch()),
            _ => {}
        }
        Ok(match no_text(tag) {
            true => Step::Skip,
            false => Step::Into,
        })
    }

    /// A comment begins with who wrote it: by name in Word, by number in PowerPoint.
    fn comment(&mut self, tag: &Tag<'_>, sink: &mut Sink<'_>) -> Result<(), Stop> {
        sink.paragraph()?;
        let number = tag.attr_exact("authorId").unwrap_or_default();
        let by_number = self.authors.get(&number).cloned();
        author(tag.attr("author").or(by_number), sink)
    }

    /// The same content is there several times, for older programs: one is enough.
    fn branch(&mut self) -> Step {
        match self.branches.last_mut() {
            Some(true) => Step::Skip,
            Some(taken) => {
                *taken = true;
                Step::Into
            }
            None => Step::Into,
        }
    }

    fn end(&mut self, name: &str, sink: &mut Sink<'_>) -> Result<(), Stop> {
        self.holds = Holds::Nothing;
        match name {
            "r" => self.vanished = false,
            "p" | "pt" | "comment" | "footnote" | "endnote" | "cm" | "reply" => sink.paragraph()?,
            "tc" => sink.cell(),
            "tr" => sink.row(),
            "txbxContent" => sink.end_beside(),
            "strCache" | "strDim" => self.labels = false,
            "del" | "moveFrom" => self.deletions = self.deletions.saturating_sub(1),
            "AlternateContent" => {
                self.branches.pop();
            }
            _ => {}
        }
        Ok(())
    }
}

/// Who wrote a comment.
pub(super) fn author(name: Option<String>, sink: &mut Sink<'_>) -> Result<(), Stop> {
    match name.as_deref().map(str::trim) {
        Some(name) if !name.is_empty() => sink.text(&format!("[opmerking van {name}] ")),
        _ => sink.text("[opmerking] "),
    }
}

/// Formatting, and numbers that a program fills in: nothing that anybody wrote.
fn no_text(tag: &Tag<'_>) -> bool {
    match tag.local() {
        // Of the properties of a run only matters whether it is shown, and not whether it was.
        "pPr" | "rPrChange" | "sectPr" | "tblPr" | "tblGrid" | "trPr" | "tcPr" | "sdtPr"
        | "sdtEndPr" | "bodyPr" | "lstStyle" | "endParaRPr" | "tblPrEx" | "numCache" => true,
        "fld" => tag.attr("type").is_some_and(|kind| kind == "slidenum"),
        _ => false,
    }
}
