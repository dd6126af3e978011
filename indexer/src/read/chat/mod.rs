//! Conversations and posts: the one form in which every chat reader writes them, a page a day and a message a
//! line, as `zv_shared::message` takes them apart again. Never knows an export's own form: the readers beside
//! it do.

mod clock;
pub mod json;
mod lines;
pub mod linkedin;
mod phrases;
mod post;
pub mod signal;
pub mod sms;
mod stamp;
pub mod whatsapp;

use std::collections::BTreeSet;

use jiff::civil::Date;

pub(super) use clock::Moment;

use super::encoding::Failure;
use super::{Output, Stop, key};

/// More names than this are not remembered as participants.
const MOST_PARTICIPANTS: usize = 10_000;
/// Days in one property: what fits in the longest that is taken.
const DAYS_A_PROPERTY: usize = 5_000;
/// Mark of a message that was changed after it was sent.
const EDITED: &str = "(bewerkt)";
/// Mark of a message that was taken back.
const DELETED: &str = "(verwijderd bericht)";
/// Mark of a file that the export left out.
const OMITTED: &str = "(media weggelaten)";
/// Who wrote, when the export does not tell.
const UNKNOWN: &str = "onbekend";

/// The format of a text that is a conversation, by its beginning. The name is no more than a hint.
pub(super) fn text_format(start: &str, name: &str) -> Option<&'static str> {
    if whatsapp::is_chat(start, name) {
        return Some("whatsapp");
    }
    if signal::is_chat(start, name) {
        return Some("signal");
    }
    if linkedin::is_export(start) {
        return Some("linkedin");
    }
    if sms::is_backup(start) {
        return Some("sms");
    }
    json::format(start)
}

/// Writes a conversation in the common form, and remembers what its properties are made of.
struct Chat<'a> {
    output: &'a mut dyn Output,
    /// The day of the current page.
    day: Option<Date>,
    days: BTreeSet<Date>,
    participants: BTreeSet<String>,
    messages: u64,
    first: Option<Moment>,
    last: Option<Moment>,
    /// A message was begun and may get more text.
    open: bool,
    /// Line ends that are written once text follows.
    breaks: usize,
    /// Something stands on the current page.
    written: bool,
    /// Nothing follows the sender yet.
    fresh: bool,
}

impl<'a> Chat<'a> {
    fn new(output: &'a mut dyn Output) -> Self {
        Self {
            output,
            day: None,
            days: BTreeSet::new(),
            participants: BTreeSet::new(),
            messages: 0,
            first: None,
            last: None,
            open: false,
            breaks: 0,
            written: false,
            fresh: false,
        }
    }

    /// Begins a message, or a line of the program itself when there is no sender.
    fn begin(&mut self, moment: &Moment, sender: Option<&str>) -> Result<(), Stop> {
        self.end()?;
        let day = moment.date();
        if self.day != Some(day) {
            self.end_page()?;
            self.day = Some(day);
            self.days.insert(day);
        }
        if self.first.is_none_or(|first| *moment < first) {
            self.first = Some(*moment);
        }
        if self.last.is_none_or(|last| *moment > last) {
            self.last = Some(*moment);
        }
        self.messages += 1;
        let head = match sender.map(plain_name) {
            Some(name) => {
                let head = format!("[{moment}] {name}: ");
                self.participant(&name);
                head
            }
            None => format!("[{moment}] * "),
        };
        (self.open, self.written, self.fresh) = (true, true, true);
        self.output.text(&head)
    }

    /// Adds to the current message, or to what stands outside all messages. Its lines are indented, so that no
    /// text can look like the head of a message.
    fn text(&mut self, text: &str) -> Result<(), Stop> {
        let mut written = String::with_capacity(text.len() + 8);
        for (nth, line) in text.split(['\n', '\u{c}']).enumerate() {
            if nth > 0 {
                self.breaks += 1;
            }
            let line = line.strip_suffix('\r').unwrap_or(line);
            if line.is_empty() {
                continue;
            }
            if !std::mem::replace(&mut self.open, true) {
                self.breaks = 0;
                written.push_str("  ");
            }
            for _ in 0..std::mem::take(&mut self.breaks) {
                written.push_str("\n  ");
            }
            written.push_str(&line.replace('\r', " "));
        }
        if written.is_empty() {
            return Ok(());
        }
        (self.written, self.fresh) = (true, false);
        self.output.text(&written)
    }

    /// Adds a line of its own to the current message.
    fn line(&mut self, text: &str) -> Result<(), Stop> {
        self.breaks += 1;
        self.text(text)
    }

    /// Adds a mark at the end of the current line.
    fn mark(&mut self, mark: &str) -> Result<(), Stop> {
        self.breaks = 0;
        let mark = mark.split_whitespace().collect::<Vec<_>>().join(" ");
        if self.open && !std::mem::take(&mut self.fresh) {
            self.output.text(" ")?;
        }
        self.text(&mark)
    }

    /// Ends the current message.
    fn end(&mut self) -> Result<(), Stop> {
        self.breaks = 0;
        if std::mem::take(&mut self.open) {
            self.output.text("\n")?;
        }
        Ok(())
    }

    fn end_page(&mut self) -> Result<(), Stop> {
        self.end()?;
        self.day = None;
        if std::mem::take(&mut self.written) {
            self.output.end_page()?;
        }
        Ok(())
    }

    /// Remembers who takes part.
    fn participant(&mut self, name: &str) {
        if self.participants.len() < MOST_PARTICIPANTS {
            self.participants.insert(plain_name(name));
        }
    }

    /// Writes a whole message.
    fn post(&mut self, post: &post::Post) -> Result<(), Stop> {
        let sender = post.sender.as_deref();
        match &post.moment {
            Some(moment) => self.begin(moment, sender.filter(|_| !post.system))?,
            None => self.end()?,
        }
        // Without a moment, or in a line of the program, the name is part of the text.
        if let Some(sender) = sender.filter(|_| post.system || post.moment.is_none()) {
            self.text(&format!("{sender}: "))?;
        }
        self.text(&post.text)?;
        for mark in &post.marks {
            self.mark(mark)?;
        }
        self.end()
    }

    /// Writes what stands in a file beside its messages, on a page of its own.
    fn beside(&mut self, found: &post::Post) -> Result<(), Stop> {
        self.end_page()?;
        for remark in &found.marks {
            self.text(remark)?;
            self.end()?;
        }
        Ok(())
    }

    /// Ends the last page and tells the properties.
    fn finish(mut self, title: &str) -> Result<(), Failure> {
        self.end_page()?;
        if !title.is_empty() {
            self.output.property(key::TITLE, title)?;
        }
        for name in &self.participants {
            self.output.property(key::PARTICIPANT, name)?;
        }
        let days: Vec<String> = self.days.iter().map(Date::to_string).collect();
        for days in days.chunks(DAYS_A_PROPERTY) {
            self.output.property(key::DAYS, &days.join(" "))?;
        }
        self.output
            .property(key::MESSAGES, &self.messages.to_string())?;
        if let Some(first) = self.first {
            self.output.property(key::CREATED, &first.instant())?;
        }
        if let Some(last) = self.last {
            self.output.property(key::MODIFIED, &last.instant())?;
        }
        Ok(())
    }
}

/// A name as it may stand before `: `.
fn plain_name(name: &str) -> String {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let name = name.replace(": ", " ");
    let name = name
        .trim_start_matches(['*', ' '])
        .trim_end_matches(':')
        .trim();
    if name.is_empty() {
        UNKNOWN.to_owned()
    } else {
        name.to_owned()
    }
}

/// Whether `name` is what programs write before the lines of a log, and no person.
fn logs(name: &str) -> bool {
    const LEVELS: [&str; 16] = [
        "info", "warn", "warning", "error", "err", "debug", "trace", "fatal", "notice", "critical",
        "crit", "alert", "verbose", "severe", "fine", "main",
    ];
    let first = name.split_whitespace().next().unwrap_or_default();
    // There are contacts such as "Info Waterschap".
    let whole = first.len() == name.trim().len() || !first.contains(char::is_lowercase);
    (whole && LEVELS.contains(&first.to_lowercase().as_str()))
        || name.contains(['[', ']', '{', '}', '=', '<', '>', '|', '\\'])
        || name.contains("::")
}

/// A person, a telephone number or a group, as far as a name shows that.
fn could_be_name(name: &str) -> bool {
    let name = name.trim();
    !name.is_empty()
        && name.chars().count() <= 100
        && name.split_whitespace().count() <= 10
        && !logs(name)
}

#[cfg(test)]
mod tests {
    use super::super::testing::Collected;
    use super::*;

    #[test]
    fn no_text_can_look_like_the_head_of_a_message() {
        let mut out = Collected::default();
        let mut chat = Chat::new(&mut out);
        let moment = Moment::iso("2024-03-15T14:03:22").expect("a moment");
        chat.text("Vooraf\r\n[2024-01-01 10:00] Piet: nee")
            .expect("text");
        chat.begin(&moment, Some("* Jan: de\nWit:")).expect("begin");
        chat.text("een\n\n[2024-01-01 10:00] Piet: \u{c}[2024-01-01 10:00] twee\n\n")
            .expect("text");
        chat.finish("Titel").expect("finish");
        let page = &out.pages[0];
        let found: Vec<_> = zv_shared::message::messages(page).map(|(_, m)| m).collect();
        assert_eq!(out.pages.len(), 2);
        assert_eq!(page, "  Vooraf\n  [2024-01-01 10:00] Piet: nee\n");
        let page = &out.pages[1];
        assert_eq!(
            page,
            "[2024-03-15 14:03:22] Jan de Wit: een\n  \n  [2024-01-01 10:00] Piet: \n  [2024-01-01 10:00] twee\n"
        );
        assert_eq!(found.len(), 1);
        assert_eq!(out.values(key::DAYS), ["2024-03-15"]);
        assert_eq!(out.values(key::CREATED), ["2024-03-15T13:03:22Z"]);
    }
}
