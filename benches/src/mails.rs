//! Mails to read: every way to write a body that is common in a mailbox. Never touches a disk.

use crate::sources::prose;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::fmt::Write;

/// A mail and the text that it holds.
pub struct Mail {
    /// As it travels.
    pub bytes: Vec<u8>,
    /// Its bodies and its attachments of text, each once.
    pub text: String,
}

fn base64(bytes: &[u8]) -> String {
    let mut lines = String::new();
    let encoded = STANDARD.encode(bytes);
    for line in encoded.as_bytes().chunks(76) {
        lines.push_str(&String::from_utf8_lossy(line));
        lines.push_str("\r\n");
    }
    lines
}

fn quoted_printable(bytes: &[u8]) -> String {
    let (mut text, mut column) = (String::new(), 0);
    for &byte in bytes {
        let soft = column >= 72 && byte != b'\n';
        if soft {
            text.push_str("=\r\n");
            column = 0;
        }
        match byte {
            b'\n' => {
                text.push_str("\r\n");
                column = 0;
                continue;
            }
            b' '..=b'~' if byte != b'=' => text.push(char::from(byte)),
            _ => {
                let _ = write!(text, "={byte:02X}");
                column += 2;
            }
        }
        column += 1;
    }
    text
}

/// Windows-1252 of text that has nothing beyond Latin-1 but the euro sign.
fn windows_1252(text: &str) -> Vec<u8> {
    let byte = |c: char| match c {
        '€' => 0x80,
        c => u8::try_from(u32::from(c)).unwrap_or(b'?'),
    };
    text.chars().map(byte).collect()
}

/// The mail with this number, with bodies of `sentences` sentences.
pub fn mail(number: u64, sentences: u64) -> Mail {
    let mut body = String::new();
    for paragraph in 0..sentences.div_ceil(5) {
        body.push_str(prose(number * 1000 + paragraph, sentences.min(5)).trim_end());
        body.push_str("\n\n");
    }
    let head = format!(
        "From: \"A. Zender\" <zender{}@waterveen.example>\r\nTo: Ontvanger <o{}@waterveen.example>\r\n\
         Subject: =?utf-8?Q?Co=C3=B6rdinatie_{number}?=\r\nDate: Tue, {:02} Mar 2024 10:{:02}:00 +0100\r\n\
         Message-ID: <bericht-{number}@waterveen.example>\r\nMIME-Version: 1.0\r\n",
        number % 50,
        number % 70,
        1 + number % 28,
        number % 60
    );
    let html = |body: &str| {
        format!(
            "<html><body><p>{}</p></body></html>",
            body.replace("\n\n", "</p><p>")
        )
    };
    let (rest, text) = match number % 5 {
        0 => (
            format!(
                "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{}",
                body.replace('\n', "\r\n")
            ),
            body,
        ),
        1 => (
            format!(
                "Content-Type: text/plain; charset=windows-1252\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{}",
                quoted_printable(&windows_1252(&body))
            ),
            body,
        ),
        2 => (
            format!(
                "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{}",
                base64(html(&body).as_bytes())
            ),
            body,
        ),
        3 => (
            format!(
                "Content-Type: multipart/alternative; boundary=\"grens\"\r\n\r\n--grens\r\nContent-Type: text/plain; charset=utf-8\r\n\
                 Content-Transfer-Encoding: quoted-printable\r\n\r\n{}\r\n--grens\r\nContent-Type: text/html; charset=utf-8\r\n\
                 Content-Transfer-Encoding: quoted-printable\r\n\r\n{}\r\n--grens--\r\n",
                quoted_printable(body.as_bytes()),
                quoted_printable(html(&body).as_bytes())
            ),
            body,
        ),
        _ => {
            let note = prose(number + 7, sentences);
            (
                format!(
                    "Content-Type: multipart/mixed; boundary=\"grens\"\r\n\r\n--grens\r\nContent-Type: text/plain; charset=utf-8\r\n\
                     Content-Transfer-Encoding: 8bit\r\n\r\n{}\r\n--grens\r\nContent-Type: text/plain; charset=utf-8; name=\"notitie.txt\"\r\n\
                     Content-Disposition: attachment; filename=\"notitie.txt\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{}--grens--\r\n",
                    body.replace('\n', "\r\n"),
                    base64(note.as_bytes())
                ),
                format!("{body}\n{note}"),
            )
        }
    };
    Mail {
        bytes: format!("{head}{rest}").into_bytes(),
        text,
    }
}

/// Adds a mail to a mailbox.
pub fn append(mailbox: &mut Vec<u8>, mail: &Mail) {
    mailbox.extend(b"From zender@waterveen.example Tue Mar 05 10:00:00 2024\n");
    let text = String::from_utf8_lossy(&mail.bytes).replace("\r\n", "\n");
    mailbox.extend(text.replace("\nFrom ", "\n>From ").as_bytes());
    mailbox.extend(b"\n\n");
}

/// A Python program that prints the text of every part of the mailbox or mail that it is given.
pub const PYTHON: &str = r#"
import email, mailbox, sys
path = sys.argv[1]
if path.endswith('.mbox'):
    mails = mailbox.mbox(path)
else:
    mails = [email.message_from_binary_file(open(path, 'rb'))]
for mail in mails:
    for part in mail.walk():
        if part.get_content_maintype() == 'text':
            text = part.get_payload(decode=True).decode(part.get_content_charset() or 'utf-8', 'replace')
            sys.stdout.write(text + '\n')
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_of_writing_keeps_the_line_length_of_mail() {
        for number in 0..5 {
            let mail = mail(number, 12);
            let text = String::from_utf8(mail.bytes).expect("UTF-8");
            assert!(text.lines().all(|line| line.len() < 998), "{number}");
            assert!(!mail.text.is_empty());
        }
        assert_eq!(quoted_printable("é=\n".as_bytes()), "=C3=A9=3D\r\n");
        assert_eq!(windows_1252("€ é"), [0x80, b' ', 0xE9]);
    }
}
