//! Writes mails: plain and HTML, with attachments, with a forwarded mail inside, and the heads that tie a
//! conversation together. Never sends or reads one.

use std::io;

use base64::prelude::{BASE64_STANDARD, Engine};

use super::markup::{plain, windows_1252};
use super::plain::html_body;
use super::{Mail, Style, file_name, mail, moment, rendered};

/// The mail as a file of type `.eml`.
pub fn eml(mail: &Mail) -> io::Result<Vec<u8>> {
    Ok(message(mail)?.replace('\n', "\r\n").into_bytes())
}

/// The mails one after another, as a mail program exports a folder (`.mbox`). A line of a text that looks like the
/// start of a mail gets a `>` before it.
pub fn mbox(mails: &[&Mail]) -> io::Result<Vec<u8>> {
    let mut out = String::new();
    for letter in mails {
        let date = moment(letter.date)?.strftime("%a %b %e %H:%M:%S %Y");
        out.push_str(&format!("From export {date}\n"));
        for line in message(letter)?.lines() {
            if line.trim_start_matches('>').starts_with("From ") {
                out.push('>');
            }
            out.push_str(line);
            out.push('\n');
        }
        out.push('\n');
    }
    Ok(out.into_bytes())
}

fn message(letter: &Mail) -> io::Result<String> {
    let mut head = format!("From: {}\nTo: {}\n", people(letter.from), people(letter.to));
    if !letter.cc.is_empty() {
        head.push_str(&format!("Cc: {}\n", people(letter.cc)));
    }
    let date = moment(letter.date)?.strftime("%a, %d %b %Y %H:%M:%S +0000");
    head.push_str(&format!(
        "Subject: {}\nDate: {date}\nMessage-ID: <{}>\n",
        words(letter.subject),
        letter.id
    ));
    if let Some(last) = letter.answers.last() {
        let all: Vec<String> = letter.answers.iter().map(|id| format!("<{id}>")).collect();
        head.push_str(&format!(
            "In-Reply-To: <{last}>\nReferences: {}\n",
            all.join("\n ")
        ));
    }
    head.push_str("MIME-Version: 1.0\n");
    let text = text_part(letter)?;
    if letter.attachments.is_empty() && letter.forwards.is_empty() {
        return Ok(head + &text);
    }
    let mut parts = vec![text];
    for path in letter.attachments {
        let (name, data) = (file_name(path), rendered(path)?);
        parts.push(format!(
            "Content-Type: {}; name=\"{}\"\nContent-Transfer-Encoding: base64\n\
             Content-Disposition: attachment; filename=\"{}\"\n\n{}",
            media_type(name),
            words(name),
            words(name),
            base64_lines(&data)
        ));
    }
    if !letter.forwards.is_empty() {
        let inner = message(mail(letter.forwards)?)?;
        parts.push(format!(
            "Content-Type: message/rfc822\nContent-Disposition: inline\n\n{inner}"
        ));
    }
    Ok(head + &multipart("mixed", letter.id, &parts))
}

/// Type and content of the text itself.
fn text_part(mail: &Mail) -> io::Result<String> {
    let text = plain(mail.body, 76);
    let as_plain = |charset: &str, bytes: &[u8]| {
        format!(
            "Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: quoted-printable\n\n{}",
            quoted_printable(bytes)
        )
    };
    Ok(match mail.style {
        Style::Plain => as_plain("utf-8", text.as_bytes()),
        Style::Windows => {
            let bytes = windows_1252(&text)
                .ok_or_else(|| io::Error::other("mail is not in Windows-1252"))?;
            as_plain("windows-1252", &bytes)
        }
        Style::Html => {
            let page = format!("<html><body>\n{}</body></html>\n", html_body(mail.body));
            let html = format!(
                "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\n{}",
                base64_lines(page.as_bytes())
            );
            multipart(
                "alternative",
                mail.id,
                &[as_plain("utf-8", text.as_bytes()), html],
            )
        }
    })
}

/// Several parts as one; the border is made of the kind and the id, so that nested ones differ.
fn multipart(kind: &str, id: &str, parts: &[String]) -> String {
    let border = format!("=_{kind}_{}", id.replace('@', "_"));
    let parts: String = parts
        .iter()
        .map(|part| format!("--{border}\n{part}\n"))
        .collect();
    format!("Content-Type: multipart/{kind}; boundary=\"{border}\"\n\n{parts}--{border}--\n")
}

/// `Naam <adres>; Naam <adres>` as a mail head has it: names with letters beyond ASCII encoded.
fn people(list: &str) -> String {
    let one = |person: &str| match person.split_once(" <") {
        Some((name, address)) if name.is_ascii() => format!("\"{name}\" <{address}"),
        Some((name, address)) => format!("{} <{address}", words(name)),
        None => person.to_owned(),
    };
    list.split("; ").map(one).collect::<Vec<_>>().join(",\n ")
}

/// Words in a head (RFC 2047): as they are, or in pieces of at most 75 characters.
fn words(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let letters: Vec<char> = text.chars().collect();
    let pieces: Vec<String> = letters
        .chunks(20)
        .map(|piece| {
            format!(
                "=?UTF-8?B?{}?=",
                BASE64_STANDARD.encode(piece.iter().collect::<String>().as_bytes())
            )
        })
        .collect();
    pieces.join("\n ")
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("pdf") => "application/pdf",
        Some("docx") => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        Some("xlsx") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Some("csv") => "text/csv; charset=utf-8",
        _ => "application/octet-stream",
    }
}

fn quoted_printable(bytes: &[u8]) -> String {
    let mut out = String::new();
    for line in bytes.split(|byte| *byte == b'\n') {
        let mut length = 0;
        for byte in line {
            let piece = match byte {
                b'=' => "=3D".to_owned(),
                0x20..=0x7e => char::from(*byte).to_string(),
                other => format!("={other:02X}"),
            };
            if length + piece.len() > 75 {
                out.push_str("=\n");
                length = 0;
            }
            length += piece.len();
            out.push_str(&piece);
        }
        out.push('\n');
    }
    out
}

fn base64_lines(bytes: &[u8]) -> String {
    bytes
        .chunks(57)
        .map(|line| BASE64_STANDARD.encode(line) + "\n")
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_printable_keeps_lines_short_and_letters_whole() {
        let long = quoted_printable("é=".repeat(40).as_bytes());
        assert!(long.lines().all(|line| line.len() <= 76), "{long}");
        assert!(long.starts_with("=C3=A9=3D"));
    }

    #[test]
    fn names_beyond_ascii_are_encoded() {
        assert_eq!(
            people("Zoë <z@x>; Jan <j@x>"),
            "=?UTF-8?B?Wm/Dqw==?= <z@x>,\n \"Jan\" <j@x>"
        );
    }
}
