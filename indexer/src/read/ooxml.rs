//! Word and PowerPoint documents (OOXML): the text of any part in WordprocessingML or DrawingML. Which parts, in
//! which order, is up to [`docx`] and [`pptx`]. Never reads legacy or encrypted documents.

mod docx;
mod objects;
mod pptx;
mod styles;

use std::collections::{HashMap, HashSet};
use std::io::Read;

pub use docx::read_docx;
pub(super) use objects::objects;
pub use pptx::read_pptx;

use super::Stop;
use super::package::Package;
use super::sink::Sink;
use super::tokens::{Fault, Step, Tag, Token, Xml, local};
use styles::is_on;

/// Parts that hold text of their own beside the part that points to them.
pub(super) const DRAWN: [&str; 3] = ["chart", "chartEx", "diagramData"];

/// What the parts of a document share.
#[derive(Default)]
struct Shared {
    /// The people who comment, by number.
    authors: HashMap<String, String>,
    /// The styles that hide text.
    hiding: HashSet<String>,
}

/// Writes the text of a part in WordprocessingML or DrawingML.
fn flow<R: Read>(xml: Xml<R>, shared: &Shared, sink: &mut Sink<'_>) -> Result<(), Fault> {
    let mut walk = Walk::new(shared);
    let result = xml.each(|token| walk.token(token, sink));
    sink.end_part()?;
    result
}

/// Writes the text of one part, and notes it when that fails.
pub(super) fn part(package: &mut Package<'_>, name: &str, sink: &mut Sink<'_>) -> Result<(), Stop> {
    styled(package, name, &Shared::default(), sink)
}

/// The same for a part that uses what the document shares.
fn styled(
    package: &mut Package<'_>,
    name: &str,
    shared: &Shared,
    sink: &mut Sink<'_>,
) -> Result<(), Stop> {
    let result = package.xml(name).and_then(|xml| flow(xml, shared, sink));
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
struct Walk<'s> {
    shared: &'s Shared,
    holds: Holds,
    /// The program does not show the current run.
    vanished: bool,
    /// For each paragraph around the current place: whether its style hides it.
    paragraphs: Vec<bool>,
    /// Inside the properties of a paragraph.
    described: bool,
    /// Deletions and moves-away around the current place.
    deletions: usize,
    /// For each `AlternateContent` around the current place: whether a branch was taken.
    branches: Vec<bool>,
    /// Inside the cached labels of a chart.
    labels: bool,
}

impl<'s> Walk<'s> {
    fn new(shared: &'s Shared) -> Self {
        Self {
            shared,
            holds: Holds::Nothing,
            vanished: false,
            paragraphs: Vec::new(),
            described: false,
            deletions: 0,
            branches: Vec::new(),
            labels: false,
        }
    }

    /// Whether the style that a tag names hides text.
    fn hides(&self, tag: &Tag<'_>) -> bool {
        let style = tag.attr("val").unwrap_or_default();
        self.shared.hiding.contains(&style)
    }

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
        if self.described {
            // Only the style matters: all else is formatting.
            if tag.local() == "pStyle" && self.hides(tag) {
                self.paragraphs.pop();
                self.paragraphs.push(true);
            }
            return Ok(Step::Skip);
        }
        match tag.local() {
            "p" => self.paragraphs.push(false),
            "pPr" => self.described = true,
            // A diagram's own `t` holds paragraphs, not text.
            "t" if tag.name() != "dgm:t" => self.holds = Holds::Text,
            // The text of a slide comment.
            "text" => self.holds = Holds::Text,
            "v" if self.labels => self.holds = Holds::Text,
            "delText" => self.holds = Holds::Deleted,
            "r" => self.vanished = self.paragraphs.last() == Some(&true),
            "rStyle" => self.vanished |= self.hides(tag),
            "vanish" => self.vanished = is_on(tag),
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
        let by_number = self.shared.authors.get(&number).cloned();
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
        if name == "p" {
            self.paragraphs.pop();
        }
        match name {
            "pPr" => self.described = false,
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
        "rPrChange" | "sectPr" | "tblPr" | "tblGrid" | "trPr" | "tcPr" | "sdtPr" | "sdtEndPr"
        | "bodyPr" | "lstStyle" | "endParaRPr" | "tblPrEx" | "numCache" => true,
        "fld" => tag.attr("type").is_some_and(|kind| kind == "slidenum"),
        _ => false,
    }
}
