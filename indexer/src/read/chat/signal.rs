//! Conversations of Signal as signal-export writes them in Markdown: `[2019-05-29, 15:04] Me: tekst`, with quotes,
//! reactions and links to files. Holds one line at a time. Never reads the JSON of the same program.

use super::super::encoding::Failure;
use super::super::{Input, Limits, Outcome, Output};
use super::json::read_json;
use super::stamp::{self, Order, Stamp};
use super::{Chat, DELETED, could_be_name, lines};

/// As many lines of a text are looked at to recognise a conversation.
const LOOKED_AT: usize = 60;
/// Longer quotes are written as the text that they are.
const LONGEST_QUOTE: usize = 64 << 10;
/// Longer names and paths are no link to a file.
const LONGEST_LINK: usize = 1024;

/// Whether the beginning of a text is a Signal conversation.
pub(super) fn is_chat(text: &str, name: &str) -> bool {
    let markdown = name.to_lowercase().ends_with(".md");
    let (mut heads, mut own) = (0, false);
    let filled = text.lines().filter(|line| !line.trim().is_empty());
    for line in filled.take(LOOKED_AT) {
        let Some((_, sender, _)) = head(line) else {
            if heads == 0 {
                return false;
            }
            continue;
        };
        if !could_be_name(sender) {
            return false;
        }
        heads += 1;
        own |= sender == "Me";
    }
    heads > 0 && (markdown || (own && heads > 1))
}

/// The head of a message: moment, sender and the rest of the line.
fn head(line: &str) -> Option<(Stamp, &str, &str)> {
    let (stamp, rest) = stamp::take(line).filter(|(stamp, _)| stamp.bracket && stamp.year_first)?;
    let (sender, body) = rest.strip_prefix(' ')?.split_once(':')?;
    Some((stamp, sender, body.strip_prefix(' ').unwrap_or(body)))
}

/// Reads a `signal` document.
pub fn read_signal(input: &mut Input, limits: &Limits, output: &mut dyn Output) -> Outcome {
    let mut json = None;
    let mut first = |line: &str, _| {
        let line = line.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        if json.is_none() && !line.is_empty() {
            json = Some(!line.starts_with("[2") && !line.starts_with("[1"));
        }
        Ok(())
    };
    if let Err(failure) = lines::each(input, &mut first) {
        return failure.into();
    }
    if json.unwrap_or_default() {
        return read_json("signal", input, limits, output);
    }
    match signal(input, output) {
        Ok(()) => Outcome::Whole,
        Err(failure) => failure.into(),
    }
}

fn signal(input: &mut Input, output: &mut dyn Output) -> Result<(), Failure> {
    let mut reading = Reading {
        chat: Chat::new(output),
        quote: String::new(),
    };
    lines::each(input, |line, begins| reading.line(line, begins))?;
    reading.end_message()?;
    // A folder bears the name of the conversation; the file always has the same.
    reading.chat.finish("Signal-gesprek")
}

struct Reading<'a> {
    chat: Chat<'a>,
    /// What the current message answers to.
    quote: String,
}

impl Reading<'_> {
    fn line(&mut self, line: &str, begins: bool) -> Result<(), Failure> {
        if !begins {
            return Ok(self.chat.text(line)?);
        }
        let found = head(line)
            .and_then(|(stamp, sender, body)| Some((stamp.moment(Order::DayMonth)?, sender, body)));
        if let Some((moment, sender, body)) = found {
            self.end_message()?;
            self.chat.begin(&moment, Some(sender))?;
            return self.words(body, true);
        }
        if let Some(quoted) = line.strip_prefix('>')
            && self.chat.open
            && self.quote.len() < LONGEST_QUOTE
        {
            self.quote.push_str(quoted);
            return Ok(());
        }
        self.words(line, false)
    }

    fn words(&mut self, line: &str, first: bool) -> Result<(), Failure> {
        let mut line = line.trim_end();
        if first && line == "(This message was deleted)" {
            return Ok(self.chat.mark(DELETED)?);
        }
        if let Some((signs, rest)) = line
            .strip_prefix("(- ")
            .and_then(|line| line.split_once(" -)"))
        {
            for sign in signs.split(", ") {
                let mark = match sign.rsplit_once(": ") {
                    Some((name, sign)) => format!("(reactie: {sign} {name})"),
                    None => format!("(reactie: {sign})"),
                };
                self.chat.mark(&mark)?;
            }
            line = rest;
        } else if !first && !self.chat.fresh {
            // Behind a quote the text itself begins.
            self.chat.line("")?;
        }
        while let Some((before, name, after)) = file(line) {
            self.chat.text(before.trim_end())?;
            self.chat.mark(&format!("(bijlage: {name})"))?;
            line = after.trim_start();
        }
        Ok(self.chat.text(line)?)
    }

    fn end_message(&mut self) -> Result<(), Failure> {
        let quote = std::mem::take(&mut self.quote);
        if !quote.is_empty() {
            self.chat
                .mark(&format!("(antwoord op: {})", quote.trim()))?;
        }
        Ok(())
    }
}

/// As much of a text as a link can take.
fn head_of(text: &str) -> &str {
    let end = (0..=LONGEST_LINK.min(text.len()))
        .rev()
        .find(|end| text.is_char_boundary(*end));
    &text[..end.unwrap_or_default()]
}

/// The first link to a file of the export: the text before, the name, the text after.
fn file(line: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    while let Some(at) = line[from..].find("](") {
        let middle = from + at;
        from = middle + 2;
        let path = head_of(&line[from..]);
        let ours = ["./media/", "media/", "../exported_stickers/"];
        if !ours.iter().any(|folder| path.starts_with(folder)) {
            continue;
        }
        let near = middle.saturating_sub(LONGEST_LINK);
        let Some(back) = line.as_bytes()[near..middle]
            .iter()
            .rposition(|b| *b == b'[')
        else {
            continue;
        };
        let open = near + back;
        let name = &line[open + 1..middle];
        // A bracket in the name stands in the path, too.
        let encoded: String = name.split_whitespace().collect::<Vec<_>>().join("%20") + ")";
        let end = match path.find(&encoded) {
            Some(start) if name.contains(')') => start + encoded.len() - 1,
            _ => match path.find(')') {
                Some(end) => end,
                None => continue,
            },
        };
        let shown = if name.is_empty() { &path[..end] } else { name };
        let before = &line[..open];
        let before = before.strip_suffix('!').unwrap_or(before);
        return Some((before, shown, &line[from + end + 1..]));
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::super::key;
    use super::super::super::testing::{Collected, input, limits, read_bytes};
    use super::*;

    const CHAT: &str = "[2019-05-29, 15:04] Me: Ligt de nota klaar?  \n\
        [2019-05-29, 15:05] Ella de Boer: \n\n> Ligt de nota klaar?\n\nJa: hier is ze  \n(- Me: 👍, Jan: ❤️ -)![kade (1).jpg](./media/kade%20(1).jpg)  \n\n\
        [2019-05-30 09:00:01] Me: (This message was deleted)\n\
        [2019-05-30 09:00:05] Ella de Boer: zie [de site](https://voorbeeld.nl)  [nota.pdf](./media/nota.pdf)  \n";

    #[test]
    fn markdown_of_signal_export() {
        let (format, out, outcome) = read_bytes("chat.md", CHAT.as_bytes());
        assert_eq!((format.as_str(), outcome), ("signal", Outcome::Whole));
        assert_eq!(
            out.pages,
            [
                "[2019-05-29 15:04] Me: Ligt de nota klaar?\n\
                 [2019-05-29 15:05] Ella de Boer: Ja: hier is ze (reactie: 👍 Me) (reactie: ❤️ Jan) \
                 (bijlage: kade (1).jpg) (antwoord op: Ligt de nota klaar?)\n",
                "[2019-05-30 09:00:01] Me: (verwijderd bericht)\n\
                 [2019-05-30 09:00:05] Ella de Boer: zie [de site](https://voorbeeld.nl) (bijlage: nota.pdf)\n",
            ]
        );
        assert_eq!(out.values(key::PARTICIPANT), ["Ella de Boer", "Me"]);
        assert_eq!(out.values(key::TITLE), ["Signal-gesprek"]);
    }

    #[test]
    fn other_markdown_and_logs_stay_what_they_are() {
        let format = |name: &str, text: &str| read_bytes(name, text.as_bytes()).0;
        assert_eq!(
            format("a.md", "# Verslag\n[2019-05-29, 15:04] Me: hoi\n"),
            "md"
        );
        assert_eq!(format("a.md", "[2019-05-29 15:04:00] INFO: start\n"), "md");
        assert_eq!(format("a.txt", "[2019-05-29, 15:04] Jan: hoi\n"), "txt");
        assert_eq!(format("a.txt", CHAT), "signal");
    }

    #[test]
    fn a_monster_of_links_takes_no_time() {
        let line = "](./media/".repeat(100_000) + &"[a](./media/a) ".repeat(60_000);
        let text = format!("[2019-05-29, 15:04] Me: {line}\n");
        let begin = std::time::Instant::now();
        let (_, out, _) = read_bytes("chat.md", text.as_bytes());
        assert!(out.all_text().len() > text.len() / 2);
        assert!(begin.elapsed().as_secs() < 120);
    }

    proptest! {
        #[test]
        fn damage_loses_nothing(cut in 0usize..CHAT.len(), at in 0usize..CHAT.len(), bit in 0u8..8) {
            let mut bytes = CHAT.as_bytes()[..cut.max(at + 1)].to_vec();
            bytes[at] ^= 1 << bit;
            let mut out = Collected::default();
            let outcome = read_signal(&mut input("chat.md", &bytes), &limits(), &mut out);
            prop_assert_eq!(outcome, Outcome::Whole);
            prop_assert!(out.all_text().len() + 120 > bytes.len());
        }

        #[test]
        fn any_link_can_be_read(line in "[\\[\\]()!a é%20./medi]{0,60}") {
            let mut rest = line.as_str();
            while let Some((_, _, after)) = file(rest) {
                prop_assert!(after.len() < rest.len());
                rest = after;
            }
        }
    }
}
