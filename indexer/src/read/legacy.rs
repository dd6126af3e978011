//! The binary Office formats of before 2007: Word, Excel and PowerPoint in OLE files. Owns how their content
//! becomes text in the shape that the readers of the newer formats give; leaves the records themselves to a
//! library, except the texts of Word that it does not hand over.

mod records;
mod word;

use std::io::Read;

use undoc::{Block, Document, Metadata, Paragraph, Row, Section, model::RevisionType};

use self::records::{hidden_sheets, slide_notes};
use self::word::{Story, Word};
use super::container::OLE;
use super::ooxml::author;
use super::sink::Sink;
use super::tokens::Fault;
use super::{Input, Limits, Outcome, Output, Reason, Stop, key};

/// The library needs the whole file in memory.
const MOST_BYTES: u64 = 256 << 20;

/// Reads one `doc` document: text with tables and deletions, then notes, comments, text boxes, headers and
/// footers.
pub fn read_doc(input: &mut Input, _limits: &Limits, output: &mut dyn Output) -> Outcome {
    let bytes = match load(input) {
        Ok(bytes) => bytes,
        Err(reason) => return Outcome::Unreadable(reason),
    };
    if !bytes.starts_with(OLE) {
        return Outcome::Unreadable(Reason::Other(
            "dit Word-bestand is van vóór Word 6 (1993), en voor zulke bestanden is er geen lezer"
                .into(),
        ));
    }
    let word = Word::open(&bytes);
    let mut sink = Sink::new(output);
    let result = match (parsed_doc(bytes, word.as_ref()), &word) {
        (Ok(document), word) => document_text(&document, word.as_ref(), &mut sink),
        (Err(reason), Some(word)) if reason != Reason::Encrypted && !word.is_old => {
            bare_text(word, reason, &mut sink)
        }
        (Err(reason), _) => sink.past(Err(Fault::Bad(reason))),
    };
    finish(sink, result, "er staat geen tekst in dit document")
}

/// Reads one `xls` workbook: every sheet a page, also the hidden ones.
pub fn read_xls(input: &mut Input, _limits: &Limits, output: &mut dyn Output) -> Outcome {
    let (hidden, parsed) = match load(input) {
        Ok(bytes) => (
            hidden_sheets(&bytes),
            undoc::xls::XlsParser::from_bytes(bytes).and_then(|mut parser| parser.parse()),
        ),
        Err(reason) => return Outcome::Unreadable(reason),
    };
    let mut sink = Sink::new(output);
    let result = match parsed {
        Ok(workbook) => properties(&workbook.metadata, &mut sink)
            .and_then(|()| sheets(&workbook, &hidden, &mut sink)),
        Err(error) => sink.past(Err(Fault::Bad(reason(&error)))),
    };
    finish(
        sink,
        result,
        "er staan geen bladen met cellen in deze werkmap",
    )
}

/// Reads one `ppt` presentation: every slide a page, its notes after it.
pub fn read_ppt(input: &mut Input, _limits: &Limits, output: &mut dyn Output) -> Outcome {
    let (notes, parsed) = match load(input) {
        Ok(bytes) => (
            slide_notes(&bytes),
            undoc::ppt::PptParser::from_bytes(bytes).and_then(|mut parser| parser.parse()),
        ),
        Err(reason) => return Outcome::Unreadable(reason),
    };
    let mut sink = Sink::new(output);
    let result = match parsed {
        Ok(presentation) => properties(&presentation.metadata, &mut sink)
            .and_then(|()| slides(&presentation, &notes, &mut sink)),
        Err(error) => sink.past(Err(Fault::Bad(reason(&error)))),
    };
    finish(sink, result, "er staat geen tekst in deze presentatie")
}

/// The library trusts the lengths in a document, also those that no memory can hold.
fn parsed_doc(bytes: Vec<u8>, word: Option<&Word>) -> Result<Document, Reason> {
    if word.is_some_and(|word| word.impossible) {
        return Err(damaged());
    }
    undoc::doc::DocParser::from_bytes(bytes)
        .and_then(|mut parser| parser.parse())
        .map_err(|error| reason(&error))
}

fn load(input: &mut Input) -> Result<Vec<u8>, Reason> {
    let too_big = || {
        let most = MOST_BYTES >> 20;
        Reason::Limit(format!(
            "oude Office-bestanden tot {most} MB worden gelezen"
        ))
    };
    if input.size > MOST_BYTES {
        return Err(too_big());
    }
    let mut bytes = Vec::new();
    (&mut input.file)
        .take(MOST_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|_| Reason::Broken("het bestand kan niet worden gelezen".into()))?;
    match bytes.len() as u64 > MOST_BYTES {
        true => Err(too_big()),
        false => Ok(bytes),
    }
}

fn damaged() -> Reason {
    Reason::Broken("de opbouw van het bestand klopt niet".into())
}

fn reason(error: &undoc::Error) -> Reason {
    match error {
        undoc::Error::Encrypted => Reason::Encrypted,
        undoc::Error::UnsupportedFormat(_) => {
            Reason::Other("voor deze versie van het bestandsformaat is er geen lezer".into())
        }
        _ => damaged(),
    }
}

/// A sound file without any text says so instead of passing for read.
fn finish(mut sink: Sink<'_>, result: Result<(), Stop>, empty: &str) -> Outcome {
    let result = result.and_then(|()| match sink.is_empty() {
        true => sink.past(Err(Fault::Bad(Reason::Other(empty.into())))),
        false => Ok(()),
    });
    sink.finish(result)
}

fn properties(metadata: &Metadata, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let values = [
        (key::TITLE, &metadata.title),
        (key::AUTHOR, &metadata.author),
        (key::CREATED, &metadata.created),
        (key::MODIFIED, &metadata.modified),
        (key::DESCRIPTION, &metadata.subject),
        (key::DESCRIPTION, &metadata.description),
    ];
    for (key, value) in values {
        sink.property(key, value.as_deref().unwrap_or_default())?;
    }
    sink.property(key::KEYWORDS, &metadata.keywords.join(", "))
}

fn document_text(
    document: &Document,
    word: Option<&Word>,
    sink: &mut Sink<'_>,
) -> Result<(), Stop> {
    properties(&document.metadata, sink)?;
    for section in &document.sections {
        blocks(section, sink)?;
    }
    match word {
        Some(word) if word.is_old && word.has_more() => {
            sink.past(Err(Fault::Bad(Reason::Other(
                "in een bestand van Word 6 of 95 worden noten, opmerkingen, kop- en voetteksten niet gelezen"
                    .into(),
            ))))
        }
        Some(word) if !word.is_old => beside_text(word, sink),
        _ => {
            let margins = document.sections.iter().flat_map(|s| [&s.header, &s.footer]);
            for line in margins.flatten().flatten() {
                paragraph(line, sink)?;
                sink.paragraph()?;
            }
            Ok(())
        }
    }
}

/// The text without tables and deletions, for a document that the library gives up on.
fn bare_text(word: &Word, reason: Reason, sink: &mut Sink<'_>) -> Result<(), Stop> {
    for story in [Story::Body, Story::Footnotes, Story::Endnotes] {
        lines(&word.story(story), sink)?;
    }
    beside_text(word, sink)?;
    sink.past(Err(Fault::Bad(reason)))
}

/// What stands beside the body: comments, text boxes, headers and footers.
fn beside_text(word: &Word, sink: &mut Sink<'_>) -> Result<(), Stop> {
    for comment in word.comments() {
        author(None, sink)?;
        lines(&comment, sink)?;
    }
    lines(&word.story(Story::Boxes), sink)?;
    lines(&word.story(Story::HeaderBoxes), sink)?;
    // Every section repeats its headers.
    let headers = word.story(Story::Headers);
    let mut seen: Vec<&str> = Vec::new();
    for line in headers.lines().map(str::trim) {
        if !line.is_empty() && !seen.contains(&line) {
            seen.push(line);
            sink.line(line)?;
        }
    }
    Ok(())
}

fn lines(text: &str, sink: &mut Sink<'_>) -> Result<(), Stop> {
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        sink.text(line)?;
        sink.paragraph()?;
    }
    Ok(())
}

/// The notes that the library misses come at the end: they do not say which slide they belong to.
fn slides(presentation: &Document, notes: &[String], sink: &mut Sink<'_>) -> Result<(), Stop> {
    let mut given = Vec::new();
    for section in &presentation.sections {
        sink.begin_page()?;
        blocks(section, sink)?;
        for note in section.notes.iter().flatten() {
            given.push(note.plain_text());
            paragraph(note, sink)?;
            sink.paragraph()?;
        }
        sink.end_part()?;
    }
    for line in notes.iter().flat_map(|note| note.lines()).map(str::trim) {
        // A single sign stands for the number of the page.
        if line.chars().nth(1).is_some() && !given.iter().any(|given| given.contains(line)) {
            given.push(line.to_owned());
            sink.line(line)?;
        }
    }
    Ok(())
}

fn sheets(workbook: &Document, hidden: &[bool], sink: &mut Sink<'_>) -> Result<(), Stop> {
    for (number, section) in workbook.sections.iter().enumerate() {
        sink.begin_page()?;
        sink.line(section.name.as_deref().unwrap_or_default())?;
        if hidden.get(number).copied().unwrap_or(false) {
            sink.line("[verborgen blad]")?;
        }
        for block in &section.content {
            if let Block::Table(table) = block {
                for row in &table.rows {
                    sheet_row(row, sink)?;
                }
            }
        }
        sink.end_part()?;
    }
    Ok(())
}

/// The cells of a row, and the comments on them on lines of their own.
fn sheet_row(row: &Row, sink: &mut Sink<'_>) -> Result<(), Stop> {
    sink.row();
    let mut comments = Vec::new();
    for run in row
        .cells
        .iter()
        .map(|cell| cell.content.iter().flat_map(|p| &p.runs))
    {
        for run in run {
            match run.text.strip_prefix(" [Comment: ") {
                Some(comment) if run.style.italic => {
                    comments.push(comment.strip_suffix(']').unwrap_or(comment));
                }
                _ => sink.text(&shown(&run.text))?,
            }
        }
        sink.cell();
    }
    sink.row();
    for comment in comments {
        author(None, sink)?;
        lines(comment, sink)?;
    }
    Ok(())
}

/// A value in the way the reader of newer workbooks shows it.
fn shown(value: &str) -> String {
    let day = |text: &str| -> Option<String> {
        let date: jiff::civil::Date = text.parse().ok()?;
        (text.len() == 10).then(|| date.strftime("%d-%m-%Y").to_string())
    };
    match value {
        "TRUE" => "WAAR".into(),
        "FALSE" => "ONWAAR".into(),
        _ => {
            if let Some(error) = value.strip_prefix("#ERROR:") {
                return error.into();
            }
            let shown = match value.split_once('T') {
                Some((date, time)) if time.len() == 8 => {
                    let time = time.strip_suffix(":00").unwrap_or(time);
                    day(date).map(|day| format!("{day} {time}"))
                }
                _ => day(value),
            };
            shown.unwrap_or_else(|| value.to_owned())
        }
    }
}

fn blocks(section: &Section, sink: &mut Sink<'_>) -> Result<(), Stop> {
    for block in &section.content {
        match block {
            Block::Paragraph(text) => paragraph(text, sink)?,
            Block::Table(table) => {
                for row in &table.rows {
                    sink.row();
                    for cell in &row.cells {
                        for text in &cell.content {
                            paragraph(text, sink)?;
                            sink.paragraph()?;
                        }
                        sink.cell();
                    }
                    sink.row();
                }
            }
            Block::Note { content, .. } => {
                for text in content {
                    paragraph(text, sink)?;
                    sink.paragraph()?;
                }
            }
            Block::Image { alt_text, .. } => sink.text(alt_text.as_deref().unwrap_or_default())?,
            Block::PageBreak | Block::SectionBreak => {}
        }
        sink.paragraph()?;
    }
    Ok(())
}

fn paragraph(paragraph: &Paragraph, sink: &mut Sink<'_>) -> Result<(), Stop> {
    for run in &paragraph.runs {
        match run.revision {
            RevisionType::Deleted => sink.removed(&run.text),
            _ => sink.text(&run.text)?,
        }
        if run.line_break || run.page_break {
            sink.paragraph()?;
        }
    }
    for image in &paragraph.images {
        if let Some(description) = &image.alt_text {
            sink.paragraph()?;
            sink.text(description)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
