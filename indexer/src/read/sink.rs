//! Where the office readers write their text: keeps paragraphs, cells, deleted and hidden text apart, and remembers
//! whether anything came out and what went wrong first. Never reads.

use super::tokens::Fault;
use super::{Outcome, Output, Reason, Stop};

/// Text is handed over in pieces of about this size.
const PIECE: usize = 8 * 1024;

/// What is said before text that a program does not show, or not as part of the text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Removed,
    Hidden,
}

impl Mark {
    fn label(self) -> &'static str {
        match self {
            Self::Removed => "[verwijderd: ",
            Self::Hidden => "[verborgen: ",
        }
    }
}

/// One stream of text: separators are written only between texts, deleted and hidden text only between words.
#[derive(Default)]
struct Flow {
    buffer: String,
    /// The separator to write before the next text.
    pending: Option<char>,
    /// The current row has text, so that the end of a cell is a tab.
    in_row: bool,
    /// Deleted and hidden texts that wait for the end of the word they stand in.
    marked: Vec<(Mark, String)>,
    /// Last character given, also when the buffer is empty; none at the start of a page.
    last: Option<char>,
}

impl Flow {
    fn write(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        self.separate();
        let mut rest = text;
        if !self.marked.is_empty() {
            // A letter taken out of a word must not hide the word that remains.
            let at_word = self.last.is_none_or(char::is_whitespace);
            let after = if at_word {
                Some(0)
            } else {
                text.find(char::is_whitespace)
            };
            if let Some(after) = after {
                self.push(&text[..after]);
                self.put_marked();
                rest = &text[after..];
                if rest.starts_with(|first: char| !first.is_whitespace()) {
                    self.push(" ");
                }
            }
        }
        self.push(rest);
        self.in_row = true;
    }

    fn push(&mut self, text: &str) {
        self.buffer.push_str(text);
        self.last = text.chars().next_back().or(self.last);
    }

    fn separate(&mut self) {
        if let Some(separator) = self.pending.take()
            && self.last.is_some_and(|last| last != '\n')
        {
            self.buffer.push(separator);
            self.last = Some(separator);
        }
    }

    fn mark(&mut self, mark: Mark, text: &str) {
        match self.marked.last_mut() {
            Some((last, marked)) if *last == mark => marked.push_str(text),
            _ => self.marked.push((mark, text.to_owned())),
        }
    }

    fn put_marked(&mut self) {
        for (mark, text) in std::mem::take(&mut self.marked) {
            let text = text.trim();
            if text.is_empty() {
                continue;
            }
            self.separate();
            if self.last.is_some_and(|last| !last.is_whitespace()) {
                self.push(" ");
            }
            self.push(mark.label());
            self.push(text);
            self.push("]");
            self.in_row = true;
        }
    }

    fn paragraph(&mut self) {
        self.put_marked();
        self.pending = Some('\n');
    }

    fn cell(&mut self) {
        self.put_marked();
        if self.in_row {
            self.pending = Some('\t');
        }
    }

    fn row(&mut self) {
        self.paragraph();
        self.in_row = false;
    }

    /// Everything so far, ended as a paragraph.
    fn take(&mut self) -> String {
        self.put_marked();
        if self.last.is_some_and(|last| last != '\n') {
            self.push("\n");
        }
        self.pending = None;
        self.in_row = false;
        std::mem::take(&mut self.buffer)
    }
}

/// The office readers' side of an [`Output`].
pub(super) struct Sink<'o> {
    out: &'o mut dyn Output,
    main: Flow,
    /// Text boxes and notes: they stand inside a paragraph but are read after it.
    beside: Flow,
    besides: usize,
    page_open: bool,
    gave: bool,
    problem: Option<Reason>,
}

impl<'o> Sink<'o> {
    /// Writes to `out`.
    pub(super) fn new(out: &'o mut dyn Output) -> Self {
        Self {
            out,
            main: Flow::default(),
            beside: Flow::default(),
            besides: 0,
            page_open: false,
            gave: false,
            problem: None,
        }
    }

    /// Where children go.
    pub(super) fn output(&mut self) -> &mut dyn Output {
        self.out
    }

    fn flow(&mut self) -> &mut Flow {
        if self.besides > 0 {
            &mut self.beside
        } else {
            &mut self.main
        }
    }

    /// Adds text to the current paragraph.
    pub(super) fn text(&mut self, text: &str) -> Result<(), Stop> {
        self.flow().write(text);
        if self.main.buffer.len() > PIECE {
            let piece = std::mem::take(&mut self.main.buffer);
            self.hand_over(&piece)?;
        }
        Ok(())
    }

    /// Adds text that was deleted with changes tracked.
    pub(super) fn removed(&mut self, text: &str) {
        self.flow().mark(Mark::Removed, text);
    }

    /// Adds text that the program hides.
    pub(super) fn hidden(&mut self, text: &str) {
        self.flow().mark(Mark::Hidden, text);
    }

    /// Ends a paragraph or line.
    pub(super) fn paragraph(&mut self) -> Result<(), Stop> {
        self.flow().paragraph();
        if self.besides == 0 && self.beside.last.is_some() {
            let text = self.beside.take();
            self.beside.last = None;
            self.text(&text)?;
        }
        Ok(())
    }

    /// Ends a table cell.
    pub(super) fn cell(&mut self) {
        self.flow().cell();
    }

    /// Begins or ends a table row.
    pub(super) fn row(&mut self) {
        self.flow().row();
    }

    /// A whole paragraph of its own.
    pub(super) fn line(&mut self, text: &str) -> Result<(), Stop> {
        self.paragraph()?;
        self.text(text)?;
        self.paragraph()
    }

    /// What follows stands beside the text, until [`Sink::end_beside`].
    pub(super) fn begin_beside(&mut self) {
        self.besides += 1;
        self.beside.paragraph();
    }

    /// Back to the text.
    pub(super) fn end_beside(&mut self) {
        self.beside.paragraph();
        self.besides = self.besides.saturating_sub(1);
    }

    /// Text that was left unclosed by a damaged part is closed, so that the next part starts afresh.
    pub(super) fn end_part(&mut self) -> Result<(), Stop> {
        self.besides = 0;
        self.paragraph()
    }

    /// Starts a page. Its predecessor, if any, ends only now: what belongs to no page goes to the last one.
    pub(super) fn begin_page(&mut self) -> Result<(), Stop> {
        if self.page_open {
            self.end_page()?;
        }
        self.page_open = true;
        Ok(())
    }

    fn end_page(&mut self) -> Result<(), Stop> {
        self.flush()?;
        self.page_open = false;
        self.out.end_page()
    }

    fn flush(&mut self) -> Result<(), Stop> {
        self.end_part()?;
        let rest = self.main.take();
        self.main.last = None;
        self.hand_over(&rest)
    }

    fn hand_over(&mut self, text: &str) -> Result<(), Stop> {
        if text.is_empty() {
            return Ok(());
        }
        self.gave = true;
        self.out.text(text)
    }

    /// A property, unless it is empty.
    pub(super) fn property(&mut self, key: &str, value: &str) -> Result<(), Stop> {
        let value = value.trim();
        if value.is_empty() {
            return Ok(());
        }
        self.out.property(key, value)
    }

    /// Notes what went wrong and goes on; a stop goes through. The first problem is the one that users see.
    pub(super) fn past(&mut self, result: Result<(), Fault>) -> Result<(), Stop> {
        match result {
            Ok(()) => Ok(()),
            Err(Fault::Stop(stop)) => Err(stop),
            Err(Fault::Bad(reason)) => {
                self.problem.get_or_insert(reason);
                Ok(())
            }
        }
    }

    /// Whether no text came out so far.
    pub(super) fn is_empty(&self) -> bool {
        !self.gave && self.main.last.is_none() && self.main.marked.is_empty()
    }

    /// Ends the reading.
    pub(super) fn finish(mut self, result: Result<(), Stop>) -> Outcome {
        let result = result.and_then(|()| match self.page_open {
            true => self.end_page(),
            false => self.flush(),
        });
        match (result, self.problem) {
            (Err(stop), _) => stop.into(),
            (Ok(()), None) => Outcome::Whole,
            (Ok(()), Some(reason)) if self.gave => Outcome::Partial(reason),
            (Ok(()), Some(reason)) => Outcome::Unreadable(reason),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::Collected;
    use super::*;

    fn written(write: impl FnOnce(&mut Sink<'_>) -> Result<(), Stop>) -> String {
        let mut out = Collected::default();
        let mut sink = Sink::new(&mut out);
        let result = write(&mut sink);
        sink.finish(result);
        out.rest
    }

    #[test]
    fn a_deleted_letter_does_not_hide_the_word_that_remains() {
        let text = written(|sink| {
            sink.text("het belei")?;
            sink.removed("t");
            sink.text("d van")?;
            sink.removed("daag");
            sink.text(" nu")
        });
        assert_eq!(
            text,
            "het beleid [verwijderd: t] van [verwijderd: daag] nu\n"
        );
    }

    #[test]
    fn hidden_text_is_marked_beside_the_word_it_stands_in() {
        let text = written(|sink| {
            sink.text("het belei")?;
            sink.hidden("ge");
            sink.hidden("heim");
            sink.removed("t");
            sink.text("d nu")?;
            sink.paragraph()?;
            sink.hidden("alleen dit");
            sink.paragraph()
        });
        assert_eq!(
            text,
            "het beleid [verborgen: geheim] [verwijderd: t] nu\n[verborgen: alleen dit]\n"
        );
    }

    #[test]
    fn cells_are_separated_by_tabs_and_rows_by_lines() {
        let text = written(|sink| {
            sink.line("kop")?;
            for row in [["a", "b"], ["", "c"]] {
                sink.row();
                for cell in row {
                    sink.text(cell)?;
                    sink.paragraph()?;
                    sink.cell();
                }
                sink.row();
            }
            Ok(())
        });
        assert_eq!(text, "kop\na\tb\nc\n");
    }

    #[test]
    fn a_text_box_comes_after_the_paragraph_it_stands_in() {
        let text = written(|sink| {
            sink.text("voor")?;
            sink.begin_beside();
            sink.text("kader")?;
            sink.paragraph()?;
            sink.end_beside();
            sink.text("uit")?;
            sink.paragraph()?;
            sink.line("daarna")
        });
        assert_eq!(text, "vooruit\nkader\ndaarna\n");
    }
}
