//! What is taken apart here is taken apart as the library does it, whatever the message.

use base64::Engine;
use mail_parser::MessageParser;
use proptest::prelude::*;

use super::*;

/// The library loses the last signs of a text that ends in a soft line break; nothing else may differ.
fn same(raw: &[u8]) -> bool {
    let softly = |raw: &[u8]| {
        memmem::find(raw, b"=\n--").is_some() || memmem::find(raw, b"=\r\n--").is_some()
    };
    let ours = common(raw);
    if ours.is_some() && !softly(raw) {
        assert_eq!(
            ours,
            MessageParser::default().parse(raw),
            "{}",
            String::from_utf8_lossy(raw)
        );
    }
    ours.is_some()
}

const HEAD: &str = "From: =?utf-8?q?Ren=C3=A9e?= <r@waterveen.nl>\r\nSubject: Dijk\r\nMessage-ID: <1@waterveen.nl>\r\n";

/// A part, as it stands behind its boundary.
fn part(fields: &str, content: &str) -> String {
    format!("{fields}\r\n\r\n{content}")
}

fn multipart(kind: &str, boundary: &str, parts: &[String]) -> String {
    let mut text =
        format!("Content-Type: multipart/{kind}; boundary=\"{boundary}\"\r\n\r\nVooraf\r\n");
    for part in parts {
        text.push_str(&format!("--{boundary}\r\n{part}\r\n"));
    }
    text.push_str(&format!("--{boundary}--\r\n"));
    text
}

fn plain() -> String {
    part(
        "Content-Type: text/plain; charset=windows-1252\r\nContent-Transfer-Encoding: quoted-printable",
        "Caf=E9 =80 5 =3D\r\nop de d=\r\nijk  \r\n  en =20 \r\n",
    )
}

fn page() -> String {
    part(
        "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64",
        "PHA+RGUgZGlqayB2YW\r\n4gZWVyZ2lzdGVyZW4=",
    )
}

fn file() -> String {
    part(
        "Content-Type: application/pdf; name=nota.pdf\r\nContent-Disposition: attachment; filename=nota.pdf\r\nContent-Transfer-Encoding: base64",
        "JVBERi0xLjQ=",
    )
}

fn image() -> String {
    part(
        "Content-Type: image/png; name=logo.png\r\nContent-ID: <logo>\r\nContent-Transfer-Encoding: base64",
        "iVBORw0K\r\nGgo=\r\n",
    )
}

fn shapes() -> Vec<String> {
    let both = multipart("alternative", "alt", &[plain(), page()]);
    let related = multipart("related", "rel", &[page(), image()]);
    let nested = multipart("alternative", "=_b", &[plain(), related.clone()]);
    let bodies = [
        plain(),
        page(),
        file(),
        part(
            "Content-Type: text/plain; charset=utf-8",
            "Dijk \u{e9}\u{e9}n\r\n",
        ),
        part("X-Spam: nee", "Dijk\r\n"),
        part("Content-Type: multipart/mixed", "Geen grens\r\n"),
        both.clone(),
        related,
        nested.clone(),
        multipart("mixed", "A", &[both.clone(), file(), image()]),
        multipart("mixed", "-A-", &[nested, file(), plain()]),
        multipart(
            "mixed",
            "A",
            &[multipart("signed", "AB", &[both, file()]), plain()],
        ),
        multipart("alternative", "A", &[page()]),
        multipart("alternative", "A", &[plain()]),
        multipart("mixed", "A", &[]),
    ];
    let mails: Vec<String> = bodies.iter().map(|body| format!("{HEAD}{body}")).collect();
    let unix = mails.iter().map(|mail| mail.replace("\r\n", "\n"));
    mails.iter().cloned().chain(unix).collect()
}

#[test]
fn the_common_shapes_are_taken_apart_here_and_as_the_library_does() {
    for mail in shapes() {
        let empty = mail.contains("Vooraf\r\n--A--") || mail.contains("Vooraf\n--A--");
        assert!(same(mail.as_bytes()) || empty, "{mail}");
    }
}

#[test]
fn messages_within_messages_are_for_the_library() {
    let inner = part("Content-Type: message/rfc822", &format!("{HEAD}\r\nBinnen"));
    let mail = format!("{HEAD}{}", multipart("mixed", "A", &[plain(), inner]));
    assert!(!same(mail.as_bytes()));
    let message = parse(mail.as_bytes()).unwrap();
    assert_eq!(message.attachments().count(), 1);
}

#[test]
fn every_western_byte_is_what_it_is_for_the_library() {
    let all: Vec<u8> = (0..=255).collect();
    for name in [
        "windows-1252",
        "ISO-8859-1",
        "us-ascii",
        "iso-8859-15",
        "utf-8",
        "koi8-r",
        "??",
    ] {
        for encoding in ["8bit", "base64"] {
            let head = format!(
                "{HEAD}Content-Type: text/plain; charset={name}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
            );
            let body = match encoding {
                "base64" => base64::engine::general_purpose::STANDARD
                    .encode(&all)
                    .into(),
                _ => all.clone(),
            };
            assert!(same(&[head.into_bytes(), body].concat()), "{name}");
        }
    }
}

#[test]
fn a_text_that_ends_in_a_soft_line_break_loses_nothing() {
    let body = part("Content-Transfer-Encoding: quoted-printable", "De dijk=");
    let mail = format!("{HEAD}{}", multipart("mixed", "A", &[body]));
    let message = parse(mail.as_bytes()).unwrap();
    assert_eq!(message.body_text(0).unwrap(), "De dijk");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_damaged_mail_is_taken_apart_as_the_library_does(
        shape in any::<prop::sample::Index>(),
        changes in prop::collection::vec(
            (any::<prop::sample::Index>(), any::<prop::sample::Index>(), "(=|=3d|=3D|=C3=A9|=\n|=\r\n|--A|--A--|--alt\n| |\t|\r|\n|\r\n|\r\n\r\n|Q|[a-zA-Z0-9+/=-]{1,4}|\\PC|--){0,3}"),
            0..6,
        ),
    ) {
        let shapes = shapes();
        let mut mail = shape.get(&shapes).clone().into_bytes();
        for (from, length, text) in changes {
            let from = from.index(mail.len() + 1);
            let to = (from + length.index(8)).min(mail.len());
            mail.splice(from..to, text.into_bytes());
        }
        same(&mail);
    }

    #[test]
    fn what_is_encoded_is_what_the_library_makes_of_it(
        encoding in "(quoted-printable|base64|7bit)",
        charset in "(utf-8|windows-1252|iso-8859-1|us-ascii|x)",
        pieces in prop::collection::vec("([a-z]{0,9}|=|=[0-9A-Fa-f]{2}|=\r?\n|[ \t\x0c]{1,3}|\r?\n|\r|--|--A|é|[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{2}==)", 0..24),
        inside in any::<bool>(),
    ) {
        let fields = format!("Content-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: {encoding}");
        let body = part(&fields, &pieces.concat());
        let body = if inside { multipart("mixed", "A", &[body]) } else { body };
        same(format!("{HEAD}{body}").as_bytes());
    }

    #[test]
    fn all_bytes_come_back(bytes in prop::collection::vec(any::<u8>(), 0..300), width in 1usize..90) {
        let code = base64::engine::general_purpose::STANDARD.encode(&bytes);
        let lines: Vec<&[u8]> = code.as_bytes().chunks(width).collect();
        prop_assert_eq!(transfer::base64(&lines.join(&b"\r\n"[..])), Some(bytes.clone()));
        let quoted: String = bytes.iter().map(|byte| format!("={byte:02X}")).collect();
        prop_assert_eq!(transfer::quoted_printable(quoted.as_bytes(), false), Some(bytes));
    }
}
