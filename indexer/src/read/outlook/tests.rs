//! Tests of the Outlook readers over files made here: messages, signed mail and `winmail.dat`.

mod winmail;

use std::io::{Cursor, Write};
use std::path::Path;

use proptest::prelude::*;

use super::super::package::testing::survives_damage;
use super::super::testing::{Child, Collected, input, limits, read_bytes};
use super::super::{Limits, Outcome, Reason, key, smime};
use super::props::{
    BINARY, Name, OBJECT, PUBLIC_STRINGS, Prop, Props, STRING8, TIME, UNICODE, outlook_set,
};
use super::store::{Level, Writer};
use super::{read_msg, read_tnef};

fn units(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn text(id: u16, text: &str) -> Prop {
    raw(id, UNICODE, units(text))
}

fn raw(id: u16, kind: u16, value: Vec<u8>) -> Prop {
    Prop {
        id,
        kind,
        name: None,
        values: vec![value],
    }
}

fn number(id: u16, value: u32) -> Prop {
    raw(id, 3, value.to_le_bytes().to_vec())
}

fn named(name: Name, kind: u16, value: Vec<u8>) -> Prop {
    Prop {
        id: 0x8000,
        kind,
        name: Some(name),
        values: vec![value],
    }
}

/// The moment that is so many seconds after the beginning of 1970.
fn moment(seconds: u64) -> Vec<u8> {
    ((seconds + 11_644_473_600) * 10_000_000)
        .to_le_bytes()
        .to_vec()
}

/// A `msg` file of these properties, receivers and attachments.
fn msg(props: Vec<Prop>, recipients: Vec<Vec<Prop>>, attachments: Vec<Vec<Prop>>) -> Vec<u8> {
    let mut writer = Writer::new().unwrap();
    write(
        &mut writer,
        Path::new("/"),
        Level::Outermost,
        props,
        recipients,
        attachments,
    );
    writer.finish().unwrap()
}

fn write(
    writer: &mut Writer,
    at: &Path,
    level: Level,
    props: Vec<Prop>,
    recipients: Vec<Vec<Prop>>,
    attachments: Vec<Vec<Prop>>,
) {
    let parts = (recipients.len() as u32, attachments.len() as u32);
    writer
        .properties(at, level, &Props::new(props), parts)
        .unwrap();
    let lists = [
        ("__recip_version1.0_#", recipients),
        ("__attach_version1.0_#", attachments),
    ];
    for (start, list) in lists {
        for (number, props) in list.into_iter().enumerate() {
            let at = at.join(format!("{start}{number:08X}"));
            writer.storage(&at).unwrap();
            writer
                .properties(&at, Level::Part, &Props::new(props), (0, 0))
                .unwrap();
        }
    }
}

fn mail() -> Vec<Prop> {
    vec![
        text(0x1a, "IPM.Note"),
        text(0x37, "Planning coördinatie"),
        text(0x42, "Renée Smit"),
        text(0x64, "EX"),
        text(0x65, "/o=VWS/cn=renee"),
        text(0x5d02, "renee@minvws.nl"),
        raw(0x39, TIME, moment(1_551_430_800)),
        raw(0xe06, TIME, moment(1_551_430_860)),
        text(0x1035, "<m3@x>"),
        text(0x1042, "<m2@x>"),
        text(0x1039, "<m1@x> <m2@x>"),
        text(0x1000, "Geachte heer,\r\nhet café"),
        Prop {
            id: 0x8000,
            kind: UNICODE | 0x1000,
            name: Some(Name::Text(PUBLIC_STRINGS, "Keywords".into())),
            values: vec![units("dijk"), units("water")],
        },
    ]
}

fn receiver(kind: u32, name: &str, address: &str) -> Vec<Prop> {
    vec![
        number(0xc15, kind),
        text(0x3001, name),
        text(0x39fe, address),
    ]
}

fn attachment(name: &str, bytes: &[u8]) -> Vec<Prop> {
    vec![
        text(0x3707, name),
        number(0x3705, 1),
        raw(0x3701, BINARY, bytes.to_vec()),
    ]
}

fn names(children: &[Child]) -> Vec<&str> {
    children.iter().map(|child| child.name.as_str()).collect()
}

#[test]
fn a_message_has_the_properties_of_a_mail() {
    let receivers = vec![
        receiver(1, "Jan, de", "jan@rws.nl"),
        receiver(1, "'info@rws.nl'", "info@rws.nl"),
        receiver(2, "Ans", "ans@rws.nl"),
        receiver(3, "", "geheim@rws.nl"),
    ];
    let (format, out, outcome) = read_bytes("m.msg", &msg(mail(), receivers, vec![]));
    assert_eq!((format.as_str(), outcome), ("msg", Outcome::Whole));
    assert_eq!(out.values(key::TITLE), ["Planning coördinatie"]);
    assert_eq!(out.values(key::FROM), ["Renée Smit <renee@minvws.nl>"]);
    assert_eq!(out.values(key::TO), ["Jan, de <jan@rws.nl>", "info@rws.nl"]);
    assert_eq!(out.values(key::CC), ["Ans <ans@rws.nl>"]);
    assert_eq!(out.values(key::BCC), ["geheim@rws.nl"]);
    assert_eq!(out.values(key::SENT), ["2019-03-01T09:00:00Z"]);
    assert_eq!(out.values(key::RECEIVED), ["2019-03-01T09:01:00Z"]);
    assert_eq!(out.values(key::MESSAGE_ID), ["m3@x"]);
    assert_eq!(out.values(key::IN_REPLY_TO), ["m2@x"]);
    assert_eq!(out.values(key::REFERENCES), ["m1@x m2@x"]);
    assert_eq!(out.values(key::KEYWORDS), ["dijk, water"]);
    assert_eq!(out.rest, "Geachte heer,\nhet café\n");
}

#[test]
fn the_header_of_the_internet_fills_what_is_missing() {
    let header = "From: Renée <renee@minvws.nl>\r\nTo: Jan <jan@rws.nl>\r\nDate: Fri, 1 Mar 2019 10:00:00 +0100\r\n\
        Message-ID: <m3@x>\r\nReferences: <m1@x>\r\nSubject: dijk\r\n\r\n";
    let props = vec![text(0x7d, header), text(0x42, "Renée"), text(0xe04, "Jan")];
    let (_, out, _) = read_bytes("m.msg", &msg(props, vec![], vec![]));
    assert_eq!(out.values(key::FROM), ["Renée <renee@minvws.nl>"]);
    assert_eq!(out.values(key::TO), ["Jan <jan@rws.nl>"]);
    assert_eq!(out.values(key::SENT), ["2019-03-01T10:00:00+01:00"]);
    assert_eq!(out.values(key::MESSAGE_ID), ["m3@x"]);
    assert_eq!(out.values(key::REFERENCES), ["m1@x"]);
    assert_eq!(out.values(key::TITLE), ["dijk"]);
}

#[test]
fn texts_in_a_code_page_are_read_with_it() {
    let (russian, _, _) = encoding_rs::WINDOWS_1251.encode("Привет, дорогие друзья");
    let props = vec![
        number(0x3ffd, 1251),
        raw(0x1000, STRING8, russian.to_vec()),
        raw(0x37, STRING8, b"\x01\x05RE: x".to_vec()),
    ];
    let (_, out, _) = read_bytes("m.msg", &msg(props, vec![], vec![]));
    assert_eq!(out.rest, "Привет, дорогие друзья\n");
    assert_eq!(out.values(key::TITLE), ["RE: x"]);
    let props = vec![raw(0x1000, STRING8, b"het caf\xe9 in Curac\xe7ao".to_vec())];
    let (_, out, _) = read_bytes("m.msg", &msg(props, vec![], vec![]));
    assert_eq!(out.rest, "het café in Curacçao\n");
}

/// RTF in the packing that leaves it as it is.
fn packed(rtf: &str) -> Prop {
    let size = rtf.len() as u32;
    let mut bytes = (size + 12).to_le_bytes().to_vec();
    bytes.extend(size.to_le_bytes());
    bytes.extend(b"MELA\0\0\0\0");
    bytes.extend(rtf.as_bytes());
    raw(0x1009, BINARY, bytes)
}

#[test]
fn a_body_in_three_shapes_is_read_once_and_one_that_says_more_is_added() {
    let html = raw(
        0x1013,
        BINARY,
        "<p>Het bedrag is <b>vijftig</b> duizend</p>".into(),
    );
    let rtf = packed(
        "{\\rtf1\\ansi\\fromhtml1 {\\*\\htmltag <p>}Het bedrag is vijftig duizend\\htmlrtf\\par\\htmlrtf0}",
    );
    let plain = text(0x1000, "Het bedrag is vijftig duizend");
    let read = |props: Vec<Prop>| read_bytes("m.msg", &msg(props, vec![], vec![])).1.rest;
    let expected = "Het bedrag is vijftig duizend\n";
    assert_eq!(
        read(vec![plain.clone(), html.clone(), rtf.clone()]),
        expected
    );
    assert_eq!(read(vec![html.clone()]).trim(), expected.trim());
    assert_eq!(read(vec![rtf]).trim(), expected.trim());
    let other = text(0x1000, "Zie de opgemaakte tekst");
    let both = read(vec![other, html]);
    assert!(
        both.starts_with("Zie de") && both.contains("vijftig duizend"),
        "{both}"
    );
}

#[test]
fn attachments_and_enclosed_messages_are_children() {
    let mut writer = Writer::new().unwrap();
    let root = Path::new("/");
    let shown = raw(0x1013, BINARY, "<img src=\"cid:logo1\">kijk".into());
    let mut logo = attachment("logo.png", b"\x89PNG");
    logo.push(text(0x3712, "logo1"));
    let away = vec![
        text(0x3707, "elders.docx"),
        number(0x3705, 2),
        text(0x370d, "\\\\schijf\\elders.docx"),
    ];
    let message = vec![text(0x3001, "Doorgestuurd"), number(0x3705, 5)];
    let list = vec![attachment("../map/nota.pdf", b"%PDF-"), logo, away, message];
    write(
        &mut writer,
        root,
        Level::Outermost,
        vec![shown],
        vec![],
        list,
    );
    let inner = root
        .join("__attach_version1.0_#00000003")
        .join("__substg1.0_3701000D");
    writer.storage(&inner).unwrap();
    let (props, receivers) = (mail(), vec![receiver(1, "Jan", "jan@rws.nl")]);
    write(
        &mut writer,
        &inner,
        Level::Enclosed,
        props,
        receivers,
        vec![attachment("diep.txt", b"diep")],
    );
    let (_, out, outcome) = read_bytes("m.msg", &writer.finish().unwrap());
    assert_eq!(outcome, Outcome::Whole);
    assert_eq!(
        names(&out.children),
        ["nota.pdf", "elders.docx", "Planning coördinatie.msg"]
    );
    assert_eq!(out.children[0].bytes, b"%PDF-");
    let reason = out.children[1].unreadable.as_ref().map(ToString::to_string);
    assert!(reason.is_some_and(|reason| reason.contains("\\\\schijf\\elders.docx")));
    assert_eq!(out.children[2].key, "m3@x");
    let (format, inner, outcome) = read_bytes("x.msg", &out.children[2].bytes);
    assert_eq!((format.as_str(), outcome), ("msg", Outcome::Whole));
    assert_eq!(inner.values(key::TO), ["Jan <jan@rws.nl>"]);
    assert_eq!(inner.values(key::KEYWORDS), ["dijk, water"]);
    assert_eq!(inner.children[0].bytes, b"diep");
}

#[test]
fn an_appointment_tells_where_and_when() {
    let of = |id| Name::Id(outlook_set(2), id);
    let props = vec![
        text(0x1a, "IPM.Appointment"),
        text(0x37, "Overleg dijk"),
        named(of(0x8208), UNICODE, units("Zaal 4")),
        named(of(0x820d), TIME, moment(1_551_430_800)),
        named(of(0x820e), TIME, moment(1_551_434_400)),
        text(0x1000, "Neem de kaart mee"),
    ];
    let file = msg(props, vec![receiver(1, "Jan", "jan@rws.nl")], vec![]);
    let (_, out, _) = read_bytes("a.msg", &file);
    assert_eq!(out.values("locatie"), ["Zaal 4"]);
    assert_eq!(out.values("begin"), ["2019-03-01T09:00:00Z"]);
    assert_eq!(out.values("soort"), ["afspraak"]);
    assert_eq!(
        out.rest,
        "Locatie: Zaal 4\nBegin: 01-03-2019 09:00 UTC\nEinde: 01-03-2019 10:00 UTC\nDeelnemer: Jan <jan@rws.nl>\nNeem de kaart mee\n"
    );
}

#[test]
fn a_contact_and_a_list_of_people_can_be_found_by_what_they_hold() {
    let of = |id| Name::Id(outlook_set(4), id);
    let props = vec![
        text(0x1a, "IPM.Contact"),
        text(0x3001, "Fatima Bakker"),
        text(0x3a16, "Waterveen"),
        text(0x3a1c, "06-12345678"),
        named(of(0x8083), UNICODE, units("fatima@waterveen.nl")),
    ];
    let (_, out, _) = read_bytes("c.msg", &msg(props, vec![], vec![]));
    assert_eq!(
        out.rest,
        "Naam: Fatima Bakker\nOrganisatie: Waterveen\nE-mail: fatima@waterveen.nl\nMobiel: 06-12345678\n"
    );
    let mut member = vec![0; 4];
    member.extend([
        0x81, 0x2b, 0x1f, 0xa4, 0xbe, 0xa3, 0x10, 0x19, 0x9d, 0x6e, 0, 0xdd, 1, 0x0f, 0x54, 2,
    ]);
    member.extend([0, 0, 1, 0x90]);
    member.extend(units("Jan\0SMTP\0jan@rws.nl\0"));
    let list = vec![
        text(0x1a, "IPM.DistList"),
        text(0x3001, "Dijkteam"),
        named(of(0x8054), BINARY | 0x1000, member),
    ];
    let (_, out, _) = read_bytes("d.msg", &msg(list, vec![], vec![]));
    assert_eq!(out.rest, "Naam: Dijkteam\nLid: Jan <jan@rws.nl>\n");
}

/// An object of another program, with these streams.
fn object(streams: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    for (name, bytes) in streams {
        file.create_stream(name).unwrap().write_all(bytes).unwrap();
    }
    file.flush().unwrap();
    file.into_inner().into_inner()
}

#[test]
fn what_another_program_put_in_a_message_is_a_child_unless_it_is_a_mere_picture() {
    let mut native = vec![0, 0, 0, 0, 2, 0];
    native.extend(b"nota.txt\0C:\\nota.txt\0\0\0\x03\0\x04\0\0\0tmp\0");
    native.extend([5, 0, 0, 0]);
    native.extend(b"tekst en nog wat");
    let native = object(&[("\u{1}Ole10Native", &native)]);
    let package = object(&[("Package", b"PK inhoud"), ("\u{1}Ole", b"x")]);
    let picture = object(&[("\u{2}OlePres000", b"x"), ("\u{1}CompObj", b"x")]);
    let other = object(&[("Onbekend", b"x")]);
    let attached = |bytes: &[u8]| {
        vec![
            text(0x3001, "Object"),
            number(0x3705, 6),
            raw(0x3701, BINARY, bytes.to_vec()),
        ]
    };
    let list = [&native, &package, &picture, &other]
        .map(|bytes| attached(bytes))
        .to_vec();
    let (_, out, outcome) = read_bytes("m.msg", &msg(mail(), vec![], list));
    assert_eq!(outcome, Outcome::Whole);
    assert_eq!(names(&out.children), ["nota.txt", "Object", "Object"]);
    assert_eq!(out.children[0].bytes, b"tekst");
    assert_eq!(out.children[1].bytes, b"PK inhoud");
    assert_eq!(out.children[2].bytes, other);
}

/// A part of a DER structure.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut part = vec![tag, 0x82];
    part.extend((content.len() as u16).to_be_bytes());
    part.extend(content);
    part
}

fn cms(kind: u8, content: &[u8]) -> Vec<u8> {
    let oid = |last: u8| vec![6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, last];
    let inner = der(0x30, &[oid(1), der(0xa0, content)].concat());
    let data = der(0x30, &[vec![2, 1, 1], der(0x31, &[]), inner].concat());
    der(0x30, &[oid(kind), der(0xa0, &data)].concat())
}

#[test]
fn signed_content_comes_out_and_encrypted_content_says_so() {
    let mail = b"Content-Type: text/plain\r\n\r\nondertekend";
    // In two pieces, as programs write it that do not know the size beforehand.
    let pieces = [
        vec![0x24, 0x80],
        der(4, &mail[..10]),
        der(4, &mail[10..]),
        vec![0, 0],
    ]
    .concat();
    for content in [der(4, mail), pieces] {
        let (format, out, outcome) = read_bytes("smime.p7m", &cms(2, &content));
        assert_eq!((format.as_str(), outcome), ("p7m", Outcome::Whole));
        assert_eq!(names(&out.children), ["inhoud.eml"]);
        assert_eq!(out.children[0].bytes, mail);
    }
    let (_, out, outcome) = read_bytes("smime.p7m", &cms(3, &der(4, b"x")));
    assert!(
        matches!(outcome, Outcome::Unreadable(Reason::Other(_))),
        "{outcome:?}"
    );
    assert_eq!(out.children, []);
    let (_, _, outcome) = read_bytes("smime.p7s", &cms(2, &[]));
    assert_eq!(outcome, Outcome::Whole);
    let (_, out, _) = read_bytes("besluit.pdf.p7m", &cms(2, &der(4, b"%PDF-1.4")));
    assert_eq!(names(&out.children), ["besluit.pdf"]);
    let message = vec![text(0x1a, "IPM.Note.SMIME"), text(0x37, "geheim")];
    let file = msg(
        message,
        vec![],
        vec![attachment("smime.p7m", &cms(3, &der(4, b"x")))],
    );
    let (_, out, outcome) = read_bytes("m.msg", &file);
    let Outcome::Unreadable(reason) = outcome else {
        panic!("{outcome:?}")
    };
    assert!(
        reason
            .to_string()
            .starts_with("versleuteld bericht (S/MIME)")
    );
    assert_eq!(out.values(key::TITLE), ["geheim"]);
}

#[test]
fn a_signed_mail_in_a_message_is_a_mail_of_its_own() {
    let mail = b"Content-Type: multipart/signed;\r\n\tboundary=A\r\n\r\n--A\r\n\r\nondertekend\r\n--A--\r\n";
    let props = vec![text(0x1a, "IPM.Note.SMIME.MultipartSigned")];
    let (_, out, outcome) = read_bytes(
        "m.msg",
        &msg(props, vec![], vec![attachment("smime.p7m", mail)]),
    );
    assert_eq!(outcome, Outcome::Whole);
    let child = &out.children[0];
    let (format, out, _) = read_bytes(&child.name, &child.bytes);
    assert_eq!((format.as_str(), out.rest.trim()), ("eml", "ondertekend"));
}

proptest! {
    #[test]
    fn any_bytes_can_be_a_packed_text(noise: Vec<u8>) {
        let mut bytes = vec![0, 0, 0, 0, 0xff, 0xff, 0, 0];
        bytes.extend(b"LZFu\0\0\0\0");
        bytes.extend(noise);
        let props = Props::new(vec![raw(0x1009, BINARY, bytes)]);
        super::message::write(&props, &[], &mut Collected::default()).unwrap();
    }

    #[test]
    fn damage_never_panics(
        cut: prop::sample::Index,
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
    ) {
        let list = vec![attachment("a.txt", b"a")];
        survives_damage(&msg(mail(), vec![receiver(1, "Jan", "jan@rws.nl")], list), cut, &flips, |bytes| {
            read_msg(&mut input("m.msg", bytes), &limits(), &mut Collected::default());
        });
        survives_damage(&winmail::winmail(), cut, &flips, |bytes| {
            read_tnef(&mut input("winmail.dat", bytes), &limits(), &mut Collected::default());
        });
        survives_damage(&cms(2, &der(4, b"tekst")), cut, &flips, |bytes| {
            smime::read_p7m(&mut input("a.p7m", bytes), &limits(), &mut Collected::default());
        });
    }
}
