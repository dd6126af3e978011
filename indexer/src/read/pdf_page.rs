//! The text of one PDF page. Most pages go the short way: the engine's spans in reading order, put into lines
//! here. Its own assembly interprets every page three times (once for running heads, once for the place of
//! each character), which costs 1.4 to 1.9 times as much (130 real files) and finds no other words; it gets the
//! pages that need more
//! than lines: forms, comments, vertical and right-to-left writing. Never reads properties or files.

use pdf_oxide::converters::ConversionOptions;
use pdf_oxide::layout::TextSpan;
use pdf_oxide::object::Object;
use pdf_oxide::pipeline::reading_order::{ReadingOrderContext, ReadingOrderStrategy};
use pdf_oxide::{PdfDocument, ReadingOrder, XYCutStrategy};

/// The text of a page, lines ending in `\n`.
pub(super) fn text(document: &PdfDocument, page: usize) -> pdf_oxide::Result<String> {
    if !has_notes(document, page)
        && document
            .get_page_rotation(page)
            .is_ok_and(|turn| turn % 360 == 0)
    {
        let mut spans =
            document.extract_spans_with_reading_order(page, ReadingOrder::TopToBottom)?;
        if is_plain(&spans) {
            if has_columns(&spans) {
                let order = XYCutStrategy::new().apply(spans, &ReadingOrderContext::new())?;
                spans = order.into_iter().map(|ordered| ordered.span).collect();
            }
            return Ok(lines(&spans));
        }
    }
    let options = ConversionOptions {
        extract_tables: false,
        ..ConversionOptions::default()
    };
    document.extract_text_with_options(page, &options)
}

/// Whether the page has form fields, comments or stamps; links say nothing.
fn has_notes(document: &PdfDocument, page: usize) -> bool {
    let resolved = |object: &Object| document.resolve_object(object).ok();
    let notes = document
        .get_page(page)
        .ok()
        .and_then(|page| resolved(page.as_dict()?.get("Annots")?));
    let is_link = |note: &Object| {
        let kind = resolved(note).and_then(|note| resolved(note.as_dict()?.get("Subtype")?));
        kind.is_some_and(|kind| kind.as_name() == Some("Link"))
    };
    notes
        .as_ref()
        .and_then(Object::as_array)
        .is_some_and(|notes| !notes.iter().all(is_link))
}

/// Horizontal writing from left to right, apart from a margin note or an axis here and there.
fn is_plain(spans: &[TextSpan]) -> bool {
    // From U+0590 on come the scripts from right to left, and the ones that are also written in columns.
    let other = |span: &&TextSpan| {
        span.rotation_degrees != 0.0 || span.wmode == 1 || span.text.chars().any(is_other_script)
    };
    spans.iter().filter(other).count() * 2 <= spans.len()
        && !spans
            .iter()
            .any(|span| span.text.chars().any(is_other_script))
}

fn is_other_script(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{2e80}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}' | '\u{fb1d}'..='\u{fdff}'
        | '\u{fe70}'..='\u{feff}' | '\u{20000}'..)
}

/// Running text in two or more columns: a vertical strip that hardly any line crosses, with lines of prose on
/// both sides. The short cells of a table are no prose, and its rows must stay rows.
fn has_columns(spans: &[TextSpan]) -> bool {
    const PROSE: usize = 25;
    const ENOUGH: usize = 6;
    let prose = || {
        spans
            .iter()
            .filter(|span| span.rotation_degrees == 0.0 && span.text.chars().nth(PROSE).is_some())
    };
    let left = prose()
        .map(|span| span.bbox.x)
        .fold(f32::INFINITY, f32::min);
    let right = prose()
        .map(|span| span.bbox.x + span.bbox.width)
        .fold(f32::NEG_INFINITY, f32::max);
    (4..=16).any(|part| {
        let strip = left + (right - left) * part as f32 / 20.0;
        let before = prose()
            .filter(|span| span.bbox.x + span.bbox.width <= strip)
            .count();
        let after = prose().filter(|span| span.bbox.x >= strip).count();
        let across = prose().count() - before - after;
        before >= ENOUGH && after >= ENOUGH && across * 4 <= before + after
    })
}

fn lines(spans: &[TextSpan]) -> String {
    let mut text = String::new();
    let mut before: Option<&TextSpan> = None;
    for span in spans
        .iter()
        .filter(|span| span.rotation_degrees == 0.0 && !span.text.is_empty())
    {
        if let Some(before) = before {
            match gap(before, span) {
                Gap::Line => {
                    text.truncate(text.trim_end_matches(' ').len());
                    text.push('\n');
                }
                Gap::Space if !text.ends_with(' ') && !span.text.starts_with(' ') => text.push(' '),
                Gap::Space | Gap::None => {}
            }
        }
        text.push_str(&span.text);
        before = Some(span);
    }
    for span in spans.iter().filter(|span| span.rotation_degrees != 0.0) {
        text.push('\n');
        text.push_str(&span.text);
    }
    text
}

enum Gap {
    None,
    Space,
    Line,
}

/// What separates two spans that follow each other in reading order.
fn gap(before: &TextSpan, span: &TextSpan) -> Gap {
    let size = before.font_size.max(span.font_size).max(1.0);
    let (middle, middle_before) = (
        span.bbox.y + span.bbox.height / 2.0,
        before.bbox.y + before.bbox.height / 2.0,
    );
    let distance = span.bbox.x - (before.bbox.x + before.bbox.width);
    let rise = (middle - middle_before).abs();
    // Superscripts and subscripts stay on their line; whoever goes back to the left starts another.
    let same_size = (before.font_size - span.font_size).abs() < 0.1 * size;
    if rise > size * 0.6 || distance < -2.0 * size {
        Gap::Line
    } else if distance > size * 0.15
        || distance < -0.3 * size
        || (same_size && rise > size * 0.2)
        || span.split_boundary_before
    {
        // Also when they overlap, or stand a little higher: neighbouring cells, no parts of one word.
        Gap::Space
    } else {
        Gap::None
    }
}
