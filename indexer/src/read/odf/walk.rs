//! The walk through one ODF part: which elements are text, and where it belongs. Opens nothing.

use std::collections::HashSet;
use std::io::Read;

use super::super::Stop;
use super::super::ooxml::author;
use super::super::sink::Sink;
use super::super::tokens::{Fault, Step, Tag, Token, Xml};
use super::Kind;
use super::hidden::{Scopes, Styles, is_hidden};

/// A repeated cell or row is written at most this often: sheets repeat a formatted row a million times.
const REPEATS: usize = 16;

/// Spaces that one `text:s` may stand for.
const SPACES: usize = 100;

/// A row of a sheet that is being read.
struct Row {
    text: String,
    times: usize,
    /// Where the text of the current cell begins, and how often the cell stands there.
    cell_from: usize,
    cell_times: usize,
    /// The value of the current cell, shown when it has no text.
    value: Option<String>,
}

impl Row {
    fn new(tag: &Tag<'_>) -> Self {
        Self {
            text: String::new(),
            times: repeats(tag, "table:number-rows-repeated"),
            cell_from: 0,
            cell_times: 1,
            value: None,
        }
    }

    fn begin_cell(&mut self, tag: &Tag<'_>) {
        self.cell_from = self.text.len();
        self.cell_times = repeats(tag, "table:number-columns-repeated");
        self.value = ["office:string-value", "office:date-value", "office:value"]
            .iter()
            .find_map(|name| tag.attr_exact(name));
    }

    fn put(&mut self, text: &str) {
        if self.text.len() == self.cell_from && self.cell_from > 0 {
            self.text.push('\t');
        }
        self.text.push_str(text);
    }

    /// A new paragraph within the cell.
    fn paragraph(&mut self) {
        if self.text.len() > self.cell_from {
            self.text.push('\n');
        }
    }

    fn end_cell(&mut self) {
        if let Some(value) = self.value.take()
            && self.text.len() == self.cell_from
        {
            self.put(&value);
        }
        let text = self.text.get(self.cell_from..).unwrap_or_default();
        let text = text.trim().to_owned();
        for _ in 1..self.cell_times {
            if !text.is_empty() {
                self.text.push('\t');
                self.text.push_str(&text);
            }
        }
    }
}

/// How often a cell or row stands there, within bounds.
fn repeats(tag: &Tag<'_>, name: &str) -> usize {
    let times = tag.attr_exact(name).and_then(|times| times.parse().ok());
    times.unwrap_or(1).clamp(1, REPEATS)
}

/// Where the walk through a part stands.
pub(super) struct Walk {
    kind: Kind,
    /// In `styles.xml`: only headers, footers and what a master page shows.
    styles: bool,
    masters: usize,
    paragraphs: usize,
    annotations: usize,
    /// The name of a comment's author that is being read.
    creator: Option<String>,
    /// Inside text that was deleted; what was deleted so far.
    deletions: usize,
    deleted: Vec<String>,
    tables: usize,
    row: Option<Row>,
    /// The style that is being read, and those that hide a sheet.
    style: String,
    hiding: HashSet<String>,
    /// What hides text.
    styles_of_text: Styles,
    scopes: Scopes,
}

impl Walk {
    /// Through a part of such a document; `styles`: the part is `styles.xml`.
    pub(super) fn new(kind: Kind, styles: bool) -> Self {
        Self {
            kind,
            styles,
            masters: 0,
            paragraphs: 0,
            annotations: 0,
            creator: None,
            deletions: 0,
            deleted: Vec::new(),
            tables: 0,
            row: None,
            style: String::new(),
            hiding: HashSet::new(),
            styles_of_text: Styles::default(),
            scopes: Scopes::default(),
        }
    }

    /// Through a part that uses these styles, too.
    pub(super) fn with(mut self, styles: &Styles) -> Self {
        self.styles_of_text = styles.clone();
        self
    }

    /// Writes the text of the part.
    pub(super) fn run<R: Read>(mut self, xml: Xml<R>, sink: &mut Sink<'_>) -> Result<(), Fault> {
        let result = xml.each(|token| {
            match token {
                Token::Start(tag) => return self.start(tag, sink),
                Token::End(name) => self.end(name, sink)?,
                Token::Text(text) => self.text(text, sink)?,
            }
            Ok(Step::Into)
        });
        if let Err(Fault::Stop(stop)) = result {
            return Err(stop.into());
        }
        // What a damaged part left half done is still text.
        self.end_row(sink)?;
        sink.end_part()?;
        for deleted in &self.deleted {
            sink.removed(deleted);
            sink.paragraph()?;
        }
        result
    }

    fn text(&mut self, text: &str, sink: &mut Sink<'_>) -> Result<(), Stop> {
        if let Some(creator) = &mut self.creator {
            creator.push_str(text);
            return Ok(());
        }
        if self.paragraphs == 0 || self.styles && self.masters == 0 {
            return Ok(());
        }
        match (&mut self.row, self.deleted.last_mut()) {
            (_, Some(deleted)) if self.deletions > 0 => deleted.push_str(text),
            (Some(row), _) if self.annotations == 0 => row.put(text),
            _ if self.scopes.hide() => sink.hidden(text),
            _ => return sink.text(text),
        }
        Ok(())
    }

    fn start(&mut self, tag: &Tag<'_>, sink: &mut Sink<'_>) -> Result<Step, Fault> {
        self.styles_of_text.tag(tag);
        self.start_scope(tag);
        match tag.name() {
            "text:p" | "text:h" => self.begin_paragraph(sink),
            "text:hidden-text" if is_hidden(tag) => {
                let text = tag.attr_exact("text:string-value").unwrap_or_default();
                self.scopes.begin(false, true);
                self.text(&text, sink)?;
                self.scopes.end();
                return Ok(Step::Skip);
            }
            "presentation:footer-decl" | "presentation:header-decl" => self.begin_paragraph(sink),
            "text:s" => {
                let count = tag
                    .attr_exact("text:c")
                    .and_then(|count| count.parse().ok());
                self.text(&" ".repeat(count.unwrap_or(1).min(SPACES)), sink)?;
            }
            "text:tab" => self.text("\t", sink)?,
            "text:line-break" => self.line_break(sink)?,
            "office:annotation" => {
                self.annotations += 1;
                sink.begin_beside();
            }
            "dc:creator" if self.annotations > 0 => self.creator = Some(String::new()),
            "text:deletion" | "table:tracked-changes" => {
                self.deletions += 1;
                self.deleted.push(String::new());
            }
            "draw:page" if self.kind == Kind::Slides => sink.begin_page()?,
            "style:style" => self.style = tag.attr_exact("style:name").unwrap_or_default(),
            "style:table-properties" if is_false(tag, "table:display") => {
                self.hiding.insert(self.style.clone());
            }
            name if name.starts_with("table:") => self.start_table(tag, sink)?,
            name if self.is_master(name) => {
                if is_false(tag, "style:display") {
                    return Ok(Step::Skip);
                }
                self.masters += 1;
            }
            _ => {}
        }
        Ok(match self.no_text(tag) {
            true => Step::Skip,
            false => Step::Into,
        })
    }

    /// Elements that may hide the text in them.
    fn start_scope(&mut self, tag: &Tag<'_>) {
        let styles = &self.styles_of_text;
        match tag.name() {
            "text:p" | "text:h" => self.scopes.begin(true, styles.hide("paragraph", tag)),
            "text:span" => self.scopes.begin(false, styles.hide("text", tag)),
            "text:section" => self.scopes.begin(false, is_hidden(tag)),
            "text:hidden-paragraph" if is_hidden(tag) => self.scopes.hide_paragraph(),
            _ => {}
        }
    }

    fn start_table(&mut self, tag: &Tag<'_>, sink: &mut Sink<'_>) -> Result<(), Stop> {
        match tag.name() {
            "table:table" => {
                self.tables += 1;
                if self.kind == Kind::Sheet && self.tables == 1 && !self.styles {
                    sink.begin_page()?;
                    sink.line(&tag.attr_exact("table:name").unwrap_or_default())?;
                    let style = tag.attr_exact("table:style-name").unwrap_or_default();
                    if self.hiding.contains(&style) {
                        sink.line("[verborgen blad]")?;
                    }
                }
            }
            "table:table-row" if self.kind == Kind::Sheet => {
                self.end_row(sink)?;
                self.row = Some(Row::new(tag));
            }
            "table:table-row" => sink.row(),
            "table:table-cell" | "table:covered-table-cell" => {
                if let Some(row) = &mut self.row {
                    row.begin_cell(tag);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str, sink: &mut Sink<'_>) -> Result<(), Stop> {
        match name {
            "text:p" | "text:h" => {
                self.end_paragraph(sink)?;
                self.scopes.end();
            }
            "text:span" | "text:section" => self.scopes.end(),
            "presentation:footer-decl" | "presentation:header-decl" => self.end_paragraph(sink)?,
            "dc:creator" => {
                if let Some(creator) = self.creator.take() {
                    author(Some(creator), sink)?;
                }
            }
            "office:annotation" => {
                self.annotations = self.annotations.saturating_sub(1);
                sink.end_beside();
            }
            "text:deletion" | "table:tracked-changes" => {
                self.deletions = self.deletions.saturating_sub(1);
            }
            "table:table" => self.tables = self.tables.saturating_sub(1),
            "table:table-row" if self.kind == Kind::Sheet => self.end_row(sink)?,
            "table:table-row" => sink.row(),
            "table:table-cell" | "table:covered-table-cell" => match &mut self.row {
                Some(row) => row.end_cell(),
                None => sink.cell(),
            },
            name if self.is_master(name) => self.masters = self.masters.saturating_sub(1),
            _ => {}
        }
        Ok(())
    }

    /// A paragraph within a paragraph is a note or a text box: it stands beside the text. A comment does already.
    fn begin_paragraph(&mut self, sink: &mut Sink<'_>) {
        if self.paragraphs > 0 && self.annotations == 0 {
            sink.begin_beside();
        }
        self.paragraphs += 1;
        match (&mut self.row, self.deleted.last_mut()) {
            (_, Some(deleted)) if self.deletions > 0 => deleted.push(' '),
            (Some(row), _) if self.annotations == 0 => row.paragraph(),
            _ => {}
        }
    }

    fn end_paragraph(&mut self, sink: &mut Sink<'_>) -> Result<(), Stop> {
        self.paragraphs = self.paragraphs.saturating_sub(1);
        if self.paragraphs > 0 && self.annotations == 0 {
            sink.end_beside();
            return Ok(());
        }
        match self.row {
            Some(_) if self.annotations == 0 => Ok(()),
            _ => sink.paragraph(),
        }
    }

    fn line_break(&mut self, sink: &mut Sink<'_>) -> Result<(), Stop> {
        match &mut self.row {
            Some(row) if self.annotations == 0 => row.paragraph(),
            _ if self.paragraphs > 0 => sink.paragraph()?,
            _ => {}
        }
        Ok(())
    }

    fn end_row(&mut self, sink: &mut Sink<'_>) -> Result<(), Stop> {
        let Some(row) = self.row.take() else {
            return Ok(());
        };
        if row.text.trim().is_empty() {
            return Ok(());
        }
        for _ in 0..row.times {
            sink.row();
            sink.text(&row.text)?;
        }
        sink.paragraph()
    }

    /// Elements of `styles.xml` whose text appears on pages.
    fn is_master(&self, name: &str) -> bool {
        self.styles
            && match self.kind {
                Kind::Slides => name == "style:master-page",
                _ => name.starts_with("style:header") || name.starts_with("style:footer"),
            }
    }

    /// Elements whose text nobody wrote, or nobody sees.
    fn no_text(&self, tag: &Tag<'_>) -> bool {
        match tag.name() {
            "office:binary-data" | "office:forms" | "office:scripts" | "text:note-citation"
            | "svg:title" | "svg:desc" | "text:page-number" | "text:sheet-name" => true,
            "dc:date" | "meta:date-string" | "meta:creator-initials" => self.annotations > 0,
            "presentation:notes" => self.styles,
            "draw:frame" => self.styles && tag.attr_exact("presentation:class").is_some(),
            _ => false,
        }
    }
}

fn is_false(tag: &Tag<'_>, name: &str) -> bool {
    tag.attr_exact(name).is_some_and(|value| value == "false")
}
