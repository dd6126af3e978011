//! The binary Office formats of before 2007: Word, Excel and PowerPoint in OLE files. Owns how their content
//! becomes text in the shape that the readers of the newer formats give; leaves the records themselves to a
//! library, except what it does not hand over: that comes from readers of our own, and goes where it belongs.

mod body;
mod drawing;
mod hidden;
mod objects;
mod percent;
mod records;
mod slides;
mod strings;
mod word;
mod workbook;

use std::collections::HashSet;
use std::io::Read;

use undoc::{Block, Document, Metadata, Paragraph, Row};

use self::body::Body;
use self::objects::{Kind, objects};
use self::slides::{Show, Slide, every_text};
use self::word::{Story, Word};
use self::workbook::Sheet;
use super::container::OLE;
use super::ooxml::author;
use super::sink::Sink;
use super::tokens::Fault;
use super::{Input, Limits, Outcome, Output, Reason, Stop, key};

/// The library needs the whole file in memory.
const MOST_BYTES: u64 = 256 << 20;

/// Reads one `doc` document: text with tables and deletions, then notes, comments, text boxes, headers and
/// footers.
pub fn read_doc(input: &mut Input, limits: &Limits, output: &mut dyn Output) -> Outcome {
    let text = doc_text(input, output);
    objects(Kind::Word, text, input, limits, output)
}

fn doc_text(input: &mut Input, output: &mut dyn Output) -> Outcome {
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

/// Reads one `xls` workbook: every sheet a page, also the hidden ones, with its comments, shapes, headers and footers.
pub fn read_xls(input: &mut Input, limits: &Limits, output: &mut dyn Output) -> Outcome {
    let text = xls_text(input, output);
    objects(Kind::Workbook, text, input, limits, output)
}

fn xls_text(input: &mut Input, output: &mut dyn Output) -> Outcome {
    let bytes = match load(input) {
        Ok(bytes) => bytes,
        Err(reason) => return Outcome::Unreadable(reason),
    };
    let around = workbook::sheets(&bytes);
    let mut sink = Sink::new(output);
    let parsed = undoc::xls::XlsParser::from_bytes(bytes.clone());
    let result = match parsed.and_then(|mut parser| parser.parse()) {
        Ok(workbook) => properties(&workbook.metadata, &mut sink)
            .and_then(|()| sheets(workbook, around, &mut sink)),
        Err(error) => bare_sheets(&bytes, around, reason(&error), &mut sink),
    };
    finish(
        sink,
        result,
        "er staan geen bladen met cellen in deze werkmap",
    )
}

/// Reads one `ppt` presentation: every slide a page, with its notes, comments, headers and footers.
pub fn read_ppt(input: &mut Input, limits: &Limits, output: &mut dyn Output) -> Outcome {
    let text = ppt_text(input, output);
    objects(Kind::Slides, text, input, limits, output)
}

fn ppt_text(input: &mut Input, output: &mut dyn Output) -> Outcome {
    let bytes = match load(input) {
        Ok(bytes) => bytes,
        Err(reason) => return Outcome::Unreadable(reason),
    };
    let show = Show::read(&bytes);
    let mut sink = Sink::new(output);
    let parsed = undoc::ppt::PptParser::from_bytes(bytes.clone());
    let result = match parsed.and_then(|mut parser| parser.parse()) {
        Ok(presentation) => properties(&presentation.metadata, &mut sink)
            .and_then(|()| slides(&presentation, &show, &mut sink)),
        Err(error) => bare_slides(&bytes, reason(&error), &mut sink),
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
    let mut body = Body::new(document, word);
    for section in &document.sections {
        body.blocks(section, sink)?;
    }
    body.rest(sink)?;
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
                Body::default().paragraph(line, sink)?;
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
    for words in word.word_art() {
        lines(&words, sink)?;
    }
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

/// The texts of a presentation that the library gives up on.
fn bare_slides(bytes: &[u8], reason: Reason, sink: &mut Sink<'_>) -> Result<(), Stop> {
    if reason != Reason::Encrypted {
        for text in every_text(bytes) {
            lines(&text, sink)?;
        }
    }
    sink.past(Err(Fault::Bad(reason)))
}

/// What belongs to no slide comes at the end.
fn slides(presentation: &Document, show: &Show, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let mut seen = HashSet::new();
    let matching = show.slides.len() == presentation.sections.len();
    for (number, section) in presentation.sections.iter().enumerate() {
        sink.begin_page()?;
        let slide = show.slides.get(number).filter(|_| matching);
        if slide.is_some_and(|slide| slide.hidden) {
            sink.line("[verborgen dia]")?;
        }
        Body::default().blocks(section, sink)?;
        let notes: Vec<String> = section
            .notes
            .iter()
            .flatten()
            .map(Paragraph::plain_text)
            .collect();
        for note in section.notes.iter().flatten() {
            Body::default().paragraph(note, sink)?;
            sink.paragraph()?;
        }
        if let Some(slide) = slide {
            around_slide(slide, &notes, &mut seen, sink)?;
        }
        sink.end_part()?;
    }
    for slide in show.slides.iter().filter(|_| !matching) {
        around_slide(slide, &[], &mut seen, sink)?;
    }
    for line in show.loose.iter().flat_map(|text| text.lines()) {
        if seen.insert(line.trim().to_owned()) {
            sink.line(line.trim())?;
        }
    }
    Ok(())
}

/// The notes of a slide that were not `given`, its comments, its headers and footers.
fn around_slide(
    slide: &Slide,
    given: &[String],
    seen: &mut HashSet<String>,
    sink: &mut Sink<'_>,
) -> Result<(), Stop> {
    for line in slide
        .notes
        .iter()
        .flat_map(|note| note.lines())
        .map(str::trim)
    {
        if !given.iter().any(|given| given.contains(line)) {
            sink.line(line)?;
        }
    }
    for words in &slide.word_art {
        lines(words, sink)?;
    }
    for (name, comment) in &slide.comments {
        sink.paragraph()?;
        author(name.clone(), sink)?;
        lines(comment, sink)?;
    }
    for line in slide
        .margins
        .iter()
        .flat_map(|text| text.lines())
        .map(str::trim)
    {
        seen.insert(line.to_owned());
        sink.line(line)?;
    }
    Ok(())
}

/// The texts of a workbook that the library gives up on.
fn bare_sheets(
    bytes: &[u8],
    around: Vec<Sheet>,
    reason: Reason,
    sink: &mut Sink<'_>,
) -> Result<(), Stop> {
    if reason != Reason::Encrypted {
        for text in strings::every_text(bytes) {
            lines(&text, sink)?;
        }
        for sheet in around {
            sink.line(&sheet.name)?;
            around_sheet(&sheet, sink)?;
        }
    }
    sink.past(Err(Fault::Bad(reason)))
}

/// The library gives the sheets with cells, `around` has all of them.
fn sheets(workbook: Document, around: Vec<Sheet>, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let (with_cells, others): (Vec<Sheet>, Vec<Sheet>) =
        around.into_iter().partition(|sheet| sheet.has_cells);
    let mut with_cells = with_cells.into_iter();
    for section in workbook.sections {
        let sheet = with_cells.next().unwrap_or_default();
        begin_sheet(section.name.as_deref().unwrap_or_default(), &sheet, sink)?;
        for block in section.content {
            if let Block::Table(mut table) = block {
                sheet.cells.write(&mut table);
                for row in &table.rows {
                    sheet_row(row, &sheet, sink)?;
                }
            }
        }
        around_sheet(&sheet, sink)?;
    }
    for sheet in with_cells.chain(others) {
        begin_sheet(&sheet.name, &sheet, sink)?;
        around_sheet(&sheet, sink)?;
    }
    Ok(())
}

fn begin_sheet(name: &str, sheet: &Sheet, sink: &mut Sink<'_>) -> Result<(), Stop> {
    sink.begin_page()?;
    sink.line(name)?;
    match sheet.hidden {
        true => sink.line("[verborgen blad]"),
        false => Ok(()),
    }
}

fn around_sheet(sheet: &Sheet, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let texts = sheet.shapes.iter().chain(&sheet.charts);
    for text in texts.chain(&sheet.margins) {
        lines(text, sink)?;
    }
    sink.end_part()
}

/// The cells of a row, and the comments on them on lines of their own.
fn sheet_row(row: &Row, sheet: &Sheet, sink: &mut Sink<'_>) -> Result<(), Stop> {
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
        author(sheet.author(comment), sink)?;
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

#[cfg(test)]
mod tests;
