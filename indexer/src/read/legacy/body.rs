//! The blocks that the library makes of a document, with hidden texts put back in their places. Never decides what is
//! hidden.

use undoc::{Block, Document, Paragraph, Row, Section, model::RevisionType};

use super::super::Stop;
use super::super::sink::Sink;
use super::hidden::Hidden;
use super::word::Word;

/// The text that the library gives, and the hidden texts on their way to their places in it.
#[derive(Default)]
pub(super) struct Body {
    hidden: std::vec::IntoIter<Hidden>,
    next: Option<Hidden>,
    /// Letters and digits so far.
    letters: usize,
}

impl Body {
    /// When the letters of the library are not those that the hidden texts were counted by, these come at the end.
    pub(super) fn new(document: &Document, word: Option<&Word>) -> Self {
        let (mut hidden, visible) = word.map(Word::hidden).unwrap_or_default();
        let given = || {
            let runs = document
                .sections
                .iter()
                .flat_map(|section| &section.content);
            runs.map(|block| match block {
                Block::Paragraph(paragraph) => letters_of(std::slice::from_ref(paragraph)),
                Block::Table(table) => {
                    let cells = table.rows.iter().flat_map(|row| &row.cells);
                    cells.map(|cell| letters_of(&cell.content)).sum()
                }
                _ => 0,
            })
            .sum::<usize>()
        };
        if !hidden.is_empty() && given() != visible {
            hidden.iter_mut().for_each(|part| part.after = usize::MAX);
        }
        let mut hidden = hidden.into_iter();
        Self {
            next: hidden.next(),
            hidden,
            letters: 0,
        }
    }

    /// Gives the hidden texts that stand here.
    fn due(&mut self, sink: &mut Sink<'_>) {
        let here = self.letters;
        while let Some(part) = self.next.take_if(|part| part.after <= here) {
            sink.hidden(&part.text);
            self.next = self.hidden.next();
        }
    }

    /// Gives what has no place.
    pub(super) fn rest(&mut self, sink: &mut Sink<'_>) -> Result<(), Stop> {
        self.letters = usize::MAX;
        self.due(sink);
        sink.paragraph()
    }

    /// Text up to each place of a hidden text, and that text behind it.
    fn text(&mut self, text: &str, sink: &mut Sink<'_>) -> Result<(), Stop> {
        let mut rest = text;
        self.due(sink);
        while let Some(part) = &self.next {
            let missing = part.after - self.letters;
            let Some((at, last)) = letters(rest).nth(missing - 1) else {
                break;
            };
            let (before, behind) = rest.split_at(at + last.len_utf8());
            sink.text(before)?;
            self.letters += missing;
            rest = behind;
            self.due(sink);
        }
        sink.text(rest)?;
        self.count(rest);
        Ok(())
    }

    fn count(&mut self, text: &str) {
        if self.next.is_some() {
            self.letters += letters(text).count();
        }
    }

    pub(super) fn blocks(&mut self, section: &Section, sink: &mut Sink<'_>) -> Result<(), Stop> {
        for block in &section.content {
            match block {
                Block::Paragraph(text) => self.paragraph(text, sink)?,
                Block::Table(table) => {
                    for row in &table.rows {
                        self.row(row, sink)?;
                    }
                }
                Block::Note { content, .. } => {
                    // Notes stand behind the body.
                    self.rest(sink)?;
                    for text in content {
                        self.paragraph(text, sink)?;
                        sink.paragraph()?;
                    }
                }
                Block::Image { alt_text, .. } => {
                    sink.text(alt_text.as_deref().unwrap_or_default())?;
                }
                Block::PageBreak | Block::SectionBreak => {}
            }
            sink.paragraph()?;
        }
        Ok(())
    }

    fn row(&mut self, row: &Row, sink: &mut Sink<'_>) -> Result<(), Stop> {
        sink.row();
        for cell in &row.cells {
            for text in &cell.content {
                self.paragraph(text, sink)?;
                sink.paragraph()?;
            }
            sink.cell();
        }
        sink.row();
        Ok(())
    }

    pub(super) fn paragraph(
        &mut self,
        paragraph: &Paragraph,
        sink: &mut Sink<'_>,
    ) -> Result<(), Stop> {
        for run in &paragraph.runs {
            match run.revision {
                RevisionType::Deleted => {
                    sink.removed(&run.text);
                    self.count(&run.text);
                }
                _ => self.text(&run.text, sink)?,
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
}

fn letters(text: &str) -> impl Iterator<Item = (usize, char)> {
    text.char_indices()
        .filter(|(_, char)| char.is_alphanumeric())
}

fn letters_of(paragraphs: &[Paragraph]) -> usize {
    let runs = paragraphs.iter().flat_map(|paragraph| &paragraph.runs);
    runs.map(|run| letters(&run.text).count()).sum()
}
