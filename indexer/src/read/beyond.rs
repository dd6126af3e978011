//! Lets a reader go on behind the limit on text: the children of a mail belong to it however long the mail is. Only
//! for readers whose text is not much larger than their file; never for one that unpacks.

use super::{Outcome, Output, Reason, Stop};

/// Reads with `read`. When no more text is taken, the rest of the text is left out, and the children still come.
pub(super) fn the_text(
    output: &mut dyn Output,
    read: impl FnOnce(&mut dyn Output) -> Outcome,
) -> Outcome {
    let mut beyond = Beyond { output, full: None };
    let outcome = read(&mut beyond);
    match beyond.full {
        Some(stop) => stop.into(),
        None => outcome,
    }
}

/// Passes everything on, except text that is not wanted any more.
struct Beyond<'o> {
    output: &'o mut dyn Output,
    /// Why no more text is taken.
    full: Option<Stop>,
}

impl Beyond<'_> {
    /// Remembers a stop instead of passing it on: if children are not taken either, they say so themselves.
    fn unless_full(&mut self, give: impl FnOnce(&mut dyn Output) -> Result<(), Stop>) {
        if self.full.is_none() {
            self.full = give(self.output).err();
        }
    }
}

impl Output for Beyond<'_> {
    fn text(&mut self, text: &str) -> Result<(), Stop> {
        self.unless_full(|output| output.text(text));
        Ok(())
    }

    fn end_page(&mut self) -> Result<(), Stop> {
        self.unless_full(|output| output.end_page());
        Ok(())
    }

    fn property(&mut self, key: &str, value: &str) -> Result<(), Stop> {
        self.output.property(key, value)
    }

    fn begin_child(&mut self, name: &str, key: &str) -> Result<(), Stop> {
        self.output.begin_child(name, key)
    }

    fn child_bytes(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        self.output.child_bytes(bytes)
    }

    fn child_part(&mut self, offset: u64, bytes: &[u8]) -> Result<(), Stop> {
        self.output.child_part(offset, bytes)
    }

    fn end_child(&mut self, unreadable: Option<Reason>) -> Result<(), Stop> {
        self.output.end_child(unreadable)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Collected, input, limits};
    use super::super::{read, recognise};
    use super::*;

    const MAIL: &str = "From: a@b.nl\r\nTo: c@d.nl\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=A\r\n\r\n\
        --A\r\nContent-Type: text/plain\r\n\r\nEen lange tekst over de dijk.\r\n\
        --A\r\nContent-Type: application/pdf; name=nota.pdf\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0=\r\n--A--\r\n";

    const PAGE: &str = "From: <Saved by Blink>\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=A\r\n\r\n\
        --A\r\nContent-Type: text/html\r\n\r\n<p>Een lange tekst over de dijk.\r\n\
        --A\r\nContent-Type: text/html\r\n\r\n<p>En nog een.\r\n\
        --A\r\nContent-Type: application/pdf; name=nota.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0=\r\n--A--\r\n";

    const APPOINTMENT: &str = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Overleg over de dijk\r\nLOCATION:Waterveen\r\n\
        ATTACH;ENCODING=BASE64;VALUE=BINARY;FILENAME=nota.pdf:JVBERi0=\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

    const BACKUP: &str = r#"<?xml version='1.0'?><smses count="2"><sms address="+31612345678" date="1561881242000" type="1" body="Een lange tekst over de dijk"/>
        <mms address="+31612345678" date="1561881243000" msg_box="1"><parts><part ct="application/pdf" name="nota.pdf" data="JVBERi0="/></parts></mms></smses>"#;

    /// What a reader gives when no more than three bytes of text are taken.
    fn cut(name: &str, bytes: &[u8]) -> (String, Collected, Outcome) {
        let mut input = input(name, bytes);
        let format = recognise(&mut input).unwrap();
        let mut out = Collected {
            stop_after: Some(3),
            ..Collected::default()
        };
        let outcome = read(&format, &mut input, &limits(), &mut out);
        (format, out, outcome)
    }

    #[test]
    fn a_mail_with_too_much_text_keeps_its_attachments() {
        for (expected, bytes) in [
            ("eml", MAIL),
            ("mht", PAGE),
            ("ics", APPOINTMENT),
            ("sms", BACKUP),
        ] {
            let (format, out, outcome) = cut("x", bytes.as_bytes());
            assert_eq!(format, expected);
            let reason = Reason::Limit("te veel tekst".into());
            assert_eq!(outcome, Outcome::Partial(reason), "{format}");
            assert_eq!(out.children.len(), 1, "{format}");
            assert_eq!(out.children[0].name, "nota.pdf", "{format}");
            assert_eq!(out.children[0].bytes, b"%PDF-", "{format}");
            let text = out.all_text();
            assert!(text.len() > 3, "{format}: {text}");
            assert!(!text.contains("nog een"), "{format}: {text}");
            assert!(!text.contains("Waterveen"), "{format}: {text}");
        }
    }
}
