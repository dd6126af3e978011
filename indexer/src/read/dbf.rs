//! dBase and FoxPro tables: the names of the fields and every record as a line of cells. Never reads memos, which
//! lie in a file of their own, and tells so.

use std::io::{BufReader, Read};

use encoding_rs::{Encoding, WINDOWS_1252};

use super::sink::Sink;
use super::tokens::Fault;
use super::{Input, Limits, Outcome, Output, Reason, Stop};

/// What a file must show to be taken for a table: version, a date, and a header that adds up.
pub(super) fn is_dbf(head: &[u8]) -> bool {
    let version = matches!(
        head.first(),
        Some(
            0x02..=0x05
            | 0x30..=0x32
            | 0x43
            | 0x63
            | 0x7b
            | 0x83
            | 0x8b
            | 0x8e
            | 0xcb
            | 0xe5
            | 0xf5
            | 0xfb,
        )
    );
    let date = matches!(head.get(2), Some(0..=12)) && matches!(head.get(3), Some(0..=31));
    // Every text comes by here: the fields are looked at only when the rest fits.
    if !version || !date {
        return false;
    }
    let (Some(size), Some(record)) = (u16_at(head, 8), u16_at(head, 10)) else {
        return false;
    };
    let fields = fields(head);
    let width: usize = fields.iter().map(|field| field.width).sum();
    let named = fields.iter().all(|field| {
        !field.name.is_empty()
            && field
                .name
                .bytes()
                .all(|b| b.is_ascii_graphic() || b >= 0x80)
            && b"CNDLMFGBPYTI@O+VQW0".contains(&field.kind)
    });
    size >= 65 && !fields.is_empty() && named && width + 1 == record
}

struct Field {
    name: String,
    kind: u8,
    width: usize,
}

/// The descriptions of the fields, until the mark of their end.
fn fields(head: &[u8]) -> Vec<Field> {
    const MOST: usize = 2048;
    let all = head
        .get(32..)
        .unwrap_or_default()
        .chunks_exact(32)
        .take(MOST);
    let described = all.take_while(|field| field[0] != 0x0d);
    described
        .map(|field| {
            let name = field[..11].split(|b| *b == 0).next().unwrap_or_default();
            let wide = field[11] == b'C';
            let high = if wide { usize::from(field[17]) << 8 } else { 0 };
            Field {
                name: WINDOWS_1252.decode(name).0.into_owned(),
                kind: field[11],
                width: usize::from(field[16]) | high,
            }
        })
        .collect()
}

/// Reads one `dbf` table.
pub fn read_dbf(input: &mut Input, _limits: &Limits, output: &mut dyn Output) -> Outcome {
    let mut sink = Sink::new(output);
    let result = table(input, &mut sink);
    sink.finish(result)
}

fn table(input: &mut Input, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let broken = || Err(Fault::Bad(Reason::Broken("de tabel is afgekapt".into())));
    let mut file = BufReader::new(&mut input.file);
    let mut head = vec![0; 32];
    if file.read_exact(&mut head).is_err() {
        return sink.past(broken());
    }
    let size = u16_at(&head, 8).unwrap_or(0);
    head.resize(size.max(33), 0);
    if file.read_exact(&mut head[32..]).is_err() {
        return sink.past(broken());
    }
    let fields = fields(&head);
    let encoding = encoding(head[29]);
    let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
    sink.line(&names.join("\t"))?;
    let count = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
    let mut record = vec![0; u16_at(&head, 10).unwrap_or(0).max(1)];
    for _ in 0..count {
        if file.read_exact(&mut record).is_err() {
            return sink.past(broken());
        }
        line(&fields, &record, encoding, sink)?;
    }
    if fields
        .iter()
        .any(|field| matches!(field.kind, b'M' | b'G' | b'P' | b'B' | b'W'))
    {
        let what =
            "lange teksten van deze tabel staan in een ander bestand (memo) en zijn niet gelezen";
        return sink.past(Err(Fault::Bad(Reason::Other(what.into()))));
    }
    Ok(())
}

fn line(
    fields: &[Field],
    record: &[u8],
    encoding: &'static Encoding,
    sink: &mut Sink<'_>,
) -> Result<(), Stop> {
    let mut at = 1;
    let mut cells = Vec::new();
    for field in fields {
        let bytes = record.get(at..at + field.width).unwrap_or_default();
        at += field.width;
        let text = encoding.decode_without_bom_handling(bytes).0;
        let text = text.trim_matches(|c: char| c == '\0' || c.is_whitespace());
        cells.push(match field.kind {
            // Numbers in binary, and where a memo lies.
            b'I' | b'@' | b'O' | b'+' | b'T' | b'Y' | b'0' | b'M' | b'G' | b'P' | b'B' | b'W' => {
                String::new()
            }
            b'D' if text.len() == 8 && text.is_ascii() => {
                format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..])
            }
            _ => text.to_owned(),
        });
    }
    let text = cells.join("\t");
    let text = text.trim_end_matches('\t');
    if text.is_empty() {
        return Ok(());
    }
    // A star before a record says that it was deleted.
    match record.first() {
        Some(b'*') => {
            sink.removed(text);
            sink.paragraph()
        }
        _ => sink.line(text),
    }
}

/// By the mark of the language; the letters of DOS are close enough to be taken as those of Windows only in ASCII.
fn encoding(mark: u8) -> &'static Encoding {
    match mark {
        0x26 | 0x65 => encoding_rs::IBM866,
        0xc8 => encoding_rs::WINDOWS_1250,
        0xc9 => encoding_rs::WINDOWS_1251,
        0xca => encoding_rs::WINDOWS_1254,
        0xcb => encoding_rs::WINDOWS_1253,
        _ => WINDOWS_1252,
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<usize> {
    Some(usize::from(u16::from_le_bytes([
        *bytes.get(at)?,
        *bytes.get(at + 1)?,
    ])))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::package::testing::survives_damage;
    use super::super::testing::read_bytes;
    use super::*;

    fn table_file(kind: u8) -> Vec<u8> {
        let mut bytes = vec![3, 119, 3, 1, 3, 0, 0, 0];
        bytes.extend((32 + 2 * 32 + 1u16).to_le_bytes());
        bytes.extend((1 + 6 + 8u16).to_le_bytes());
        bytes.resize(32, 0);
        for (name, kind, width) in [("NAAM", b'C', 6), ("DATUM", kind, 8)] {
            let mut field = name.as_bytes().to_vec();
            field.resize(11, 0);
            field.extend([kind, 0, 0, 0, 0, width]);
            field.resize(32, 0);
            bytes.extend(field);
        }
        bytes.push(0x0d);
        bytes.extend(b" Ren\xe9e 20190301*Piet  20200101 Jan   20210101\x1a");
        bytes
    }

    #[test]
    fn records_become_lines_and_deleted_ones_are_marked() {
        let (format, out, outcome) = read_bytes("x.bin", &table_file(b'D'));
        assert_eq!((format.as_str(), outcome), ("dbf", Outcome::Whole));
        assert_eq!(
            out.rest,
            "NAAM\tDATUM\nRen\u{e9}e\t2019-03-01\n[verwijderd: Piet\t2020-01-01]\nJan\t2021-01-01\n"
        );
    }

    #[test]
    fn memos_elsewhere_and_a_cut_table_are_told() {
        assert!(matches!(
            read_bytes("x", &table_file(b'M')).2,
            Outcome::Partial(Reason::Other(_))
        ));
        let bytes = table_file(b'D');
        assert!(matches!(
            read_bytes("x", &bytes[..bytes.len() - 10]).2,
            Outcome::Partial(Reason::Broken(_))
        ));
    }

    proptest! {
        #[test]
        fn damage_never_panics(
            cut: prop::sample::Index,
            flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        ) {
            survives_damage(&table_file(b'D'), cut, &flips, |bytes| { read_bytes("a.dbf", bytes); });
        }
    }
}
