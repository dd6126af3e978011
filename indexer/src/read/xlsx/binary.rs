//! The parts of an XLSB workbook that are records instead of XML ([MS-XLSB] 2.1.4): list of sheets, strings,
//! formats, cells, comments. Never reads what is XML in an XLSB workbook too.

use std::collections::HashMap;
use std::io::{BufReader, Read};

use super::super::ooxml::author;
use super::super::package::{Package, Relation};
use super::super::sink::Sink;
use super::super::tokens::{Fault, io_reason};
use super::super::{Reason, Stop};
use super::{Formats, Sheet, Strings, margin};

/// Numbers of the records that hold something.
mod kind {
    pub(super) const ROW: u32 = 0;
    pub(super) const CELL_SMALL: u32 = 2;
    pub(super) const CELL_ERROR: u32 = 3;
    pub(super) const CELL_BOOL: u32 = 4;
    pub(super) const CELL_NUMBER: u32 = 5;
    pub(super) const CELL_TEXT: u32 = 6;
    pub(super) const CELL_SHARED: u32 = 7;
    pub(super) const FORMULA_TEXT: u32 = 8;
    pub(super) const FORMULA_NUMBER: u32 = 9;
    pub(super) const FORMULA_BOOL: u32 = 10;
    pub(super) const FORMULA_ERROR: u32 = 11;
    /// The kinds from a small number to a shared text once more, for a cell next to the one before it.
    pub(super) const SHORT_SMALL: u32 = 13;
    pub(super) const SHORT_SHARED: u32 = 18;
    pub(super) const SHORT_STEP: u32 = 11;
    pub(super) const CELL_RICH: u32 = 62;
    pub(super) const SHARED: u32 = 19;
    pub(super) const FORMAT: u32 = 44;
    pub(super) const STYLE: u32 = 47;
    pub(super) const BOOK: u32 = 153;
    pub(super) const SHEET: u32 = 156;
    pub(super) const MARGINS: u32 = 479;
    pub(super) const STYLES: u32 = 617;
    pub(super) const STYLES_END: u32 = 618;
    pub(super) const COMMENT_AUTHOR: u32 = 632;
    pub(super) const COMMENT: u32 = 635;
    pub(super) const COMMENT_TEXT: u32 = 637;
}

/// Whether this part is records.
pub(super) fn is_binary(part: &str) -> bool {
    part.ends_with(".bin")
}

/// What is left of a record; values that are not there end it.
struct Fields<'r>(&'r [u8]);

impl<'r> Fields<'r> {
    fn bytes(&mut self, count: usize) -> Option<&'r [u8]> {
        let (bytes, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(bytes)
    }

    fn u8(&mut self) -> Option<u8> {
        self.bytes(1).map(|bytes| bytes[0])
    }

    fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes(self.bytes(2)?.try_into().ok()?))
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.bytes(4)?.try_into().ok()?))
    }

    fn f64(&mut self) -> Option<f64> {
        Some(f64::from_le_bytes(self.bytes(8)?.try_into().ok()?))
    }

    /// A text with its length before it; one that is not there is empty.
    fn text(&mut self) -> Option<String> {
        let length = self.u32()?;
        if length == u32::MAX {
            return Some(String::new());
        }
        let bytes = self.bytes((length as usize).checked_mul(2)?)?;
        let text = encoding_rs::UTF_16LE.decode_without_bom_handling(bytes).0;
        Some(text.into_owned())
    }

    /// A text that may have formatting after it.
    fn rich_text(&mut self) -> Option<String> {
        self.u8()?;
        self.text()
    }

    /// A number in four bytes.
    fn small_number(&mut self) -> Option<f64> {
        let bits = self.u32()?;
        let number = match bits & 2 {
            0 => f64::from_bits(u64::from(bits & !3) << 32),
            _ => f64::from(bits.cast_signed() >> 2),
        };
        Some(if bits & 1 == 0 {
            number
        } else {
            number / 100.0
        })
    }
}

/// Hands over the records of a part. `see` gives none for a record that is too short.
fn each<R: Read>(
    part: &str,
    reader: R,
    mut see: impl FnMut(u32, &mut Fields<'_>) -> Result<Option<()>, Fault>,
) -> Result<(), Fault> {
    let mut reader = BufReader::new(reader);
    let mut record = Vec::new();
    let cut_off = || Fault::Bad(Reason::Broken(format!("onderdeel {part} is afgekapt")));
    let unpack = |error| Fault::Bad(io_reason(part, &error));
    while let Some(kind) = number(&mut reader, 2).map_err(unpack)? {
        let length = number(&mut reader, 4)
            .map_err(unpack)?
            .ok_or_else(cut_off)?;
        record.clear();
        reader
            .by_ref()
            .take(u64::from(length))
            .read_to_end(&mut record)
            .map_err(unpack)?;
        if record.len() < length as usize || see(kind, &mut Fields(&record))?.is_none() {
            return Err(cut_off());
        }
    }
    Ok(())
}

/// A number of at most so many bytes of seven bits; none at the end of the part.
fn number(reader: &mut impl Read, most: u32) -> std::io::Result<Option<u32>> {
    let mut number = 0;
    for place in 0..most {
        let mut byte = [0];
        if reader.read(&mut byte)? == 0 {
            return Ok(None);
        }
        number |= u32::from(byte[0] & 0x7f) << (7 * place);
        if byte[0] & 0x80 == 0 {
            break;
        }
    }
    Ok(Some(number))
}

/// The sheets in their order, and which calendar the workbook counts its days by.
pub(super) fn sheet_list(
    package: &mut Package<'_>,
    main: &str,
    relations: &[Relation],
    formats: &mut Formats,
) -> Result<Vec<Sheet>, Fault> {
    let mut sheets = Vec::new();
    each(
        main,
        package.part(main).map_err(Fault::Bad)?,
        |kind, fields| {
            match kind {
                kind::BOOK => formats.since_1904 = fields.u32().is_some_and(|flags| flags & 1 != 0),
                kind::SHEET => {
                    let (Some(state), Some(_), Some(id), Some(name)) =
                        (fields.u32(), fields.u32(), fields.text(), fields.text())
                    else {
                        return Ok(None);
                    };
                    let named = relations.iter().find(|relation| relation.id == id);
                    let usual = || format!("xl/worksheets/sheet{}.bin", sheets.len() + 1);
                    sheets.push(Sheet {
                        name,
                        part: named.map_or_else(usual, |relation| relation.target.clone()),
                        hidden: state != 0,
                    });
                }
                _ => {}
            }
            Ok(Some(()))
        },
    )?;
    Ok(sheets)
}

/// The shared strings.
pub(super) fn strings<R: Read>(part: &str, reader: R, strings: &mut Strings) -> Result<(), Fault> {
    each(part, reader, |kind, fields| {
        if kind == kind::SHARED {
            let text = fields.rich_text();
            strings.text.push_str(text.as_deref().unwrap_or_default());
            strings.ends.push(strings.text.len());
            return Ok(text.map(|_| ()));
        }
        Ok(Some(()))
    })
}

/// The formats of cells.
pub(super) fn styles<R: Read>(part: &str, reader: R, formats: &mut Formats) -> Result<(), Fault> {
    let mut codes = HashMap::new();
    let mut in_cells = false;
    each(part, reader, |kind, fields| {
        Ok(match kind {
            kind::FORMAT => fields.u16().zip(fields.text()).map(|(id, code)| {
                codes.insert(u32::from(id), code);
            }),
            kind::STYLES | kind::STYLES_END => {
                in_cells = kind == kind::STYLES;
                Some(())
            }
            kind::STYLE if in_cells => fields
                .u16()
                .and_then(|_| fields.u16())
                .map(|id| formats.add_style(u32::from(id), codes.get(&u32::from(id)))),
            _ => Some(()),
        })
    })
}

/// The cells of a sheet, and its headers and footers.
pub(super) fn cells<R: Read>(
    part: &str,
    reader: R,
    strings: &Strings,
    formats: &Formats,
    sink: &mut Sink<'_>,
) -> Result<(), Fault> {
    each(part, reader, |kind, fields| {
        match kind {
            kind::ROW => sink.row(),
            kind::CELL_SMALL..=kind::FORMULA_ERROR
            | kind::SHORT_SMALL..=kind::SHORT_SHARED
            | kind::CELL_RICH => {
                let short = (kind::SHORT_SMALL..=kind::SHORT_SHARED).contains(&kind);
                // Only the others tell their column.
                let (kind, column) = match short {
                    true => (kind - kind::SHORT_STEP, Some(0)),
                    false => (kind, fields.u32()),
                };
                let Some(text) = column.and_then(|_| cell(kind, fields, strings, formats)) else {
                    return Ok(None);
                };
                sink.text(&text)?;
                sink.cell();
            }
            kind::MARGINS => {
                sink.row();
                fields.u16();
                while let Some(text) = fields.text() {
                    sink.line(&margin(&text))?;
                }
            }
            _ => {}
        }
        Ok(Some(()))
    })?;
    sink.row();
    Ok(())
}

/// What a cell shows; the column has been read.
fn cell(
    kind: u32,
    fields: &mut Fields<'_>,
    strings: &Strings,
    formats: &Formats,
) -> Option<String> {
    let style = (fields.u32()? & 0x00ff_ffff) as usize;
    let shown = |number: f64| formats.show(&number.to_string(), style);
    Some(match kind {
        kind::CELL_SMALL => shown(fields.small_number()?),
        kind::CELL_NUMBER | kind::FORMULA_NUMBER => shown(fields.f64()?),
        kind::CELL_TEXT | kind::FORMULA_TEXT => fields.text()?,
        kind::CELL_RICH => fields.rich_text()?,
        kind::CELL_SHARED => {
            let index = fields.u32()? as usize;
            strings.get(index).unwrap_or_default().to_owned()
        }
        kind::CELL_BOOL | kind::FORMULA_BOOL => match fields.u8()? {
            0 => "ONWAAR".into(),
            _ => "WAAR".into(),
        },
        kind::CELL_ERROR | kind::FORMULA_ERROR => error(fields.u8()?).into(),
        _ => String::new(),
    })
}

fn error(code: u8) -> &'static str {
    match code {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0f => "#VALUE!",
        0x17 => "#REF!",
        0x1d => "#NAME?",
        0x24 => "#NUM!",
        0x2a => "#N/A",
        _ => "#ERROR",
    }
}

/// Notes on cells. The stand-ins that Excel leaves for threads are left out: the threads come themselves.
pub(super) fn comments<R: Read>(part: &str, reader: R, sink: &mut Sink<'_>) -> Result<(), Fault> {
    let mut authors: Vec<String> = Vec::new();
    let mut current: Option<String> = None;
    each(part, reader, |kind, fields| {
        match kind {
            kind::COMMENT_AUTHOR => authors.push(fields.text().unwrap_or_default()),
            kind::COMMENT => {
                let number = fields.u32().unwrap_or(u32::MAX);
                current = authors.get(number as usize).cloned();
            }
            kind::COMMENT_TEXT => {
                let Some(text) = fields.rich_text() else {
                    return Ok(None);
                };
                comment(current.take(), &text, sink)?;
            }
            _ => {}
        }
        Ok(Some(()))
    })
}

fn comment(name: Option<String>, text: &str, sink: &mut Sink<'_>) -> Result<(), Stop> {
    if name.as_ref().is_some_and(|name| name.starts_with("tc=")) {
        return Ok(());
    }
    author(name, sink)?;
    sink.text(text)?;
    sink.paragraph()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::super::package::testing::{relations, survives_damage};
    use super::super::super::testing::{Collected, read_bytes};
    use super::super::super::{Outcome, Reason};
    use super::*;

    /// A record as it stands in a part.
    fn record(kind: u32, fields: &[&[u8]]) -> Vec<u8> {
        let body = fields.concat();
        let mut bytes = match kind {
            ..128 => vec![kind as u8],
            _ => vec![kind as u8 | 0x80, (kind >> 7) as u8],
        };
        bytes.extend([body.len() as u8 | 0x80, (body.len() >> 7) as u8]);
        bytes.extend(body);
        bytes
    }

    fn text(text: &str) -> Vec<u8> {
        let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        [&(units.len() as u32 / 2).to_le_bytes()[..], &units].concat()
    }

    fn cell(kind: u32, style: u32, value: &[u8]) -> Vec<u8> {
        record(kind, &[&[0; 4], &style.to_le_bytes(), value])
    }

    fn zipped(members: &[(&str, Vec<u8>)]) -> Vec<u8> {
        use std::io::Write;
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, bytes) in members {
            let options = zip::write::SimpleFileOptions::default();
            zip.start_file(*name, options).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn sheet() -> Vec<u8> {
        let small = |number: u32| number.to_le_bytes();
        [
            record(kind::ROW, &[&[0; 17]]),
            cell(kind::CELL_SHARED, 0, &small(0)),
            cell(1, 0, &[]),
            cell(kind::CELL_TEXT, 0, &text("coördinatie")),
            record(kind::ROW, &[&[0; 17]]),
            cell(kind::CELL_SMALL, 1, &small(43525 << 2 | 2)),
            cell(kind::CELL_SMALL, 0, &small(1250 << 2 | 3)),
            cell(
                kind::FORMULA_NUMBER,
                0,
                &[&0.25f64.to_le_bytes()[..], &[0; 6]].concat(),
            ),
            record(kind::ROW, &[&[0; 17]]),
            cell(kind::CELL_BOOL, 0, &[1]),
            cell(kind::FORMULA_ERROR, 0, &[0x2a]),
            cell(kind::FORMULA_TEXT, 0, &text("uitkomst")),
            cell(kind::CELL_RICH, 0, &[&[1][..], &text("vet")].concat()),
            record(146, &[]),
            record(kind::MARGINS, &[&[0; 2], &text("&LBegroting"), &[0xff; 4]]),
        ]
        .concat()
    }

    fn workbook() -> Vec<u8> {
        let listed = |state: u32, id: &str, name: &str| {
            record(
                kind::SHEET,
                &[&state.to_le_bytes(), &[1, 0, 0, 0], &text(id), &text(name)],
            )
        };
        zipped(&[
            ("[Content_Types].xml", b"<Types><Override ContentType=\"application/vnd.ms-excel.sheet.binary.macroEnabled.main\"/></Types>".to_vec()),
            ("docProps/core.xml", b"<x><dc:creator>Kees</dc:creator></x>".to_vec()),
            ("xl/workbook.bin", [record(kind::BOOK, &[&[0; 8]]), listed(0, "r1", "Kosten"), listed(2, "r2", "Stil")].concat()),
            ("xl/_rels/workbook.bin.rels", relations(&[
                ("r1", "worksheet", "worksheets/sheet1.bin"),
                ("r2", "worksheet", "worksheets/sheet2.bin"),
                ("r3", "sharedStrings", "sharedStrings.bin"),
                ("r4", "styles", "styles.bin"),
            ]).into_bytes()),
            ("xl/sharedStrings.bin", record(kind::SHARED, &[&[0], &text("gedeeld")])),
            ("xl/styles.bin", [
                record(kind::FORMAT, &[&164u16.to_le_bytes(), &text("d/m/yyyy")]),
                record(kind::STYLE, &[&[0, 0, 9, 0]]),
                record(kind::STYLES, &[&[0; 4]]),
                record(kind::STYLE, &[&[0; 16]]),
                record(kind::STYLE, &[&[0, 0], &164u16.to_le_bytes(), &[0; 12]]),
                record(kind::STYLES_END, &[]),
            ].concat()),
            ("xl/worksheets/sheet1.bin", sheet()),
            ("xl/worksheets/_rels/sheet1.bin.rels", relations(&[("c", "comments", "../comments1.bin")]).into_bytes()),
            ("xl/worksheets/sheet2.bin", record(146, &[])),
            ("xl/comments1.bin", [
                record(kind::COMMENT_AUTHOR, &[&text("Jan")]),
                record(kind::COMMENT, &[&[0; 36]]),
                record(kind::COMMENT_TEXT, &[&[0], &text("zie bijlage")]),
            ].concat()),
        ])
    }

    #[test]
    fn a_binary_workbook_reads_as_one_of_xml() {
        let (format, out, outcome): (String, Collected, Outcome) = read_bytes("b", &workbook());
        assert_eq!((format.as_str(), outcome), ("xlsb", Outcome::Whole));
        assert_eq!(
            out.pages,
            [
                "Kosten\ngedeeld\tcoördinatie\n01-03-2019\t12.5\t0.25\nWAAR\t#N/A\tuitkomst\tvet\n\
                 Begroting\n[opmerking van Jan] zie bijlage\n",
                "Stil\n[verborgen blad]\n"
            ]
        );
        assert_eq!(out.values(super::super::super::key::AUTHOR), ["Kees"]);
    }

    #[test]
    fn cells_that_do_not_tell_their_column_are_read() {
        let style = [0; 4];
        let sheet = [
            record(kind::ROW, &[&[0; 17]]),
            cell(kind::CELL_TEXT, 0, &text("Post")),
            record(13, &[&style, &(1250u32 << 2 | 3).to_le_bytes()]),
            record(12, &[&style]),
            record(16, &[&style, &0.25f64.to_le_bytes()]),
            record(15, &[&style, &[1]]),
            record(14, &[&style, &[0x2a]]),
            record(17, &[&style, &text("entree")]),
            record(18, &[&style, &[0; 4]]),
        ]
        .concat();
        let mut strings = Strings::default();
        let shared = record(kind::SHARED, &[&[0], &text("gedeeld")]);
        super::strings("s", &shared[..], &mut strings).unwrap();
        let mut out = Collected::default();
        let mut sink = Sink::new(&mut out);
        cells("s", &sheet[..], &strings, &Formats::default(), &mut sink).unwrap();
        assert_eq!(sink.finish(Ok(())), Outcome::Whole);
        assert_eq!(out.rest, "Post\t12.5\t0.25\tWAAR\t#N/A\tentree\tgedeeld\n");
    }

    #[test]
    fn a_sheet_that_is_cut_off_is_read_in_part() {
        let whole = sheet();
        for cut in 1..whole.len() {
            let mut out = Collected::default();
            let mut sink = Sink::new(&mut out);
            let result = cells(
                "s",
                &whole[..cut],
                &Strings::default(),
                &Formats::default(),
                &mut sink,
            );
            if let Err(fault) = result {
                let why = "onderdeel s is afgekapt";
                assert!(matches!(fault, Fault::Bad(Reason::Broken(reason)) if reason == why));
            }
        }
    }

    proptest! {
        #[test]
        fn damage_never_panics(
            cut: prop::sample::Index,
            flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
            noise: Vec<u8>,
        ) {
            survives_damage(&workbook(), cut, &flips, |bytes| { read_bytes("b.xlsb", bytes); });
            survives_damage(&sheet(), cut, &flips, |bytes| {
                let mut out = Collected::default();
                let _ = cells("s", bytes, &Strings::default(), &Formats::default(), &mut Sink::new(&mut out));
            });
            let mut out = Collected::default();
            let _ = comments("c", &noise[..], &mut Sink::new(&mut out));
            let _ = styles("s", &noise[..], &mut Formats::default());
        }
    }
}
