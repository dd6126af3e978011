//! Tests of `winmail.dat`, made here attribute by attribute.

use super::*;

pub(super) fn attribute(level: u8, id: u32, data: &[u8]) -> Vec<u8> {
    let mut bytes = vec![level];
    bytes.extend(id.to_le_bytes());
    bytes.extend((data.len() as u32).to_le_bytes());
    bytes.extend(data);
    bytes.extend(
        data.iter()
            .fold(0_u16, |sum, byte| sum.wrapping_add((*byte).into()))
            .to_le_bytes(),
    );
    bytes
}

pub(super) fn tnef_list(props: &[Prop]) -> Vec<u8> {
    let mut bytes = (props.len() as u32).to_le_bytes().to_vec();
    for prop in props {
        bytes.extend(prop.kind.to_le_bytes());
        bytes.extend(prop.id.to_le_bytes());
        if let Some(Name::Id(guid, id)) = &prop.name {
            bytes.extend(guid);
            bytes.extend([0; 4]);
            bytes.extend(id.to_le_bytes());
        }
        let variable = matches!(prop.kind & 0xfff, UNICODE | STRING8 | BINARY | OBJECT);
        if variable {
            bytes.extend((prop.values.len() as u32).to_le_bytes());
        }
        for value in &prop.values {
            if variable {
                bytes.extend((value.len() as u32).to_le_bytes());
            }
            bytes.extend(value);
            bytes.resize(bytes.len().next_multiple_of(4), 0);
        }
    }
    bytes
}

pub(super) fn tnef(attributes: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = vec![0x78, 0x9f, 0x3e, 0x22, 1, 0];
    bytes.extend(attributes.concat());
    bytes
}

pub(super) fn winmail() -> Vec<u8> {
    let inner = tnef(&[
        attribute(1, 0x0001_8004, b"binnenste\0"),
        attribute(1, 0x0002_800c, b"binnenste tekst\0"),
    ]);
    let object = [
        vec![7, 3, 2, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46],
        inner,
    ]
    .concat();
    let props = vec![
        text(0x5d02, "renee@minvws.nl"),
        raw(0x1013, BINARY, b"<p>het caf\xe9</p>".to_vec()),
        named(Name::Id(outlook_set(2), 0x8208), UNICODE, units("Zaal 4")),
    ];
    let table = [
        vec![1, 0, 0, 0],
        tnef_list(&receiver(1, "Jan", "jan@rws.nl")),
    ]
    .concat();
    tnef(&[
        attribute(1, 0x0006_9007, &1252_u32.to_le_bytes()),
        attribute(1, 0x0001_8004, b"Caf\xe9\0"),
        attribute(1, 0x0006_9003, &tnef_list(&props)),
        attribute(1, 0x0006_9004, &table),
        attribute(2, 0x0006_9002, &[0; 14]),
        attribute(2, 0x0001_8010, b"NOTA~1.PDF\0"),
        attribute(2, 0x0006_800f, b"%PDF-"),
        attribute(
            2,
            0x0006_9005,
            &tnef_list(&[text(0x3707, "nota van de dijk.pdf")]),
        ),
        attribute(2, 0x0006_9002, &[0; 14]),
        attribute(
            2,
            0x0006_9005,
            &tnef_list(&[
                text(0x3001, "Doorgestuurd"),
                number(0x3705, 5),
                raw(0x3701, OBJECT, object),
            ]),
        ),
    ])
}

#[test]
fn a_winmail_gives_its_text_and_its_attachments() {
    let (format, out, outcome) = read_bytes("winmail.dat", &winmail());
    assert_eq!((format.as_str(), outcome), ("tnef", Outcome::Whole));
    assert_eq!(out.values(key::TITLE), ["Café"]);
    assert_eq!(out.values(key::FROM), ["renee@minvws.nl"]);
    assert_eq!(out.values(key::TO), ["Jan <jan@rws.nl>"]);
    assert_eq!(out.values("locatie"), ["Zaal 4"]);
    assert_eq!(out.rest.trim(), "het café");
    assert_eq!(
        names(&out.children),
        ["nota van de dijk.pdf", "Doorgestuurd.tnef"]
    );
    assert_eq!(out.children[0].bytes, b"%PDF-");
    let (format, inner, _) = read_bytes("x", &out.children[1].bytes);
    assert_eq!(format, "tnef");
    assert_eq!(inner.values(key::TITLE), ["binnenste"]);
    assert_eq!(inner.rest, "binnenste tekst\n");
}

#[test]
fn a_cut_winmail_tells_so_and_gives_what_there_is() {
    let whole = winmail();
    let (_, out, outcome) = read_bytes("winmail.dat", &whole[..whole.len() - 100]);
    assert!(
        matches!(outcome, Outcome::Partial(Reason::Broken(_))),
        "{outcome:?}"
    );
    assert_eq!(out.values(key::TITLE), ["Café"]);
    assert_eq!(names(&out.children)[0], "nota van de dijk.pdf");
}

#[test]
fn too_many_attachments_are_told() {
    let one = Limits {
        children: 1,
        ..limits()
    };
    let file = msg(
        mail(),
        vec![],
        vec![attachment("a.txt", b"a"), attachment("b.txt", b"b")],
    );
    let mut out = Collected::default();
    let outcome = read_msg(&mut input("m.msg", &file), &one, &mut out);
    assert!(
        matches!(outcome, Outcome::Partial(Reason::Limit(_))),
        "{outcome:?}"
    );
    assert_eq!(out.children.len(), 1);
}

#[test]
fn an_item_with_too_much_text_keeps_its_attachments() {
    let message = msg(mail(), vec![], vec![attachment("nota.pdf", b"%PDF-")]);
    for (format, file, expected) in [
        ("msg", message, vec!["nota.pdf"]),
        (
            "tnef",
            winmail(),
            vec!["nota van de dijk.pdf", "Doorgestuurd.tnef"],
        ),
    ] {
        let mut out = Collected {
            stop_after: Some(3),
            ..Collected::default()
        };
        let mut file = input("x", &file);
        let outcome = super::super::super::read(format, &mut file, &limits(), &mut out);
        let reason = Reason::Limit("te veel tekst".into());
        assert_eq!(outcome, Outcome::Partial(reason), "{format}");
        assert_eq!(names(&out.children), expected, "{format}");
        assert!(out.rest.contains("het café"), "{format}");
    }
}
