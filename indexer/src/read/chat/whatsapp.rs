//! Exports of WhatsApp (`_chat.txt`), of iPhones and Android telephones. Reads a file twice, line by line: once
//! for the order of day and month, once for the messages. Never loses a line: what is no message belongs to
//! the message before it.

use super::super::encoding::Failure;
use super::super::{Input, Limits, Outcome, Output};
use super::phrases::{self, is_notice};
use super::stamp::{self, Order, Orders, invisible};
use super::{Chat, could_be_name, lines, logs};

/// As many lines of a text are looked at to recognise a conversation.
const LOOKED_AT: usize = 60;
/// Longer names are part of a sentence.
const LONGEST_NAME: usize = 200;

/// Whether the beginning of a text is a WhatsApp conversation.
pub(in crate::read) fn is_chat(text: &str, name: &str) -> bool {
    let hint = named(name);
    let (mut heads, mut senders, mut known, mut strange) = (0, 0, 0, 0);
    let mut logged = false;
    let filled = text.lines().filter(|line| !line.trim().is_empty());
    for (nth, line) in filled.take(LOOKED_AT).enumerate() {
        let Some((stamp, rest)) = stamp::take(line) else {
            // Something may stand before the first message only where the name says what this is.
            if heads == 0 && (!hint || nth > 10) {
                return false;
            }
            continue;
        };
        heads += 1;
        if stamp.bracket && stamp.year_first && stamp.second.is_none() {
            // Signal.
            return false;
        }
        let (sender, body) = parts(rest);
        logged |= sender.is_some_and(logs);
        senders += u32::from(sender.is_some_and(could_be_name));
        known += u32::from(is_known(sender, body));
        // Phones write no seconds without brackets; of dates with the year first, logs are full.
        let usual = stamp.bracket == stamp.second.is_some();
        strange += u32::from(!usual || (stamp.year_first && !stamp.comma));
    }
    if heads == 0 || (logged && known == 0) {
        return false;
    }
    known > 0
        || (hint && senders > 0 && (strange == 0 || told(name)))
        || (senders >= 3 && senders * 2 >= heads && strange == 0)
}

/// Whether the name of a file is one that WhatsApp itself gives.
fn told(name: &str) -> bool {
    let name = name.to_lowercase();
    name.contains("whatsapp") || name.starts_with("_chat")
}

/// Whether the name of a file speaks of a conversation.
fn named(name: &str) -> bool {
    let name = name.to_lowercase();
    !name.ends_with(".md") && (told(&name) || name.starts_with("chat"))
}

/// Whether WhatsApp itself wrote this, or left out a file here.
fn is_known(sender: Option<&str>, body: &str) -> bool {
    let body = clean(body);
    match sender {
        None => is_notice(&body),
        Some(_) => {
            phrases::is_encryption_notice(&body) || !phrases::meaning(&body, true).marks.is_empty()
        }
    }
}

/// Sender and text of what follows the moment.
fn parts(rest: &str) -> (Option<&str>, &str) {
    let rest = rest.trim_start_matches(|c: char| c == ' ' || invisible(c));
    let at = match rest.find(": ").or_else(|| rest.find(":\u{200e}")) {
        Some(at) => at,
        None if rest.ends_with(':') => rest.len() - 1,
        None => return (None, rest),
    };
    let name = &rest[..at];
    // A colon in a notice, such as in a new subject between quotes, ends no name.
    let quoted = name.matches(['"', '“', '”', '„']).count() % 2 == 1;
    if name.trim().is_empty() || name.len() > LONGEST_NAME || quoted || is_notice(name) {
        return (None, rest);
    }
    (Some(name), rest.get(at + 2..).unwrap_or_default())
}

fn clean(text: &str) -> String {
    text.chars().filter(|c| !invisible(*c)).collect()
}

/// Reads a `whatsapp` document.
pub fn read_whatsapp(input: &mut Input, _limits: &Limits, output: &mut dyn Output) -> Outcome {
    match whatsapp(input, output) {
        Ok(()) => Outcome::Whole,
        Err(failure) => failure.into(),
    }
}

fn whatsapp(input: &mut Input, output: &mut dyn Output) -> Result<(), Failure> {
    let mut orders = Orders::default();
    lines::each(input, |line, begins| {
        if begins && let Some((stamp, _)) = stamp::take(line) {
            orders.add(&stamp);
        }
        Ok(())
    })?;
    let mut reading = Reading {
        chat: Chat::new(output),
        order: orders.best(),
        bracket: orders.bracket(),
        subject: None,
        shown_name: None,
    };
    lines::each(input, |line, begins| reading.line(line, begins))?;
    let title = title(&input.name, reading.shown_name.or(reading.subject));
    reading.chat.finish(&title)
}

struct Reading<'a> {
    chat: Chat<'a>,
    order: Order,
    bracket: bool,
    /// The last name of the group that a notice tells.
    subject: Option<String>,
    /// The name of the conversation on an iPhone.
    shown_name: Option<String>,
}

impl Reading<'_> {
    fn line(&mut self, line: &str, begins: bool) -> Result<(), Failure> {
        if !begins {
            return Ok(self.chat.text(&clean(line))?);
        }
        let head = stamp::take(line).filter(|(stamp, _)| stamp.bracket == self.bracket);
        let head = head.and_then(|(stamp, rest)| Some((stamp.moment(self.order)?, rest)));
        let Some((moment, rest)) = head else {
            self.chat.line("")?;
            return self.words(line, false);
        };
        let (sender, body) = parts(rest);
        // On an iPhone a notice bears a name, and its words begin with a mark of direction.
        let own = body.starts_with('\u{200e}') && is_notice(&clean(body));
        match sender.map(clean) {
            Some(name) if own || phrases::is_encryption_notice(body) => {
                let name = name.trim().to_owned();
                self.chat.begin(&moment, None)?;
                self.chat.text(&format!("{name}: {}", clean(body)))?;
                self.notice(body);
                if phrases::is_encryption_notice(body) {
                    self.shown_name.get_or_insert(name);
                }
                Ok(())
            }
            Some(name) => {
                // The sign before a name that is not among the contacts is no part of it.
                let name = name.trim_start_matches(['~', ' ', '\u{202f}', '\u{a0}']);
                self.chat.begin(&moment, Some(name))?;
                self.words(body, true)
            }
            None => {
                self.notice(body);
                self.chat.begin(&moment, None)?;
                self.words(body, true)
            }
        }
    }

    fn words(&mut self, line: &str, first: bool) -> Result<(), Failure> {
        let meaning = phrases::meaning(line, first);
        self.chat.text(&meaning.text)?;
        for (nth, mark) in meaning.marks.iter().enumerate() {
            if nth == 0 && meaning.text.is_empty() {
                self.chat.text(mark)?;
            } else {
                self.chat.mark(mark)?;
            }
        }
        Ok(())
    }

    fn notice(&mut self, body: &str) {
        if let Some(name) = phrases::subject(&clean(body)) {
            self.subject = Some(name);
        }
    }
}

/// The title: by the name of the file, else by what the conversation calls itself.
fn title(file: &str, told: Option<String>) -> String {
    const BEFORE: [&str; 8] = [
        "whatsapp-chat met ",
        "whatsapp chat met ",
        "whatsapp-gesprek met ",
        "whatsapp chat with ",
        "whatsapp chat - ",
        "whatsapp-chat mit ",
        "whatsapp chat – ",
        "discussion whatsapp avec ",
    ];
    let stem = file.strip_suffix(".txt").unwrap_or(file);
    let by_file = BEFORE.iter().find_map(|before| {
        let start = stem.get(..before.len())?;
        start
            .to_lowercase()
            .eq(before)
            .then(|| stem[before.len()..].trim().to_owned())
    });
    match by_file.filter(|name| !name.is_empty()).or(told) {
        Some(name) => format!("WhatsApp-gesprek met {name}"),
        None => "WhatsApp-gesprek".to_owned(),
    }
}

#[cfg(test)]
mod tests;
